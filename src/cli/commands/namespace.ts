import { orThrow, ProblemError } from '../../model/problem.ts'
import { exitCode, type Io, type Subcommand } from '../command.ts'
import {
  collect,
  type EditOptions,
  readInput,
  withOutput,
  withState,
  writeEdited,
} from '../files/file-tools.ts'

interface Options extends EditOptions {
  readonly pathPrefix?: string
  readonly host: readonly string[]
  readonly clearHosts: boolean
  readonly allowEmptySelectors: boolean
}

/** `gatewatch namespace`: routes of a decK file below a path, or on hosts of their own. */
export const namespace: Subcommand = {
  register(program, run) {
    withOutput(withState(program.command('namespace')))
      .description('put the routes of a decK file below a path, or onto hosts; comments and order stay')
      .option('-p, --path-prefix <path>', 'the path to put before those of the routes')
      .option('--host <name>', 'a host to add; may be given again', collect, [])
      .option('-c, --clear-hosts', 'take the hosts away that are there', false)
      .option('--allow-empty-selectors', 'it is no mistake where selectors find no route', false)
      .addHelpText(
        'after',
        `
Without --selector it is done to all routes. Services do not see the prefix: where a route does not strip its path,
the prefix is taken from the end of its service's path, or a pre-function plugin takes it away.
Example: gatewatch namespace -s kong.yaml -o kong.yaml --path-prefix /team --host team.example`,
      )
      .action((options: Options) => run(io => apply(io, options)))
  },
}

async function apply(io: Io, options: Options): Promise<number> {
  const { pathPrefix, host: hosts, clearHosts, allowEmptySelectors: allowEmpty } = options
  if (pathPrefix === undefined && hosts.length === 0 && !clearHosts) {
    const hint = 'Give --path-prefix, --host or --clear-hosts.'
    throw new ProblemError([{ code: 'no-namespace', message: 'nothing says where routes are put', hint }])
  }
  const { editedText, readToolFile } = await import('../../providers/kong/tools/tool-file.ts')
  const { parseSelectors } = await import('../../providers/kong/tools/selecting/select.ts')
  const { applyNamespace } = await import('../../providers/kong/tools/namespace.ts')
  const selectors = orThrow(parseSelectors(options.selector, '--selector'))
  const file = orThrow(readToolFile(await readInput(io, options.state)))
  const wanted = {
    hosts,
    clearHosts,
    allowEmpty,
    ...(pathPrefix === undefined ? {} : { prefix: pathPrefix }),
  }
  const after = orThrow(applyNamespace(file.value, wanted, selectors))
  await writeEdited(io, options, file, editedText(file, after, options.format))
  return exitCode.same
}
