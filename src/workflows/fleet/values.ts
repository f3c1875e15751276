import type { Finding } from '../../governance/finding.ts'
import type { RecordedSync } from '../../ledger/journal-reading.ts'
import type { LockHolder } from '../../ledger/locks/lock-holder.ts'
import type { Api } from '../../model/api.ts'
import type { EntityRef, Kind } from '../../model/entity.ts'
import type { Place, Problem, Result } from '../../model/problem.ts'
import type { Refusal } from '../../providers/session.ts'
import type { Change, ChangeCounts, Drift } from '../../reconcile/drift.ts'
import type { GuardedDeletions } from '../../reconcile/guards.ts'
import type { Plan } from '../../reconcile/plan.ts'
import type { Acceptance } from '../../reconcile/unknown-kinds.ts'
import type { PlanFindings } from '../governance/gate.ts'
import type { GovernanceView } from '../governance/view.ts'
import type { WaiverRequest } from '../governance/waive.ts'
import type { SealedTo } from '../project/sealing.ts'
import type { Compared } from '../reading/compare-target.ts'
import type { CutOffView } from '../reading/unrecorded.ts'
import type { Wait } from '../reading/waits.ts'
import type { HistoryItem } from '../syncing/history.ts'
import type { HalfWay } from '../syncing/opening.ts'

/** What the manifests are read from. */
export interface ManifestOrigin {
  /** As `payments`: the repository's folder name; null where files were named on the command line. */
  readonly repository: string | null
  /** As `main`; null when detached or outside Git. */
  readonly branch: string | null
  /** Full commit id; null outside Git. */
  readonly commit: string | null
  /** How many manifest files differ from the commit; 0 for a clean tree or a reading at a ref. */
  readonly edited: number
}

/** How far the reading of a target got. */
export type Reach =
  | { readonly state: 'reading' }
  | { readonly state: 'reached'; readonly milliseconds: number }
  | { readonly state: 'failed'; readonly problem: Problem; readonly attempts: number }

/** One lost or missing protection that leaves routes open. */
export interface Exposure {
  /** The routes that nothing authenticates any more, by name. */
  readonly routes: readonly string[]
  /** Requests that are open, as `GET api.pay.example/disputes`. */
  readonly requests: readonly string[]
  /** What went, as `plugin key-auth deleted live`, `plugin key-auth disabled live`. */
  readonly what: string
  /** When, in so far as the gateway says; null: not known. */
  readonly since: Date | null
  /** Who, where the gateway has an audit log; null: not known. */
  readonly who: string | null
  /** Ids of the changes that put it back. */
  readonly changes: readonly string[]
}

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
  /** What it is waited for just now. */
  readonly waiting: Wait | null
  /** When `drift`, `apis` and `exposures` were read; null: never. */
  readonly readAt: Date | null
  /** The last good comparison; kept, and stale, when a later reading fails. Null: not known. */
  readonly drift: Drift | null
  readonly apis: readonly Api[] | null
  readonly exposures: readonly Exposure[] | null
  /** Why what protects its routes and how it answers requests can't be told, a clause; null: it can, or it was not read. */
  readonly unmodelled: string | null
  /** What policies find at this target and in its manifests, the most severe first; null: not known (yet). */
  readonly findings: readonly Finding[] | null
  readonly lastSync: LastSync | null
  /** The sync from this machine that was cut off and not made good yet; null: there is none. */
  readonly cutOff: CutOffView | null
  /** Who holds the lock; null: nobody, or it can't be read. One of a dead process stands against nothing. */
  readonly lock: LockHolder | null
  /** What stands against a sync: a lock, a freeze, read-only; null: nothing. */
  readonly blocked: string | null
  /** Problems of this target's manifests; then there is nothing to compare with. */
  readonly manifestProblems: readonly Problem[]
}

