import type { Finding } from '../../governance/finding.ts'
import type { RecordedSync } from '../../ledger/journal-reading.ts'
import type { Place, Problem, Result } from '../../model/problem.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import type { PlanFindings } from '../governance/plan-findings.ts'
import type { WaiverRequest } from '../governance/waivers/waive.ts'
import type { HistoryItem } from '../syncing/history/history.ts'
import type { PlanChoice, RefusedChange, Review, UndoPreparation } from '../syncing/review.ts'
import type { SyncEvent, SyncOptions, SyncResult } from '../syncing/sync-events.ts'
import type { FleetView, Need } from './fleet-view.ts'

/** What a face that watches the whole fleet calls. Problems are returned as values; only a bug throws. */
export interface FleetPort {
  /** The fleet as last seen; at first with every target `reading`. */
  fleet(): FleetView
  /** What needs a person, worst first, from the fleet as last seen. */
  needs(): readonly Need[]
  /** Called after each change of `fleet()`; returns how to stop. */
  subscribe(listener: () => void): () => void
  /** Reads targets again (all, or those named), each independently; resolves when all have answered or failed. */
  refresh(targets?: readonly string[]): Promise<void>
  /** A plan from the drift that is shown; a problem if the target isn't known well enough. */
  review(target: string, choice: PlanChoice): Review | Problem
  /** Applies exactly this plan; ends with an `ended` event. */
  apply(plan: Plan, signal: AbortSignal, options?: SyncOptions): AsyncIterable<SyncEvent>
  /** The syncs made from this machine, newest first, and what can't be read of them. */
  history(): Promise<readonly HistoryItem[]>
  /** Reads the gateway again to take a sync back; `review` then makes the plan. */
  prepareUndo(sync: RecordedSync): Promise<Result<UndoPreparation>>
  /** What the gateway would not accept of a plan, asked before anybody confirms it; null: it can't be asked. */
  gatewayRefusals(plan: Plan): Promise<readonly RefusedChange[] | null>
  /** How a plan would change findings; null: the policies can't be read, or nothing is known about the target. */
  planFindings(plan: Plan): Promise<PlanFindings | null>
  /** What a rule finds over the fleet as last seen, whatever its state and waivers. */
  impact(rule: string): Promise<readonly Finding[]>
  /** Writes a waiver for a finding, which counts once someone else has approved it; returns its line. */
  waive(finding: Finding, waiver: WaiverRequest): Promise<Result<Place>>
  /** Who works here, as journals and waivers name them. */
  user(): Promise<string>
  /** The absolute path of the file that holds a line; a problem if the file on disk isn't the one that is shown. */
  locate(place: Place): Promise<Result<string>>
  /** The people-readable form of one step of a plan, as a curl command without secrets. */
  curl(plan: Plan, stepId: string): string
  /** Stops what is under way and waits for it; returns how the syncs ended. */
  close(): Promise<readonly SyncResult[]>
}
