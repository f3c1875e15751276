import type { Json } from '../../model/json.ts'
import { orThrow } from '../../model/problem.ts'
import { askingOf, findFleet, stateFolderOf } from '../../workflows/project/find-fleet.ts'
import { forgetTrust, type Trust, trustOf } from '../../workflows/project/trust.ts'
import { exitCode, type Io, type Subcommand } from '../command.ts'
import { outputOption } from '../options/target-options.ts'
import { askTrust, keep, trustText } from '../terminal/ask-trust.ts'
import { type DataForm, dataText } from '../text/data-text.ts'
import { plain } from '../text/text-parts.ts'

interface Options {
  readonly config?: string
  readonly print?: true
  readonly yes?: true
  readonly revoke?: true
  readonly output: 'text' | DataForm
}

/** `gatewatch trust`: shows what a gatewatch.yaml asks for, and whether it is allowed. */
export const trust: Subcommand = {
  register(program, run) {
    program
      .command('trust')
      .description(
        'show what the config asks for (addresses, and the variables, files and headers that are sent there), and allow it',
      )
      .option(
        '-c, --config <file>',
        'the gatewatch.yaml to use (default: the nearest one, from here upwards)',
      )
      .option('--print', 'print the digest of what it asks for, for GATEWATCH_TRUST')
      .option('-y, --yes', 'allow it without asking')
      .option('--revoke', 'revoke the trust')
      .addOption(outputOption())
      .addHelpText(
        'after',
        `
Trust is kept by content, for this user: you are asked again when an address, a variable or a file changes. An address on
this machine that gets no credentials needs no trust.

Exit code: 0 trusted, 2 not trusted, 1 an error.`,
      )
      .action((options: Options) => run(io => show(io, options)))
  },
}

async function show(io: Io, options: Options): Promise<number> {
  const { fleet, repository } = orThrow(
    await findFleet({ ...options, cwd: io.cwd, providers: await io.providers() }),
  )
  const stateFolder = await stateFolderOf(io)
  const asking = askingOf(fleet, repository)
  const found = await trustOf(asking, { stateFolder, env: io.env })
  if (options.revoke) {
    await forgetTrust(found, stateFolder)
    io.err(`gatewatch: ${plain(found.config)} is no longer trusted\n`)
    return exitCode.same
  }
  if (options.print) {
    io.data(`${found.digest}\n`)
    return exitCode.same
  }
  const asksNothing = asking.permissions.sends.length === 0
  if (options.output !== 'text') io.data(dataText(trustJson(found), options.output))
  else if (asksNothing)
    io.out(`${plain(found.config)} only sends requests to this machine: it needs no trust\n`)
  if (asksNothing || found.by !== null) {
    if (options.output === 'text' && !asksNothing) io.out(trustText(io, found))
    return exitCode.same
  }
  if (options.output !== 'text') return exitCode.differences
  if (options.yes || !io.interactive) io.out(trustText(io, found))
  if (options.yes) {
    await keep(io, found, stateFolder)
    io.err('gatewatch: it is trusted with that from now on\n')
    return exitCode.same
  }
  if (!io.interactive) return exitCode.differences
  await askTrust(io, found, stateFolder)
  io.err('gatewatch: it is trusted with that from now on\n')
  return exitCode.same
}

function trustJson({ config, digest, by, permissions, record }: Trust): Json {
  const plainJson = (value: unknown): Json => JSON.parse(JSON.stringify(value))
  return {
    config,
    digest,
    trusted: by !== null,
    by,
    permissions: plainJson(permissions),
    before: record && record.digest !== digest ? plainJson({ at: record.at, ...record.permissions }) : null,
  }
}
