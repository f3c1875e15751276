import { hostname, userInfo } from 'node:os'
import { isAbsolute, relative, resolve } from 'node:path'
import {
  type FleetTarget,
  type GovernanceSettings,
  governanceOf,
  readAddress,
  withAuthorization,
} from '../../config/index.ts'
import { openDigests } from '../../ledger/digests.ts'
import { folderLocks } from '../../ledger/locks/folder-locks.ts'
import { gitLocks } from '../../ledger/locks/git-locks.ts'
import { folderLedgers, gitLedgers } from '../../ledger/store.ts'
import type { Problem } from '../../model/problem.ts'
import { fail, type Result, succeed } from '../../model/problem.ts'
import { loadProviders } from '../../providers/index.ts'
import type { Providers } from '../../providers/provider.ts'
import type { Connection } from '../../providers/session.ts'
import { openRepository, type Repository } from '../../repo/index.ts'
import { Waits } from '../reading/waits.ts'
import { askingOf, findFleet, stateFolderOf } from './find-fleet.ts'
import type { GatewayTarget, Project } from './project.ts'
import { type Asking, notTrusted, sinceTrusted, type Trust, trustOf } from './trust.ts'

/** How a project is asked for. */
export interface ProjectOptions {
  /** The kinds of gateways that exist; by default, those that come with gatewatch. */
  readonly providers?: Providers
  /** The folder that the command was given in. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** A `gatewatch.yaml`; undefined: the nearest one is used. */
  readonly config?: string
  /**
   * Without a config: the address of one Admin API, with manifest files and folders. A user and password in it are sent
   * as a header and appear in nothing derived from it.
   */
  readonly kongAddr?: string
  /** How to connect to it, besides its address. */
  readonly connection?: Partial<Omit<Connection, 'target' | 'address'>>
  /** Manifest files and folders; without an address they are used alone, with no gateway. */
  readonly files?: readonly string[]
  /** The text of one more manifest, from standard input. */
  readonly input?: string
  readonly selectTags?: readonly string[]
  /** What is left alone, as kinds call it: `consumers`. */
  readonly skips?: readonly string[]
  /** Read manifests at this commit, branch or tag. */
  readonly ref?: string
  /** The digest of the permissions that the user has just allowed, or `any`: whatever the configuration asks for. */
  readonly trusted?: string
  /** The settings file that names `kongAddr`, where it is one that has to be trusted. */
  readonly asking?: Asking
  readonly stateFolder?: string
  readonly now?: () => Date
  readonly user?: string
}

/** The same, with the providers that count. */
type Opening = ProjectOptions & { readonly providers: Providers }

/** The time that a gateway has for one answer, unless the config sets another. */
const usualTimeoutMs = 10_000

/** Opens the project that a command line asks for. */
export async function openProject(given: ProjectOptions): Promise<Result<Project>> {
  const options = { ...given, providers: given.providers ?? (await loadProviders()) }
  const stateFolder = await stateFolderOf(options)
  if (options.kongAddr !== undefined) return openAddress(options, options.kongAddr, stateFolder)
  return options.files?.length || options.input !== undefined
    ? openFiles(options, stateFolder)
    : openFleet(options, stateFolder)
}

async function openFleet(options: Opening, stateFolder: string): Promise<Result<Project>> {
  const found = await findFleet(options)
  if (!found.ok) return found
  const { fleet, repository } = found.value
  const asking = () => askingOf(fleet, repository)
  const trust = fleet.targets.every(isFree) ? null : await trustOf(asking(), { ...options, stateFolder })
  const gate: Gate = { trust, asking: options.trusted === 'any' ? null : asking }
  return assemble(options, stateFolder, repository, {
    name: fleet.name,
    targets: fleet.targets.map(target => settingsOf(target, gate, options)),
    environments: fleet.environments,
    production: fleet.production,
    specifications: { folder: fleet.folder, globs: fleet.specifications },
    policies: fleet.policies,
    governance: fleet.governance,
    sealing: fleet.sealing,
    folder: fleet.folder,
    shared: true,
    trust,
  })
}

/** What must pass before a fleet connects. */
interface Gate {
  readonly trust: Trust | null
  /** What is asked for now: links may point elsewhere than when it was trusted. Null: that doesn't matter. */
  readonly asking: (() => Asking) | null
}

function settingsOf(target: FleetTarget, { trust, asking }: Gate, options: Opening): GatewayTarget {
  const guarded = trust === null || isFree(target) ? null : trust
  const refused = guarded && guarded.by === null ? notTrusted(guarded) : null
  return {
    provider: target.provider,
    name: target.name,
    environment: target.environment,
    address: target.gateway.address,
    protected: target.protected,
    checksCertificate: target.gateway.checksCertificate,
    labels: target.labels,
    manifests: target.manifests,
    selectTags: [...target.selectTags, ...(options.selectTags ?? [])],
    skips: options.skips ?? [],
    ignore: target.ignore,
    refused,
    // Neither variables nor files are read before.
    connection() {
      const changed = guarded && asking && !refused ? sinceTrusted(guarded, asking()) : null
      const problem = refused ?? changed
      return problem
        ? fail([{ ...problem, target: target.name }])
        : target.gateway.connection(target, options.env)
    },
  }
}

