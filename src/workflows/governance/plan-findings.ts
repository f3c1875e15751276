import type { FindingsChange } from '../../governance/gate.ts'
import type { Problem } from '../../model/problem.ts'

/** How a plan changes findings at the gateway. */
export interface PlanFindings extends FindingsChange {
  /** Why the sync will be refused; null: no policy refuses it. */
  readonly refusal: Problem | null
  /** Policies that block, and of how many entities they could not be asked because something was not read. */
  readonly untold: readonly { readonly rule: string; readonly entities: number }[]
  /** Whether the configuration lets a reason pass it all the same. */
  readonly mayOverride: boolean
}
