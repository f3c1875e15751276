import { orThrow } from '../../model/problem.ts'
import { exitCode, type Subcommand, tellWarnings } from '../command.ts'
import { type OutputOptions, outputPath, readInputs, withOutput, writeOutput } from '../files/file-tools.ts'

interface Options extends OutputOptions {
  readonly populateEnvVars?: true
}

/** `gatewatch render`: combines several complete manifests into one. */
export const render: Subcommand = {
  register(program, run) {
    withOutput(program.command('render'))
      .argument('[files...]', 'manifest files and folders (default: standard input)')
      .description('combine complete manifests into one, with shared configurations and defaults filled in')
      .option(
        '--populate-env-vars',
        'insert the values of DECK_ variables (default: their names stand for them)',
      )
      .addHelpText('after', '\nExample: gatewatch render kong1.yaml kong2.yaml -o kong --format json')
      .action((paths: string[], options: Options) =>
        run(async io => {
          const { fileText } = await import('../../providers/kong/tools/tool-file.ts')
          const { renderFiles } = await import('../../providers/kong/tools/render.ts')
          const files = await readInputs(io, paths)
          const mocked = !options.populateEnvVars
          const { value, warnings } = orThrow(renderFiles(files, { env: io.env, mocked }))
          tellWarnings(io, warnings)
          const text = fileText(value, options.format)
          const outputFile = await outputPath(io, options.outputFile, options.format)
          await writeOutput(io, outputFile, text, { secret: true })
          return exitCode.same
        }),
      )
  },
}
