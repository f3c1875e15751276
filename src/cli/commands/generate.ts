import { resolve } from 'node:path'
import { Option } from 'commander'
import writeFileAtomic from 'write-file-atomic'
import { manifestYaml, mergedManifest } from '../../manifest/write.ts'
import type { JsonObject } from '../../model/json.ts'
import { ProblemError, problemText } from '../../model/problem.ts'
import type { GenerateOptions } from '../../specs/index.ts'
import { exitCode, type Io, type Subcommand } from '../command.ts'
import { dataText } from '../text/data.ts'

interface Options {
  readonly out?: string
  readonly output: 'yaml' | 'json'
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
  readonly design?: string
  readonly allowHost: readonly string[]
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

/** `gatewatch generate`: a manifest from a specification. */
export const generate: Subcommand = {
  register(program, run) {
    program
      .command('generate')
      .argument('<specs...>', 'OpenAPI 3.0 and 3.1 documents, or Insomnia exports')
      .description('make a manifest from specifications, as openapi2kong does')
      .option('-o, --out <file>', 'write into this file instead of standard output')
      .addOption(
        new Option('--output <form>', 'the form of the manifest').choices(['yaml', 'json']).default('yaml'),
      )
      .option('--select-tag <tag>', 'the tag that everything gets; may be given again', collect, [])
      .option('--uuid-base <text>', 'what ids are made from in place of the title')
      .option('--no-id', 'without ids')
      .option('--inso-compatible', 'names as inso makes them')
      .option('--generate-security', 'openid-connect plugins from security requirements')
      .option('--ignore-security-errors', 'leave out security that can’t be made a plugin')
      .option('--ignore-circular-refs', 'leave circular references of schemas out')
      .option('--reuse-services', 'one service where servers are the same')
      .option('--skip-route-by-header', 'no routes by header parameters')
      .option('--treat-all-headers-as-required', 'route by optional headers too')
      .option('--design <name>', 'which design document of an Insomnia export')
      .option('--allow-host <host>', 'references may lead to this host; may be given again', collect, [])
      .action((specs: string[], options: Options) => run(io => make(io, specs, options)))
  },
}

async function make(io: Io, specs: readonly string[], options: Options): Promise<number> {
  // The reader of specifications is large, and other commands do without it.
  const { generate: generateOne, readSpecification } = await import('../../specs/index.ts')
  const manifests: JsonObject[] = []
  for (const spec of specs) {
    const read = await readSpecification(resolve(io.cwd, spec), {
      allowedHosts: options.allowHost,
      signal: io.signal,
      ...(options.design === undefined ? {} : { design: options.design }),
    })
    if (!read.ok) throw new ProblemError(read.error)
    const made = generateOne(read.value, generateOptions(options))
    if (!made.ok) throw new ProblemError(made.error)
    for (const warning of made.value.warnings) io.err(`gatewatch: warning: ${problemText(warning)}\n`)
    manifests.push(made.value.manifest)
  }
  const text =
    options.output === 'json'
      ? dataText(mergedManifest(manifests), 'json')
      : manifestYaml(mergedManifest(manifests))
  if (options.out === undefined) io.out(text)
  else await writeFileAtomic(resolve(io.cwd, options.out), text)
  return exitCode.same
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
