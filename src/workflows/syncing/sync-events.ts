import type { Problem } from '../../model/problem.ts'
import type { Refusal } from '../../providers/session.ts'
import type { ChangeCounts } from '../../reconcile/drift/drift.ts'
import type { Compared } from '../reading/compare-target.ts'
import type { HalfWay } from './opening.ts'

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
