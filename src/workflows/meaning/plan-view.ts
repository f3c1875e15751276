import type { GuardedDeletions } from '../../reconcile/plan/plan-guards.ts'
import type { PlanFindings } from '../governance/plan-findings.ts'
import type { SealedTo } from '../project/sealing.ts'

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