async function openAddress(options: Opening, given: string, stateFolder: string): Promise<Result<Project>> {
  const read = readAddress(given)
  if (!read.ok) return fail([read.error])
  const { address, authorization } = read.value
  const headers = withAuthorization(Object.entries(options.connection?.headers ?? {}), authorization)
  if (!headers.ok) return fail([headers.error])
  const name = new URL(address).host
  const connection: Connection = {
    target: name,
    address,
    timeoutMs: usualTimeoutMs,
    ...options.connection,
    headers: headers.value,
  }
  const trust = options.asking ? await trustOf(options.asking, { ...options, stateFolder }) : null
  const refused = trust?.by === null ? notTrusted(trust) : null
  const gateway = {
    name,
    address,
    refused,
    connection: () => (refused ? fail([refused]) : succeed(connection)),
  }
  return openNamed(options, stateFolder, gateway, trust)
}

/** Only manifest files: they can be read and compared with each other, without a gateway. */
function openFiles(options: Opening, stateFolder: string): Promise<Result<Project>> {
  const problem: Problem = {
    code: 'no-gateway',
    message: 'only manifests are named, but no gateway',
    hint: 'Name one with --kong-addr URL.',
  }
  return openNamed(options, stateFolder, {
    name: 'manifests',
    address: '',
    refused: null,
    connection: () => fail([problem]),
  })
}

async function openNamed(
  options: Opening,
  stateFolder: string,
  gateway: Pick<GatewayTarget, 'name' | 'address' | 'refused' | 'connection'>,
  trust: Trust | null = null,
): Promise<Result<Project>> {
  const { name } = gateway
  const files = (options.files ?? []).map(file => resolve(options.cwd, file))
  // The folder of the user, not that of a file that may have come with a clone.
  const repository = await openRepository(options.cwd)
  const target: GatewayTarget = {
    ...gateway,
    provider: options.providers.usual,
    environment: 'default',
    protected: false,
    checksCertificate: options.connection?.authorities !== false,
    labels: {},
    manifests: files,
    ...(options.input === undefined ? {} : { input: { path: '<stdin>', text: options.input } }),
    selectTags: options.selectTags ?? [],
    skips: options.skips ?? [],
    ignore: [],
  }
  return assemble(options, stateFolder, repository.ok ? repository.value : null, {
    name,
    targets: [target],
    environments: ['default'],
    production: [],
    specifications: { folder: options.cwd, globs: [] },
    policies: [],
    // Nobody configured this gateway, so nobody protects it.
    governance: { ...governanceOf(undefined, undefined), acceptUnknown: [target.environment] },
    sealing: [],
    folder: options.cwd,
    shared: false,
    trust,
  })
}

interface Parts {
  readonly name: string
  readonly targets: readonly GatewayTarget[]
  readonly environments: readonly string[]
  readonly production: readonly string[]
  readonly specifications: Project['specifications']
  readonly policies: readonly string[]
  readonly governance: GovernanceSettings
  readonly sealing: Project['sealing']
  readonly folder: string
  /** Whether ledgers and locks belong into the repository, or are this user's own affair. */
  readonly shared: boolean
  readonly trust: Trust | null
}

async function assemble(
  options: Opening,
  stateFolder: string,
  repository: Repository | null,
  parts: Parts,
): Promise<Result<Project>> {
  let commit: string | null = null
  if (options.ref !== undefined) {
    if (!repository) {
      return fail([
        {
          code: 'no-repository',
          message: `--ref ${options.ref} needs a Git repository, and ${parts.folder} is in none`,
        },
      ])
    }
    const resolved = await repository.resolve(options.ref)
    if (!resolved.ok) return resolved
    commit = resolved.value
  }
  const now = options.now ?? (() => new Date())
  const inGit = parts.shared ? repository : null
  const { digests, problem } = await openDigests(stateFolder, inGit?.folder ?? parts.name, options.env)
  const shownFrom = repository?.folder ?? options.cwd
  const waits = new Waits()
  return succeed({
    providers: options.providers,
    name: parts.name,
    targets: parts.targets.map(target => telling(target, waits)),
    environments: parts.environments,
    production: parts.production,
    specifications: parts.specifications,
    policies: parts.policies,
    governance: parts.governance,
    trust: parts.trust,
    sealing: parts.sealing,
    folder: options.cwd,
    repository,
    commit,
    ledgers: inGit ? gitLedgers(inGit) : folderLedgers(resolve(stateFolder, 'ledgers')),
    locks: inGit ? gitLocks(inGit, now) : folderLocks(resolve(stateFolder, 'locks'), now),
    digests,
    waits,
    warnings: problem ? [problem] : [],
    stateFolder,
    env: options.env,
    now,
    user: () => (options.user === undefined ? whoAmI(repository) : Promise.resolve(options.user)),
    shown(path) {
      if (!isAbsolute(path)) return path
      const short = relative(shownFrom, path)
      return short.startsWith('..') || short === '' ? path : short
    },
  })
}

/** A target whose waits are reported. */
function telling(target: GatewayTarget, waits: Waits): GatewayTarget {
  return {
    ...target,
    connection() {
      const connection = target.connection()
      return connection.ok ? succeed({ ...connection.value, waiting: waits.begin }) : connection
    },
  }
}

async function whoAmI(repository: Repository | null): Promise<string> {
  const name = (await repository?.user())?.replace(/\s*<.*/, '')
  return name || userName() || hostname()
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

/** Whether a target needs no trust: it is on this machine, and no credentials are sent. */
function isFree({ gateway }: FleetTarget): boolean {
  return gateway.isFree
}
