import { access } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { configSchemaText } from '../../fleet/config-schema.ts'
import { readAddress, starterConfig } from '../../fleet/index.ts'
import { orThrow, ProblemError } from '../../model/problem.ts'
import { refuseLinkOut, writeNewFile, writeWholeFile } from '../../repo/index.ts'
import { askingOf, findFleet, stateFolderOf } from '../../workflows/find-fleet.ts'
import { trustOf } from '../../workflows/trust.ts'
import { keep } from '../ask-trust.ts'
import { exitCode, type Io, type Subcommand } from '../command.ts'

/** Beside the config, so that editors find it on every machine and offline. */
const schemaFile = '.gatewatch.schema.json'

/** Where the first target's credentials are taken from, where its address named some. */
const authorizationVariable = 'GATEWATCH_AUTHORIZATION'

interface Options {
  readonly kongAddr: string
}

/** Whoever has a config written knows what it asks for. */
async function trustIt(io: Io): Promise<void> {
  const { fleet, repository } = orThrow(await findFleet({ cwd: io.cwd }))
  const asking = askingOf(fleet, repository)
  if (asking.permissions.sends.length === 0) return
  const stateFolder = await stateFolderOf(io)
  await keep(io, await trustOf(asking, { stateFolder, env: io.env }), stateFolder)
}

/** `gatewatch init`: writes a first gatewatch.yaml. */
export const init: Subcommand = {
  register(program, run) {
    program
      .command('init')
      .argument('[manifests...]', 'manifest files and folders of the first target')
      .option('--kong-addr <url>', 'the Admin API of the first target', 'http://localhost:8001')
      .description('write a first gatewatch.yaml into this folder')
      .action((manifests: string[], options: Options) =>
        run(async io => {
          const file = join(io.cwd, 'gatewatch.yaml')
          const there = await access(file).then(
            () => true,
            () => false,
          )
          if (there) {
            throw new ProblemError([
              {
                code: 'config-there',
                message: 'there is a gatewatch.yaml here already',
                hint: 'Edit it, or remove it first.',
              },
            ])
          }
          const read = readAddress(options.kongAddr)
          if (!read.ok) throw new ProblemError([read.error])
          const { address, authorization } = read.value
          const text = starterConfig({
            name: basename(io.cwd),
            address,
            ...(authorization === undefined ? {} : { authorization: authorizationVariable }),
            manifests: manifests.length > 0 ? manifests : ['kong.yaml'],
            schema: `./${schemaFile}`,
          })
          const schema = join(io.cwd, schemaFile)
          refuseLinkOut(schema, { cwd: io.cwd, shown: schemaFile })
          await writeNewFile(file, text, { cwd: io.cwd, shown: 'gatewatch.yaml' })
          await writeWholeFile(schema, configSchemaText(), { cwd: io.cwd, shown: schemaFile })
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
          return exitCode.same
        }),
      )
  },
}