/** The whole fleet at one moment. */
export interface FleetView {
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

/** What a person should look at, worst first. */
export type NeedKind = 'exposed' | 'half-done' | 'unseen' | 'conflict' | 'edited' | 'ahead' | 'findings'

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
  /** Further lines about it: what, open to which requests, what Git has and where. */
  readonly details: readonly { readonly label: string; readonly text: string }[]
  /** The changes that `s` would sync; empty: nothing to sync. */
  readonly changes: readonly string[]
}

/** What a plan would mean, for the review. */
export interface PlanMeaning {
  /** Why it can't be told what becomes of protection and of requests, a clause; null: the lines below tell it. */
  readonly unknown: string | null
  /** Lines about protection, as `2 routes get key-auth back`; `weaker` marks a loss. */
  readonly posture: readonly {
    readonly text: string
    readonly weaker: boolean
    readonly changes: readonly string[]
  }[]
  /** As `45 changes: 39 routes, 3 plugins`. */
  readonly reaches: string
  /** Which requests will be answered differently. */
  readonly traffic: readonly {
    readonly text: string
    readonly worse: boolean
    readonly changes: readonly string[]
  }[]
  /** Ids of the changes that alone close what is exposed; empty: nothing is. */
  readonly onlyTheFix: readonly string[]
  /**
   * Whether the target's name must be typed: on a protected target something is deleted or loses protection, or nobody
   * can tell whether it does.
   */
  readonly confirmByName: boolean
  /** So many deletions that their number must be said before anything is sent; null: they need none. */
  readonly guarded: GuardedDeletions | null
  /** To whom secrets would be sealed that it overwrites or deletes; null: there is no key. */
  readonly sealedTo: SealedTo
  /** What policies would find at the gateway that they do not now, and the other way round; null: not asked. */
  readonly findings: PlanFindings | null
}

/** A plan with what it means. */
export interface Review {
  readonly plan: Plan
  readonly meaning: PlanMeaning
  /** What is not known, bears on the plan and was not accepted, so that it will not be sent; null: nothing. */
  readonly unknown: UnknownRefusal | null
}

/** Why a plan is refused for what is not known. */
export interface UnknownRefusal {
  readonly problem: Problem
  /** The kinds that are to be accepted for it to be sent. */
  readonly kinds: readonly Kind[]
  /** Whether the configuration lets a reason pass it all the same. */
  readonly mayAccept: boolean
}

/** News of a running sync. */
export type SyncEvent =
  | { readonly type: 'validating'; readonly total: number }
  | { readonly type: 'started'; readonly total: number; readonly journal: string }
  | {
      readonly type: 'step'
      readonly id: string
      readonly preview: string
      readonly state: 'running' | 'done' | 'waiting' | 'not sent'
    }
  | {
      readonly type: 'step'
      readonly id: string
      readonly preview: string
      /** `unknown`: it was sent, and whether it took effect is not known. */
      readonly state: 'failed' | 'unknown'
      readonly problem: Problem
    }
  | { readonly type: 'ended'; readonly result: SyncResult }

/** How a sync is done. */
export interface SyncOptions {
  /** Why it is to be done though policies refuse it; counts only where the configuration allows it. */
  readonly override?: string
  /** The comparison that the plan was made from, where it is at hand: what did not move is not compared again. */
  readonly compared?: Compared
  /** What the gateway has against the steps, where it was asked a moment ago. */
  readonly refusals?: readonly Refusal[]
  /** Aborted where a sync that is stopped is not to wait even for what is under way. */
  readonly hurry?: AbortSignal
}

/** How a sync ended. */
export interface SyncResult {
  readonly target: string
  readonly done: number
  /** Steps that did not take effect. */
  readonly failed: number
  /** Steps that were sent and of which nobody knows whether they took effect. */
  readonly unknown: number
  readonly notSent: number
  /** Why it stopped or was refused; empty: all went through. */
  readonly problems: readonly Problem[]
  /** Entities that are half way because it stopped: nothing gets through to most of them. */
  readonly halfWay: readonly HalfWay[]
  /** What still differs after it; null: not read again. */
  readonly remaining: ChangeCounts | null
  /** How much differs besides and can't be synced, or is not known: see `reservations`. */
  readonly standing: number
  /** Exposures that the plan was to close: whether they are. Null: none were known. */
  readonly exposure: 'closed' | 'still exposed' | 'not known' | null
  /** The journal's file, for undo and resume. */
  readonly journal: string | null
}

