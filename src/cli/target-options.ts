import { type Command, InvalidArgumentError, Option } from 'commander'
import { orThrow, type Problem, ProblemError } from '../model/problem.ts'
import { chooseTargets, openWorkspace, type TargetSettings, type Workspace } from '../workflows/workspace.ts'
import type { Io } from './command.ts'

/** The options that say which targets, and which manifests. */
export interface TargetOptions {
  readonly config?: string
  readonly target: readonly string[]
  readonly environment?: string
  readonly kongAddr?: string
  readonly headers: readonly string[]
  readonly workspace?: string
  readonly selectTag: readonly string[]
  readonly skipConsumers?: true
  readonly ref?: string
  readonly timeout?: number
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

function seconds(value: string): number {
  const number = Number(value)
  if (!(number > 0)) throw new InvalidArgumentError('It is a number of seconds above 0.')
  return number
}

/** Adds the options that say which targets. */
export function withTargetOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the gatewatch.yaml to use (else the nearest one, upwards from here)')
    .option('-t, --target <name>', 'only this target; may be given again', collect, [])
    .option('-e, --environment <name>', 'only the targets of this environment')
    .option('--kong-addr <url>', 'one Admin API, without any config file')
    .addOption(
      new Option('--headers <name:value>', 'a header for --kong-addr; may be given again')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--workspace <name>', 'the Kong workspace at --kong-addr')
    .option('--select-tag <tag>', 'only entities that carry this tag; may be given again', collect, [])
    .option('--skip-consumers', 'leave consumers, their credentials and their plugins alone')
    .option('--timeout <seconds>', 'how long one answer may take, with --kong-addr', seconds)
}

/** Adds the options that say which manifests. */
export function withManifestOptions(command: Command): Command {
  return withTargetOptions(command)
    .argument('[files...]', 'manifest files and folders, with --kong-addr')
    .option('--ref <commit>', 'read the manifests at this commit, branch or tag; the work tree is left alone')
}

/** The output option of commands that print data. */
export function outputOption(): Option {
  return new Option('-o, --output <form>', 'the form of the output')
    .choices(['text', 'json', 'yaml'])
    .default('text')
}

/**
 * Opens the workspace that the options ask for, and the targets chosen in it; with `gateway: false` files may be
 * named without an address. Throws `ProblemError`.
 */
export async function chosen(
  io: Io,
  options: TargetOptions,
  files: readonly string[] = [],
  { gateway = true }: { readonly gateway?: boolean } = {},
): Promise<{ readonly workspace: Workspace; readonly targets: readonly TargetSettings[] }> {
  if (gateway && files.length > 0 && options.kongAddr === undefined) {
    throw problem({
      code: 'files-without-address',
      message: `${files[0]} is named without --kong-addr`,
      hint: 'With a gatewatch.yaml each target names its own manifests; without one, give --kong-addr URL.',
    })
  }
  const piped = files.includes('-') ? { input: await io.input() } : {}
  const workspace = orThrow(
    await openWorkspace({
      ...piped,
      cwd: io.cwd,
      env: io.env,
      headers: headersOf(options.headers),
      files: files.filter(file => file !== '-'),
      selectTags: options.selectTag,
      skipConsumers: options.skipConsumers ?? false,
      ...(options.config === undefined ? {} : { config: options.config }),
      ...(options.kongAddr === undefined ? {} : { kongAddr: options.kongAddr }),
      ...(options.workspace === undefined ? {} : { kongWorkspace: options.workspace }),
      ...(options.ref === undefined ? {} : { ref: options.ref }),
      ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout * 1000 }),
    }),
  )
  const targets = orThrow(
    chooseTargets(workspace, {
      targets: options.target,
      ...(options.environment === undefined ? {} : { environment: options.environment }),
    }),
  )
  return { workspace, targets }
}

/** Manifests are needed, and with --kong-addr they come from the command line. */
export function requireFiles(options: TargetOptions, files: readonly string[]): void {
  if (options.kongAddr !== undefined && files.length === 0) {
    throw problem({
      code: 'no-manifest',
      message: 'no manifest is named',
      hint: 'Name the files or folders that say how the gateway should be: gatewatch diff --kong-addr URL kong.yaml',
    })
  }
}

function problem(value: Problem): ProblemError {
  return new ProblemError([value])
}

function headersOf(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map(pair => {
      const colon = pair.indexOf(':')
      if (colon < 1) {
        throw problem({
          code: 'bad-header',
          message: 'a header is not in the form Name:value',
          hint: 'Write it as --headers Kong-Admin-Token:…',
        })
      }
      return [pair.slice(0, colon).trim(), pair.slice(colon + 1).trim()]
    }),
  )
}
