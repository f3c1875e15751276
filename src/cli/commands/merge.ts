import { orThrow } from '../../model/problem.ts'
import { exitCode, type Subcommand, tellWarnings } from '../command.ts'
import { type OutputOptions, readInput, withOutput, writeOutput } from '../files/file-tools.ts'

/** `gatewatch merge`: merges several partial manifests into one. */
export const merge: Subcommand = {
  register(program, run) {
    withOutput(program.command('merge'))
      .argument('<files...>', 'decK files, in the order to merge them; - is standard input')
      .description('merge decK files: lists are joined, everything else comes from the last file that has it')
      .addHelpText(
        'after',
        '\nOnly whether the files fit together is checked; use `render` to combine complete manifests.\nExample: gatewatch merge -o merged.yaml base.yaml team.yaml',
      )
      .action((paths: string[], options: OutputOptions) =>
        run(async io => {
          const { fileText, readToolFile } = await import('../../providers/kong/tools/tool-file.ts')
          const { mergeFiles } = await import('../../providers/kong/tools/merge.ts')
          const files = []
          for (const path of paths) {
            const file = orThrow(readToolFile(await readInput(io, path)))
            tellWarnings(io, file.warnings)
            files.push(file)
          }
          const merged = orThrow(mergeFiles(files, io.env))
          await writeOutput(io, options.outputFile, fileText(merged, options.format))
          return exitCode.same
        }),
      )
  },
}
