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
  readonly value: readonly string[]
}

/** `gatewatch patch`: changes what JSONPaths match in a decK file. */
export const patch: Subcommand = {
  register(program, run) {
    withOutput(withState(program.command('patch')))
      .argument('[patch-files...]', 'files with patches, instead of --selector and --value')
      .description('set, remove or append values in a decK file; keeps comments and order')
      .option(
        '--value <key:json>',
        "what to set: 'key:JSON' sets, 'key:' removes, '[JSON]' appends to lists; may be repeated",
        collect,
        [],
      )
      .addHelpText(
        'after',
        `
A patch file, in YAML or JSON: {"patches": [{"selectors": ["$..services[*]"],
"values": {"read_timeout": 10000}, "remove": ["_comment"]}]}; "values" as a list appends to lists.
Example: gatewatch patch -s kong.yaml -o kong.yaml --selector '$..services[*]' --value read_timeout:10000`,
      )
      .action((paths: string[], options: Options) => run(io => apply(io, paths, options)))
  },
}

async function apply(io: Io, paths: readonly string[], options: Options): Promise<number> {
  const byFlags = options.selector.length > 0 && options.value.length > 0
  const flagged = options.selector.length > 0 || options.value.length > 0
  if (paths.length > 0 ? flagged : !byFlags) {
    const message = flagged
      ? paths.length > 0
        ? 'patch files can’t be combined with --selector or --value'
        : '--selector and --value must be given together'
      : 'nothing to patch is given'
    const hint = 'Name patch files, or give --selector and --value.'
    throw new ProblemError([{ code: 'no-patch', message, hint }])
  }
  const { editedText, readToolFile } = await import('../../providers/kong/tools/tool-file.ts')
  const { patchFile, patchOfFlags, readPatchFile } = await import('../../providers/kong/tools/patch.ts')
  const patches = byFlags ? [orThrow(patchOfFlags(options.selector, options.value))] : []
  for (const path of paths) patches.push(...orThrow(readPatchFile(await readInput(io, path))))
  const file = orThrow(readToolFile(await readInput(io, options.state)))
  const written = editedText(file, patchFile(file.value, patches), options.format)
  await writeEdited(io, options, file, written)
  return exitCode.same
}
