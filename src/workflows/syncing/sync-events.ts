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
      /** `unknown`: it was sent, and it is unknown whether it took effect. */
      readonly state: 'failed' | 'unknown'
      readonly problem: Problem
    }
  | { readonly type: 'ended'; readonly result: SyncResult }

/** How a sync is done. */
export interface SyncOptions {
  /** Why to do it although policies refuse it; counts only where the configuration allows it. */
  readonly override?: string
  /** The comparison that the plan was made from, if available: what hasn't moved isn't compared again. */
  readonly compared?: Compared
  /** What the gateway objects to, if it was asked a moment ago. */
  readonly refusals?: readonly Refusal[]
  /** Aborted if a stopped sync should not even wait for requests under way. */
  readonly hurry?: AbortSignal
}

/** How a sync ended. */
export interface SyncResult {
  readonly target: string
  readonly done: number
  /** Steps that didn't take effect. */
  readonly failed: number
  /** Steps that were sent with an unknown outcome. */
  readonly unknown: number
  readonly notSent: number
  /** Why it stopped or was refused; empty: everything went through. */
  readonly problems: readonly Problem[]
  /** Entities in an intermediate state because it stopped: most of them let nothing through. */
  readonly halfWay: readonly HalfWay[]
  /** What still differs afterwards; null: not read again. */
  readonly remaining: ChangeCounts | null
  /** How many other differences can't be synced or are unknown: see `reservations`. */
  readonly standing: number
  /** Exposures that the plan was meant to close, and whether they are closed. Null: none were known. */
  readonly exposure: 'closed' | 'still exposed' | 'not known' | null
  /** The journal's file, for undo and resume. */
  readonly journal: string | null
}
