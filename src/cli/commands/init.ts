import { access } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { configSchemaText } from '../../config/config-schema.ts'
import { readAddress, starterConfig } from '../../config/index.ts'
import { orThrow, ProblemError } from '../../model/problem.ts'
import { refuseLinkOut, writeNewFile, writeWholeFile } from '../../repo/index.ts'
import { askingOf, findFleet, stateFolderOf } from '../../workflows/project/find-fleet.ts'
import { ensureOwnKey, type OwnKey } from '../../workflows/project/own-key.ts'
import { trustOf } from '../../workflows/project/trust.ts'
import { exitCode, type Io, type Subcommand, tellWarnings } from '../command.ts'
import { keep } from '../terminal/ask-trust.ts'
import { plain } from '../text/text-parts.ts'

/** Beside the config, so that editors find it on every machine and offline. */
const schemaFile = '.gatewatch.schema.json'

/** Where the first target's credentials come from, if its address contained some. */
const authorizationVariable = 'GATEWATCH_AUTHORIZATION'

interface Options {
  readonly kongAddr: string
  readonly key?: true
}

/** Anyone who has a config written knows what it asks for. */
async function trustIt(io: Io): Promise<void> {
  const { fleet, repository } = orThrow(await findFleet({ cwd: io.cwd, providers: await io.providers() }))
  const asking = askingOf(fleet, repository)
  if (asking.permissions.sends.length === 0) return
  const stateFolder = await stateFolderOf(io)
  await keep(io, await trustOf(asking, { stateFolder, env: io.env }), stateFolder)
}

/** `gatewatch init`: writes a first gatewatch.yaml, and makes the user's key. */
export const init: Subcommand = {
  register(program, run) {
    program
      .command('init')
      .argument('[manifests...]', 'manifest files and folders of the first target')
      .option('--kong-addr <url>', 'the Admin API of the first target', 'http://localhost:8001')
      .option('--key', 'only create the key')
      .description('write a first gatewatch.yaml to this folder, and create a key to seal secrets with')
      .addHelpText(
        'after',
        `
A sync seals the secrets that it overwrites or deletes with this key, so that gatewatch undo can restore them. The key
is created once for each user, is readable by nobody else, and is kept outside the repository.`,
      )
      .action((manifests: string[], options: Options) => run(io => initialise(io, manifests, options)))
  },
}

async function initialise(io: Io, manifests: readonly string[], options: Options): Promise<number> {
  if (options.key) {
    tellKey(io, orThrow(await ensureOwnKey(io.cwd, io.env)))
    return exitCode.same
  }
  const isThere = await access(join(io.cwd, 'gatewatch.yaml')).then(
    () => true,
    () => false,
  )
  if (!isThere) await writeConfig(io, manifests, options)
  const key = await ensureOwnKey(io.cwd, io.env)
  if (isThere && key.ok && !key.value.made) {
    throw new ProblemError([
      {
        code: 'config-there',
        message: 'there is already a gatewatch.yaml here, and a key',
        hint: 'Edit the file, or remove it first.',
      },
    ])
  }
  if (isThere) io.err('gatewatch: there is already a gatewatch.yaml here; it is unchanged\n')
  if (key.ok) tellKey(io, key.value)
  else tellWarnings(io, key.error)
  return exitCode.same
}

function tellKey(io: Io, { file, made }: OwnKey): void {
  const shown = plain(file)
  if (made)
    io.err(
      `gatewatch: created a key in ${shown}; keep a copy, because what it seals can't be opened without it\n`,
    )
  else io.err(`gatewatch: your key is in ${shown}\n`)
}

async function writeConfig(io: Io, manifests: readonly string[], options: Options): Promise<void> {
  const read = readAddress(options.kongAddr)
  if (!read.ok) throw new ProblemError([read.error])
  const { address, authorization } = read.value
  const { name: provider, config } = (await io.providers()).usual
  const variable = authorization === undefined ? undefined : authorizationVariable
  const text = starterConfig({
    name: basename(io.cwd),
    provider,
    gateway: config.starter?.(address, variable) ?? [],
    manifests: manifests.length > 0 ? manifests : ['kong.yaml'],
    schema: `./${schemaFile}`,
  })
  const schema = join(io.cwd, schemaFile)
  refuseLinkOut(schema, { cwd: io.cwd, shown: schemaFile })
  await writeNewFile(join(io.cwd, 'gatewatch.yaml'), text, { cwd: io.cwd, shown: 'gatewatch.yaml' })
  await writeWholeFile(schema, configSchemaText(await io.providers()), { cwd: io.cwd, shown: schemaFile })
  await trustIt(io)
  io.err(
    'gatewatch: wrote gatewatch.yaml, and its schema for editors; look at it, then run: gatewatch diff\n',
  )
  if (authorization !== undefined) {
    io.err(
      `gatewatch: the user and password are not in it; set ${authorizationVariable} to what is sent: ` +
        '"Basic $(printf %s USER:PASSWORD | base64)"\n',
    )
  }
}
