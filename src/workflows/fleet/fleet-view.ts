import type { Finding } from '../../governance/finding.ts'
import type { LockHolder } from '../../ledger/locks/lock-holder.ts'
import type { Api } from '../../model/api.ts'
import type { Problem } from '../../model/problem.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { Drift } from '../../reconcile/drift/drift.ts'
import type { GovernanceView } from '../governance/governance-view.ts'
import type { Exposure } from '../meaning/exposure.ts'
import type { ManifestOrigin } from '../project/manifest-origin.ts'
import type { CutOffView } from '../reading/unrecorded.ts'
import type { Wait } from '../reading/waits.ts'
import type { NeedKind } from './need-kinds.ts'

/** How far the reading of a target got. */
export type Reach =
  | { readonly state: 'reading' }
  | { readonly state: 'reached'; readonly milliseconds: number }
  | { readonly state: 'failed'; readonly problem: Problem; readonly attempts: number }

/** The last sync of a target, from its journal. */
export interface LastSync {
  readonly at: Date
  readonly by: string
  /** Steps applied and in all; they differ where it stopped half way. */
  readonly done: number
  readonly total: number
}

/** One target, compared. */
export interface TargetView {
  readonly name: string
  readonly environment: string
  readonly protected: boolean
  /** False: its certificate is not checked. */
  readonly checksCertificate: boolean
  /** As cluster, cloud, region. */
  readonly labels: Readonly<Record<string, string>>
  readonly address: string
  /** What answers there, as `Kong Gateway 3.9.1`; null until it was reached. */
  readonly gateway: string | null
  readonly reach: Reach
  /** What gatewatch is waiting for at this target. */
  readonly waiting: Wait | null
  /** When `drift`, `apis` and `exposures` were read; null: never. */
  readonly readAt: Date | null
  /** The last good comparison; kept, and stale, when a later reading fails. Null: unknown. */
  readonly drift: Drift | null
  readonly apis: readonly Api[] | null
  readonly exposures: readonly Exposure[] | null
  /**
   * Why it can't be determined what protects its routes and how it answers requests, as a clause; null: it can, or the
   * target wasn't read.
   */
  readonly unmodelled: string | null
  /** What policies find at this target and in its manifests, the most severe first; null: unknown (yet). */
  readonly findings: readonly Finding[] | null
  readonly lastSync: LastSync | null
  /** The sync from this machine that was cut off and hasn't been made good yet; null: there is none. */
  readonly cutOff: CutOffView | null
  /** Who holds the lock; null: nobody, or it can't be read. The lock of a dead process blocks nothing. */
  readonly lock: LockHolder | null
  /** What blocks a sync: a lock, a freeze, read-only; null: nothing. */
  readonly blocked: string | null
  /** Problems of this target's manifests; if there are any, there is nothing to compare with. */
  readonly manifestProblems: readonly Problem[]
}

/** The whole fleet at one moment. */
export interface FleetView {
  /** The kinds of entities that exist. */
  readonly kinds: Kinds
  readonly name: string
  readonly origin: ManifestOrigin
  /** Environments in order, the first the least critical. */
  readonly environments: readonly string[]
  /** The environments that count as production. */
  readonly production: readonly string[]
  readonly targets: readonly TargetView[]
  /** Policies, waivers and coverage; null: not read yet. */
  readonly governance: GovernanceView | null
}

/** One line of the first screen's list. */
export interface Need {
  readonly kind: NeedKind
  readonly target: string
  readonly production: boolean
  /** As `2 routes lost key-auth`. */
  readonly title: string
  readonly since: Date | null
  /** As `who unknown`, `mira`, `timeout`. */
  readonly who: string
  readonly routesAffected: number
  /** More lines about it: what happened, which requests are open, what Git has and where. */
  readonly details: readonly { readonly label: string; readonly text: string }[]
  /** The changes that `s` would sync; empty: nothing to sync. */
  readonly changes: readonly string[]
}
