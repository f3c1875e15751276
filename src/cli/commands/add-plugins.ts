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
  readonly config: readonly string[]
  readonly overwrite: boolean
}

/** `gatewatch add-plugins`: adds plugins to what JSONPaths match in a decK file. */
export const addPlugins: Subcommand = {
  register(program, run) {
    withOutput(withState(program.command('add-plugins')))
      .argument('[plugin-files...]', 'files that say which plugins go where; after --config')
      .description('add plugins to a decK file, or to what selectors match in it; keeps comments and order')
      .option('--config <json>', 'a plugin to add; may be repeated', collect, [])
      .option('--overwrite', 'replace plugins given with --config that exist already', false)
      .addHelpText(
        'after',
        `
A plugin whose name exists already (at the top level of the file: name and scope) stays, unless you overwrite it.
A plugin file, in YAML or JSON: {"add-plugins": [{"selectors": ["$..services[*]"], "overwrite": false,
"plugins": [{"name": "cors"}]}]}.
Example: gatewatch add-plugins -s kong.yaml -o kong.yaml --selector '$..services[*]' --config '{"name": "cors"}'`,
      )
      .action((paths: string[], options: Options) => run(io => apply(io, paths, options)))
  },
}

async function apply(io: Io, paths: readonly string[], options: Options): Promise<number> {
  const { selector, config, overwrite } = options
  if (config.length === 0 && (selector.length > 0 || paths.length === 0)) {
    const message = selector.length > 0 ? '--selector needs --config' : 'no plugins to add'
    const hint = 'Give --config with a plugin, or name plugin files.'
    throw new ProblemError([{ code: 'no-plugins', message, hint }])
  }
  const { editedText, readToolFile } = await import('../../providers/kong/tools/tool-file.ts')
  const tool = await import('../../providers/kong/tools/add-plugins.ts')
  const additions = [orThrow(tool.additionOfFlags(selector, config, overwrite))]
  for (const path of paths) additions.push(...orThrow(tool.readPluginFile(await readInput(io, path))))
  const file = orThrow(readToolFile(await readInput(io, options.state)))
  const after = orThrow(tool.addPlugins(file.value, additions))
  await writeEdited(io, options, file, editedText(file, after, options.format))
  return exitCode.same
}
