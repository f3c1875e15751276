import type { Place } from '../model/problem.ts'
import type { IgnoreRule } from '../reconcile/ignore-rules.ts'
import type { GovernanceSettings } from './governance-schema.ts'
import type { Recipient } from './sealing-schema.ts'

/** Where a credential comes from; the value itself is never in the file unless it is plain. */
export type CredentialRef =
  | { readonly env: string; readonly prefix?: string }
  | { readonly file: string; readonly prefix?: string }
  | { readonly plain: string }

/** How to reach a Kong gateway's Admin API, as configured. */
export interface KongConfig {
  readonly address: string
  readonly headers: Readonly<Record<string, CredentialRef>>
  readonly workspace?: string
  readonly timeoutMs: number
  /** How long what protects is given to take effect before routes are opened, in milliseconds; absent: as usual. */
  readonly settleMs?: number
  readonly tls: {
    /** False: certificates are not checked. */
    readonly verify: boolean
    /** A PEM file of extra certificate authorities, absolute. */
    readonly authorities?: string
    /** The name that the gateway's certificate must have, where it is not that of the address. */
    readonly serverName?: string
    /** PEM files of what is shown to the gateway, absolute. */
    readonly identity?: { readonly certificate: string; readonly key: string }
  }
}

/** One target as configured. */
export interface FleetTarget {
  readonly name: string
  readonly environment: string
  readonly kong: KongConfig
  /** Manifest files and folders, absolute. */
  readonly manifests: readonly string[]
  /** Tags that the target's manifests own, besides those that the manifests name themselves. */
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
  /** To whom secrets are sealed; empty: to the user's own key. */
  readonly sealing: readonly Recipient[]
}
