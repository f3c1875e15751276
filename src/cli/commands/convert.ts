import { Option } from 'commander'
import { orThrow } from '../../model/problem.ts'
import {
  type DestinationFormat,
  destinationFormats,
  type SourceFormat,
  sourceFormats,
} from '../../providers/kong/tools/formats.ts'
import { exitCode, type Io, type Subcommand, tellWarnings } from '../command.ts'
import {
  mayWrite,
  type OutputOptions,
  outputPath,
  readInput,
  withOutput,
  writeOutput,
} from '../files/file-tools.ts'
import { plain } from '../text/text-parts.ts'

interface Options extends OutputOptions {
  readonly from: SourceFormat
  readonly to: DestinationFormat
  readonly inputFile: string
  readonly yes?: true
  readonly expandEnvVars: boolean
}

/** `gatewatch convert`: converts a decK file for a newer Kong. */
export const convert: Subcommand = {
  register(program, run) {
    withOutput(program.command('convert'))
      .description('convert a decK file from one version of Kong to another; keeps comments and order')
      .addOption(
        new Option('--from <format>', 'the format that the file has')
          .choices(sourceFormats)
          .makeOptionMandatory(),
      )
      .addOption(
        new Option('--to <format>', 'the format to convert it to')
          .choices(destinationFormats)
          .makeOptionMandatory(),
      )
      .option('--input-file <file>', 'the file to convert; - is standard input', '-')
      .option(
        '--no-expand-env-vars',
        'keep DECK_ variables as they are written instead of inserting their values',
      )
      .option('--yes', 'overwrite an existing file without asking')
      .addHelpText(
        'after',
        `
What was changed, and what only a person can decide, is reported on standard error.
Example: gatewatch convert --from kong-gateway-2.x --to kong-gateway-3.x --input-file old.yaml -o new.yaml`,
      )
      .action((options: Options) => run(io => make(io, options)))
  },
}

async function make(io: Io, options: Options): Promise<number> {
  const { convertText } = await import('../../providers/kong/tools/converting/convert-file.ts')
  const file = await readInput(io, options.inputFile)
  const { text, done, warnings } = orThrow(
    convertText(file, {
      from: options.from,
      to: options.to,
      format: options.format,
      env: options.expandEnvVars ? io.env : null,
    }),
  )
  const outputFile = await outputPath(io, options.outputFile, options.format)
  if (!(await mayWrite(io, { outputFile, yes: options.yes ?? false }))) {
    io.err('gatewatch: not confirmed, nothing was written\n')
    return exitCode.error
  }
  await writeOutput(io, outputFile, text, { secret: true })
  for (const sentence of done) io.err(`gatewatch: ${plain(sentence)}\n`)
  tellWarnings(io, warnings)
  return exitCode.same
}
