import type { GuardedDeletions } from '../../reconcile/plan/plan-guards.ts'
import type { PlanFindings } from '../governance/plan-findings.ts'
import type { SealedTo } from '../project/sealing.ts'

/** What a plan would mean, for the review. */
export interface PlanMeaning {
  /** Why the effect on protection and requests is unknown, as a clause; null: the lines below describe it. */
  readonly unknown: string | null
  /** Lines about protection, such as `2 routes get key-auth back`; `weaker` marks a loss. */
  readonly posture: readonly {
    readonly text: string
    readonly weaker: boolean
    readonly changes: readonly string[]
  }[]
  /** Such as `45 changes: 39 routes, 3 plugins`. */
  readonly reaches: string
  /** Which requests will be answered differently. */
  readonly traffic: readonly {
    readonly text: string
    readonly worse: boolean
    readonly changes: readonly string[]
  }[]
  /** Ids of the changes that are enough to close what is exposed; empty: nothing is. */
  readonly onlyTheFix: readonly string[]
  /**
   * Whether the target's name must be typed: something on a protected target is deleted or loses protection, or it is
   * unknown whether it does.
   */
  readonly confirmByName: boolean
  /** A number of deletions so large that it must be confirmed before anything is sent; null: no confirmation needed. */
  readonly guarded: GuardedDeletions | null
  /** Who would be able to open the secrets that it overwrites or deletes; null: there is no key. */
  readonly sealedTo: SealedTo
  /** Which findings would appear and disappear at the gateway; null: not evaluated. */
  readonly findings: PlanFindings | null
}
