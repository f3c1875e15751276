import type { GovernanceSettings, Recipient } from '../../config/index.ts'
import type { SecretDigests } from '../../ledger/digests.ts'
import type { Locks } from '../../ledger/locks/lock.ts'
import type { LedgerStore } from '../../ledger/store.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import type { ManifestFile } from '../../providers/manifest.ts'
import type { Provider, Providers } from '../../providers/provider.ts'
import type { Connection } from '../../providers/session.ts'
import type { IgnoreRule } from '../../reconcile/drift/ignore-rules.ts'
import type { Repository } from '../../repo/index.ts'
import type { Waits } from '../reading/waits.ts'
import type { Trust } from './trust.ts'

/** Where gatewatch works: which targets, which manifests, and where it keeps what it knows. */
export interface Project {
  readonly providers: Providers
  readonly name: string
  readonly targets: readonly GatewayTarget[]
  readonly environments: readonly string[]
  readonly production: readonly string[]
  /** Globs of OpenAPI files, with the folder that they are relative to. */
  readonly specifications: { readonly folder: string; readonly globs: readonly string[] }
  /** Globs of policy files, relative to the folder of the specifications. */
  readonly policies: readonly string[]
  /** How policies are enforced; its paths are relative to the folder of the specifications. */
  readonly governance: GovernanceSettings
  /** Whether the configuration is trusted with what it asks for; null: nothing in it needs permission. */
  readonly trust: Trust | null
  /** Who can open secrets that a sync overwrites or deletes; empty: only the user's own key. */
  readonly sealing: readonly Recipient[]
  /** The folder that the command was given in. */
  readonly folder: string
  readonly repository: Repository | null
  /** The commit at which manifests are read; null: the work tree. */
  readonly commit: string | null
  readonly ledgers: LedgerStore
  readonly locks: Locks
  /** What gatewatch is waiting for at its gateways. */
  readonly waits: Waits
  readonly digests: SecretDigests
  /** Where journals are kept. */
  readonly stateFolder: string
  /** What is unusual about where gatewatch works. */
  readonly warnings: readonly Problem[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => Date
  /** Who syncs, for journal and lock. */
  readonly user: () => Promise<string>
  /** A path for people: relative to the repository or the working folder. */
  readonly shown: (path: string) => string
}

/** One target with everything needed to compare it. */
export interface GatewayTarget {
  /** What kind of gateway it is. */
  readonly provider: Provider
  readonly name: string
  readonly environment: string
  readonly address: string
  readonly protected: boolean
  /** False: its certificate isn't checked, so anyone in between can read and change what is sent. */
  readonly checksCertificate: boolean
  readonly labels: Readonly<Record<string, string>>
  /** Manifest files and folders, absolute. */
  readonly manifests: readonly string[]
  /** A manifest that is in no file: it came from standard input. */
  readonly input?: ManifestFile
  readonly selectTags: readonly string[]
  /** What is neither read nor written, with everything that belongs to it, as kinds call it: `consumers`. */
  readonly skips: readonly string[]
  /** What is left to others. */
  readonly ignore: readonly IgnoreRule[]
  /** Why nothing is sent to it: its configuration isn't trusted. Null: it may be contacted. */
  readonly refused: Problem | null
  connection(): Result<Connection>
}

/** Whether any manifest says what a target should hold. */
export function hasManifests({ manifests, input }: GatewayTarget): boolean {
  return manifests.length > 0 || input !== undefined
}

/** The targets that a command line names; a problem for a name that doesn't exist. */
export function chooseTargets(
  project: Project,
  choice: { readonly targets?: readonly string[]; readonly environment?: string },
): Result<readonly GatewayTarget[]> {
  const names = project.targets.map(target => target.name)
  const wrong = choice.targets?.find(name => !names.includes(name))
  if (wrong !== undefined) {
    return fail([
      {
        code: 'no-such-target',
        message: `there is no target ${wrong}`,
        hint: `The targets are ${names.join(', ')}.`,
      },
    ])
  }
  if (choice.environment !== undefined && !project.environments.includes(choice.environment)) {
    return fail([
      {
        code: 'no-such-environment',
        message: `there is no environment ${choice.environment}`,
        hint: `The environments are ${project.environments.join(', ')}.`,
      },
    ])
  }
  return succeed(
    project.targets.filter(
      target =>
        (choice.targets === undefined ||
          choice.targets.length === 0 ||
          choice.targets.includes(target.name)) &&
        (choice.environment === undefined || target.environment === choice.environment),
    ),
  )
}
