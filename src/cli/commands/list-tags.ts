import { orThrow } from '../../model/problem.ts'
import type { FileFormat } from '../../providers/kong/tools/tool-file.ts'
import { exitCode, type Subcommand, tellWarnings } from '../command.ts'
import { loadTagTools } from '../files/edit-tags.ts'
import { oneOf, readInput, withState, writeOutput } from '../files/file-tools.ts'

interface ListOptions {
  readonly state: string
  readonly selector: readonly string[]
  readonly outputFile: string
  readonly format: FileFormat | 'plain'
}

/** `gatewatch list-tags`. */
export const listTags: Subcommand = {
  register(program, run) {
    withState(program.command('list-tags'))
      .description('list the tags that a decK file uses')
      .option('-o, --output-file <file>', 'write to this file; - is standard output', '-')
      .option(
        '--format <form>',
        'the format of the output: plain (one per line), yaml or json',
        oneOf(['plain', 'yaml', 'json'] as const),
        'plain',
      )
      .addHelpText('after', "\nExample: gatewatch list-tags -s kong.yaml --selector '$.services[*]'")
      .action((options: ListOptions) =>
        run(async io => {
          const tools = await loadTagTools(options.selector)
          const { fileText, readToolFile } = await import('../../providers/kong/tools/tool-file.ts')
          const file = orThrow(readToolFile(await readInput(io, options.state)))
          tellWarnings(io, file.warnings)
          const tags = tools.listTags(file.value, tools.selectors)
          const text =
            options.format === 'plain'
              ? tags.map(tag => `${tag}\n`).join('')
              : fileText({ tags }, options.format)
          await writeOutput(io, options.outputFile, text)
          return exitCode.same
        }),
      )
  },
}
