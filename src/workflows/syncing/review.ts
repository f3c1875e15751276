import type { Kind } from '../../model/entity.ts'
import type { Problem } from '../../model/problem.ts'
import type { Change } from '../../reconcile/drift/drift.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import type { Acceptance } from '../../reconcile/plan/unknown-kinds.ts'
import type { PlanMeaning } from '../meaning/plan-view.ts'

/** A plan and its effects. */
export interface Review {
  readonly plan: Plan
  readonly meaning: PlanMeaning
  /** What is unknown, affects the plan and was not accepted, so that it will not be sent; null: nothing. */
  readonly unknown: UnknownRefusal | null
}

/** Why a plan is refused because of unknowns. */
export interface UnknownRefusal {
  readonly problem: Problem
  /** The kinds that must be accepted for it to be sent. */
  readonly kinds: readonly Kind[]
  /** Whether the configuration lets a reason pass it all the same. */
  readonly mayAccept: boolean
}

/** What a sync includes and leaves out. */
export interface PlanChoice {
  /** Ids of changes that are left out by the person. */
  readonly excluded: ReadonlySet<string>
  /** With deletes, or only creates and updates. */
  readonly deletes: boolean
  /** Which unknown kinds are written anyway, and why; counts only where the configuration allows it. */
  readonly accept?: Acceptance
  /** The id of the prepared sync that is taken back; absent: the manifests define the desired state. */
  readonly undoes?: string
}

/** What taking a sync back would change, and why parts of it stay. */
export interface UndoPreparation {
  readonly changes: readonly Change[]
  readonly kept: readonly Problem[]
}

/** A change that the gateway would not accept. */
export interface RefusedChange {
  /** Its id; null: the gateway doesn't say which one it is. */
  readonly change: string | null
  /** Why not, with the line of the manifest that says it. */
  readonly problem: Problem
}
