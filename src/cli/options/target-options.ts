import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { findFleetFile } from '../../config/index.ts'
import type { Problem } from '../../model/problem.ts'
import { orThrow, ProblemError } from '../../model/problem.ts'
import { safeText } from '../../model/safe-text.ts'
import type { GatewaySettings, OutsideSettings } from '../../providers/config.ts'
import { openProject } from '../../workflows/project/open-project.ts'
import type { GatewayTarget, Project } from '../../workflows/project/project.ts'
import { chooseTargets } from '../../workflows/project/project.ts'
import type { Asking } from '../../workflows/project/trust.ts'
import type { Io } from '../command.ts'
import { tellWarnings } from '../command.ts'
import { showWaits } from '../terminal/show-waits.ts'
import { collectHeaders, collectTags, type DeckOptions, deckFlags, withTlsOptions } from './deck-options.ts'

/** The options that select targets and manifests. */
export interface TargetOptions extends DeckOptions {
  readonly config?: string
  readonly target: readonly string[]
  readonly environment?: string
  readonly workspace?: string
  readonly selectTag: readonly string[]
  readonly skipConsumers?: true
  readonly skipCaCertificates?: true
  readonly trust?: true
  readonly ref?: string
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

function seconds(value: string): number {
  const number = Number(value)
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number of seconds above 0.')
  return number
}

/** Adds the options that select targets. */
export function withTargetOptions(command: Command): Command {
  const named = command
    .option(
      '-c, --config <file>',
      "the gatewatch.yaml to use (default: the nearest one, from here upwards), or decK's own settings file",
    )
    .option('-t, --target <name>', 'only this target; may be repeated', collect, [])
    .option('-e, --environment <name>', 'only the targets of this environment')
    .option('--kong-addr <url>', 'one Admin API, without a config file')
    .addOption(
      new Option('--headers <name:value>', 'a header for --kong-addr; may be repeated')
        .argParser(collectHeaders)
        .default([], 'none'),
    )
    .option('-w, --workspace <name>', 'the Kong workspace at --kong-addr')
    .option('--select-tag <tag>', 'only entities that carry this tag; may be repeated', collectTags, [])
    .option('--skip-consumers', 'leave consumers, their groups, credentials and plugins alone')
    .option('--skip-ca-certificates', 'leave CA certificates alone')
    .option('--timeout <seconds>', 'how long one answer may take, with --kong-addr', seconds)
    .option('--trust', 'trust the config for this run, whatever it asks for (see gatewatch trust)')
  return withTlsOptions(named)
}

/** Adds the options that select manifests. */
export function withManifestOptions(command: Command): Command {
  return withTargetOptions(command)
    .argument('[files...]', 'manifest files and folders, with --kong-addr')
    .option('--ref <commit>', 'read the manifests at this commit, branch or tag; leaves the work tree alone')
}

/** The output option of commands that print data. */
export function outputOption(): Option {
  return new Option('-o, --output <form>', 'the format of the output')
    .choices(['text', 'json', 'yaml'])
    .default('text')
}

/** What a command needs besides targets. */
export interface Needs {
  /** False: files may be named without an address, and no gateway is contacted. */
  readonly gateway?: boolean
  /** Where a gateway is named without a gatewatch.yaml, manifests must be named with it. */
  readonly manifests?: boolean
  /** False: waits for gateways are shown elsewhere than on standard error. */
  readonly waits?: boolean
  /** Whether all targets will be connected to, so that their configuration must be trusted; as `gateway` unless given. */
  readonly connects?: boolean
  /** False: no credential from decK's settings is sent. */
  readonly credentials?: boolean
}

/**
 * Opens the project that the options ask for, and the targets chosen in it. Where neither --kong-addr nor a
 * gatewatch.yaml names a gateway, decK's environment and settings file may. Throws `ProblemError`.
 */
export async function chosen(
  io: Io,
  options: TargetOptions,
  files: readonly string[] = [],
  { gateway = true, manifests = false, waits = true, connects = gateway, credentials = true }: Needs = {},
): Promise<{ readonly project: Project; readonly targets: readonly GatewayTarget[] }> {
  const settings = gateway ? await deckSettingsFor(io, options, files, credentials) : undefined
  if (gateway && files.length > 0 && settings?.address === undefined) {
    throw problem({
      code: 'files-without-address',
      message: `${files[0]} is named without --kong-addr`,
      hint: 'In a gatewatch.yaml, each target names its own manifests; without one, give --kong-addr URL.',
    })
  }
  if (manifests && settings?.address !== undefined && files.length === 0) {
    throw problem({
      code: 'no-manifest',
      message: 'no manifests are named',
      hint: 'Name the files or folders that say how the gateway should be: gatewatch diff --kong-addr URL kong.yaml',
    })
  }
  if (settings && settings.origins.length > 0) io.err(`gatewatch: ${safeText(settings.origins.join(', '))}\n`)
  if (settings && settings.withheld.length > 0) {
    const message = `${settings.withheld.join(', ')}: not sent, because only the plan names this gateway`
    tellWarnings(io, [{ code: 'withheld', message, hint: 'Name it with --kong-addr or DECK_KONG_ADDR.' }])
  }
  const piped = files.includes('-') ? { input: await io.input() } : {}
  const open = async (trusted: string | undefined) => {
    const project = orThrow(
      await openProject({
        ...piped,
        providers: await io.providers(),
        cwd: io.cwd,
        env: io.env,
        files: files.filter(file => file !== '-'),
        selectTags: options.selectTag,
        skips: [
          ...(options.skipConsumers ? ['consumers'] : []),
          ...(options.skipCaCertificates ? ['CA certificates'] : []),
        ],
        ...(trusted === undefined ? {} : { trusted }),
        ...(options.config === undefined ? {} : { config: options.config }),
        ...(settings?.address === undefined
          ? {}
          : {
              kongAddr: settings.address,
              connection: {
                ...settings.connection,
                ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
              },
            }),
        ...(settings?.asking ? { asking: settings.asking } : {}),
        ...(options.ref === undefined ? {} : { ref: options.ref }),
      }),
    )
    const targets = orThrow(
      chooseTargets(project, {
        targets: options.target,
        ...(options.environment === undefined ? {} : { environment: options.environment }),
      }),
    )
    return { project, targets }
  }
  let opened = await open(options.trust ? 'any' : undefined)
  const { trust, stateFolder } = opened.project
  if (connects && trust && opened.targets.some(({ refused }) => refused)) {
    const { askTrust } = await import('../terminal/ask-trust.ts')
    await askTrust(io, trust, stateFolder)
    // Exactly what was shown is allowed, whatever the file says by now.
    opened = await open(trust.digest)
  }
  const { project, targets } = opened
  tellWarnings(io, project.warnings)
  if (gateway) {
    tellUnchecked(io, targets)
    if (waits) showWaits(io, project.waits)
  }
  return { project, targets }
}

/** Names the gateways that are trusted without checking their certificates. */
export function tellUnchecked(io: Io, targets: readonly GatewayTarget[]): void {
  const names = targets.filter(target => !target.checksCertificate).map(({ name }) => name)
  const [only] = names
  if (only === undefined) return
  const message =
    names.length === 1
      ? `the certificate of ${only} is not checked`
      : `the certificates of ${names.length} gateways are not checked: ${names.join(', ')}`
  const hint =
    'Anyone in between can read and change everything that is sent; name the certificate authority instead.'
  tellWarnings(io, [{ code: 'certificate-not-checked', message, hint }])
}

/** The address in decK's environment or in its settings file in the home folder; undefined: there is none. */
export async function addressOfDeck(io: Io): Promise<string | undefined> {
  const outside = await outsideSettings(io)
  if (!outside) return undefined
  const file = orThrow(await outside.homeFile(io.env.HOME ?? io.env.USERPROFILE))
  return outside.address({ flags: {}, env: io.env, file, cwd: io.cwd })
}

/** What names a gateway without a `gatewatch.yaml`; undefined: nothing can. */
async function outsideSettings(io: Io): Promise<OutsideSettings | undefined> {
  return (await io.providers()).usual.config.outside
}

/** How decK would connect; undefined where a fleet names its gateways. */
async function deckSettingsFor(
  io: Io,
  options: TargetOptions,
  files: readonly string[],
  credentials: boolean,
): Promise<(GatewaySettings & { readonly asking: Asking | null }) | undefined> {
  const outside = await outsideSettings(io)
  if (!outside) return undefined
  const { config } = options
  const named = config === undefined ? undefined : resolve(io.cwd, config)
  const text = named === undefined ? '' : await readFile(named, 'utf8').catch(() => '')
  const isDeck = named !== undefined && outside.isFile(text)
  const byAddress = options.kongAddr !== undefined || files.length > 0 || isDeck
  if (!byAddress && (named !== undefined || (await findFleetFile(io.cwd)) !== null)) return undefined
  const file = orThrow(
    await (isDeck && named !== undefined
      ? outside.readFile(named)
      : outside.homeFile(io.env.HOME ?? io.env.USERPROFILE)),
  )
  const sources = { flags: deckFlags(options), env: io.env, file, cwd: io.cwd, credentials }
  const settings = orThrow(outside.settings(sources))
  const permissions = isDeck && named !== undefined ? outside.permissions(settings, named, io.cwd) : null
  return { ...settings, asking: permissions && named ? { config: named, permissions } : null }
}

function problem(value: Problem): ProblemError {
  return new ProblemError([value])
}