/** What a sync takes in and leaves out. */
export interface PlanChoice {
  /** Ids of changes that are left out by the person. */
  readonly excluded: ReadonlySet<string>
  /** With deletes, or only creates and updates. */
  readonly deletes: boolean
  /** What is written on though it is not known, and why; counts only where the configuration allows it. */
  readonly accept?: Acceptance
  /** The id of the sync that is taken back, which was prepared; absent: the manifests are the measure. */
  readonly undoes?: string
}

/** What taking a sync back would change, and why parts of it stay. */
export interface UndoPreparation {
  readonly changes: readonly Change[]
  readonly kept: readonly Problem[]
}

/** A change that the gateway would not take. */
export interface RefusedChange {
  /** Its id; null: the gateway does not say which it is. */
  readonly change: string | null
  /** Why not, with the line of the manifest that says it. */
  readonly problem: Problem
}

/** What both faces call. Problems come as values; only a broken program throws. */
export interface Workflows {
  /** The fleet as last seen; at first with every target `reading`. */
  fleet(): FleetView
  /** What needs a person, worst first, from the fleet as last seen. */
  needs(): readonly Need[]
  /** Called after each change of `fleet()`; returns how to stop. */
  subscribe(listener: () => void): () => void
  /** Reads targets again (all, or those named), each on its own; ends when all have answered or failed. */
  refresh(targets?: readonly string[]): Promise<void>
  /** A plan from the drift that is shown; a problem where the target is not known well enough. */
  review(target: string, choice: PlanChoice): Review | Problem
  /** Applies exactly this plan; ends with an `ended` event. */
  apply(plan: Plan, signal: AbortSignal, options?: SyncOptions): AsyncIterable<SyncEvent>
  /** The syncs that were made from this machine, newest first, with what can't be read of them. */
  history(): Promise<readonly HistoryItem[]>
  /** Reads the gateway anew for a sync that is to be taken back; `review` then makes the plan. */
  prepareUndo(sync: RecordedSync): Promise<Result<UndoPreparation>>
  /** What the gateway would not take of a plan, asked before anybody confirms it; null: it can't be asked. */
  gatewayRefusals(plan: Plan): Promise<readonly RefusedChange[] | null>
  /** What a plan would make of findings; null: the policies can't be read, or nothing is known of the target. */
  planFindings(plan: Plan): Promise<PlanFindings | null>
  /** What a rule finds over the fleet as last seen, whatever its state and waivers. */
  impact(rule: string): Promise<readonly Finding[]>
  /** Writes a waiver for a finding, which counts once someone else has approved it; gives its line. */
  waive(finding: Finding, waiver: WaiverRequest): Promise<Result<Place>>
  /** Who works here, as journals and waivers name them. */
  user(): Promise<string>
  /** The absolute path of the file that holds a line; a problem where it is not on the disk as it is shown. */
  locate(place: Place): Promise<Result<string>>
  /** The people-readable form of one step of a plan, as a curl command without secrets. */
  curl(plan: Plan, stepId: string): string
  /** Stops what is under way and waits for its end: how the syncs ended that were. */
  close(): Promise<readonly SyncResult[]>
}

/** References in words, as `2 credentials, 1 plugin`. */
export function countKinds(refs: readonly EntityRef[]): string {
  const counts = new Map<string, number>()
  for (const ref of refs) counts.set(ref.kind, (counts.get(ref.kind) ?? 0) + 1)
  return [...counts].map(([kind, n]) => `${n} ${kind}${n === 1 ? '' : 's'}`).join(', ')
}
