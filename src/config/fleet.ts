import type { Place } from '../model/problem.ts'
import type { ConfiguredGateway } from '../providers/config.ts'
import type { Provider } from '../providers/provider.ts'
import type { IgnoreRule } from '../reconcile/drift/ignore-rules.ts'
import type { GovernanceSettings } from './governance-schema.ts'
import type { Recipient } from './sealing-schema.ts'

/** One target as configured. */
export interface FleetTarget {
  readonly name: string
  readonly environment: string
  readonly provider: Provider
  readonly gateway: ConfiguredGateway
  /** Manifest files and folders, absolute. */
  readonly manifests: readonly string[]
  /** Tags that the target's manifests own, in addition to those that the manifests name themselves. */
  readonly selectTags: readonly string[]
  /** What is left to others at this target. */
  readonly ignore: readonly IgnoreRule[]
  readonly protected: boolean
  readonly labels: Readonly<Record<string, string>>
  readonly place: Place
}

/** `gatewatch.yaml`, read. */
export interface Fleet {
  readonly name: string
  /** The file, absolute. */
  readonly file: string
  /** The folder that paths in it are relative to, absolute. */
  readonly folder: string
  /** In order, the first the least critical. */
  readonly environments: readonly string[]
  readonly production: readonly string[]
  readonly targets: readonly FleetTarget[]
  /** Globs of OpenAPI files, relative to `folder`. */
  readonly specifications: readonly string[]
  /** Globs of policy files, relative to `folder`. */
  readonly policies: readonly string[]
  readonly governance: GovernanceSettings
  /** Who can open sealed secrets; empty: only the user's own key. */
  readonly sealing: readonly Recipient[]
}
