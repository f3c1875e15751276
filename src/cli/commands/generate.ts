import { resolve } from 'node:path'
import { Option } from 'commander'
import type { JsonObject } from '../../model/json.ts'
import { orThrow, ProblemError } from '../../model/problem.ts'
import { writeWholeFile } from '../../repo/index.ts'
import type { GenerateOptions } from '../../specs/index.ts'
import { exitCode, type Io, type Subcommand, tellWarnings } from '../command.ts'
import { collect, readInput } from '../files/file-tools.ts'
import { readNamed, type SpecificationOptions } from '../files/read-specification.ts'
import { collectTags } from '../options/deck-options.ts'
import { dataText } from '../text/data-text.ts'

interface Options extends SpecificationOptions {
  readonly spec: readonly string[]
  readonly out?: string
  readonly outputFile?: string
  readonly output: Form
  readonly format?: Form
  readonly selectTag: readonly string[]
  readonly uuidBase?: string
  readonly id: boolean
  readonly insoCompatible?: true
  readonly generateSecurity?: true
  readonly ignoreSecurityErrors?: true
  readonly ignoreCircularRefs?: true
  readonly reuseServices?: true
  readonly skipRouteByHeader?: true
  readonly treatAllHeadersAsRequired?: true
}

type Form = 'yaml' | 'json'

const forms: readonly Form[] = ['yaml', 'json']

/** `gatewatch generate`: makes a manifest from a specification. */
export const generate: Subcommand = {
  register(program, run) {
    program
      .command('generate')
      .argument('[specs...]', 'OpenAPI 3.0 and 3.1 documents, or Insomnia exports; - is standard input')
      .description('make a manifest from specifications, as openapi2kong does')
      .option('-o, --out <file>', 'write to this file instead of standard output')
      .addOption(new Option('--output <form>', 'the format of the manifest').choices(forms).default('yaml'))
      .option('--select-tag <tags>', 'tags for every entity, separated by commas', collectTags, [])
      .option('--uuid-base <text>', 'derive ids from this text instead of the title')
      .option('--no-id', 'without ids')
      .option('-i, --inso-compatible', 'names as inso makes them, and no ids')
      .option('--generate-security', 'make openid-connect plugins from security requirements')
      .option('--ignore-security-errors', 'leave out security schemes that can’t become a plugin')
      .option('--ignore-circular-refs', 'leave out circular references in schemas')
      .option('--reuse-services', 'make one service where servers are the same')
      .option('--skip-route-by-header', 'make no routes from header parameters')
      .option('--treat-all-headers-as-required', 'route by optional headers too')
      .option('--design <name>', 'the design document to use from an Insomnia export')
      .option('--allow-host <host>', 'references may lead to this host; may be repeated', collect, [])
      // decK's names for the same.
      .addOption(new Option('-s, --spec <file>').argParser(collect).default([]).hideHelp())
      .addOption(new Option('--output-file <file>').hideHelp())
      .addOption(new Option('--format <form>').choices(forms).hideHelp())
      .action((specs: string[], options: Options) =>
        run(io => make(io, [...options.spec, ...specs], options)),
      )
  },
}

async function make(io: Io, named: readonly string[], options: Options): Promise<number> {
  // The reader of specifications is large, and other commands do without it.
  const { generate: generateOne } = await import('../../specs/index.ts')
  const manifests: JsonObject[] = []
  for (const spec of specsOf(io, named)) {
    const input = spec === '-' ? await readInput(io, spec) : undefined
    const read = await readNamed(io, input?.path ?? spec, options, input?.text)
    const made = orThrow(generateOne(read, generateOptions(options)))
    tellWarnings(io, made.warnings)
    manifests.push(made.manifest)
  }
  const { manifests: format } = (await io.providers()).usual
  const merged = format.merged(manifests)
  const text = (options.format ?? options.output) === 'json' ? dataText(merged, 'json') : format.yaml(merged)
  const file = options.out ?? options.outputFile ?? '-'
  if (file === '-') io.data(text)
  else await writeWholeFile(resolve(io.cwd, file), text, { cwd: io.cwd, shown: file })
  return exitCode.same
}

/** By default it is standard input, as for decK; a person would wait for it unaware. */
function specsOf(io: Io, named: readonly string[]): readonly string[] {
  if (named.length > 0) return named
  if (!io.interactive) return ['-']
  const hint = 'Name one, for example: gatewatch generate openapi.yaml'
  throw new ProblemError([{ code: 'no-specification', message: 'no specification is named', hint }])
}

function generateOptions(options: Options): GenerateOptions {
  return {
    selectTags: options.selectTag,
    noId: !options.id,
    insoCompatible: options.insoCompatible ?? false,
    generateSecurity: options.generateSecurity ?? false,
    ignoreSecurityErrors: options.ignoreSecurityErrors ?? false,
    ignoreCircularRefs: options.ignoreCircularRefs ?? false,
    reuseServices: options.reuseServices ?? false,
    skipRouteByHeader: options.skipRouteByHeader ?? false,
    treatAllHeadersAsRequired: options.treatAllHeadersAsRequired ?? false,
    ...(options.uuidBase === undefined ? {} : { uuidBase: options.uuidBase }),
  }
}
