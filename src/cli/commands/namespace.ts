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

/** `gatewatch namespace`: puts the routes of a decK file under a path, or on their own hosts. */
export const namespace: Subcommand = {
  register(program, run) {
    withOutput(withState(program.command('namespace')))
      .description('put the routes of a decK file under a path, or on hosts; keeps comments and order')
      .option('-p, --path-prefix <path>', 'the path to put before the paths of the routes')
      .option('--host <name>', 'a host to add; may be repeated', collect, [])
      .option('-c, --clear-hosts', 'remove the hosts that routes have', false)
      .option('--allow-empty-selectors', 'do not fail if selectors match no route', false)
      .addHelpText(
        'after',
        `
Without --selector, all routes change. Services don't see the prefix: if a route doesn't strip its path, the prefix is
removed from the end of its service's path, or a pre-function plugin removes it.
Example: gatewatch namespace -s kong.yaml -o kong.yaml --path-prefix /team --host team.example`,
      )
      .action((options: Options) => run(io => apply(io, options)))
  },
}

async function apply(io: Io, options: Options): Promise<number> {
  const { pathPrefix, host: hosts, clearHosts, allowEmptySelectors: allowEmpty } = options
  if (pathPrefix === undefined && hosts.length === 0 && !clearHosts) {
    const hint = 'Give --path-prefix, --host or --clear-hosts.'
    throw new ProblemError([{ code: 'no-namespace', message: 'no path prefix or host is given', hint }])
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
