import { type Result, succeed } from '../../model/problem.ts'
import { type Drift, reservations } from '../../reconcile/drift/drift.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { type Compared, problemsOf } from '../reading/compare-target.ts'
import { type HistoryItem, historyOf, namedUndoable } from '../syncing/history/history.ts'
import { compareWithBefore } from '../syncing/history/undo-sync.ts'
import type { UndoPreparation } from '../syncing/review.ts'

/** The syncs of a fleet, and those that a person is about to take back. */
export class FleetUndo {
  readonly #project: Project
  readonly #prepared = new Map<string, Compared>()

  constructor(project: Project) {
    this.#project = project
  }

  /** The syncs made from this machine, newest first, and what can't be read of them. */
  history(targets: readonly GatewayTarget[]): Promise<readonly HistoryItem[]> {
    return historyOf(this.#project, targets)
  }

  /** Reads the gateway, and returns what taking a sync back would change. */
  async prepare(target: GatewayTarget, id: string, signal: AbortSignal): Promise<Result<UndoPreparation>> {
    const undoable = await namedUndoable(this.#project, target, id)
    if (!undoable.ok) return undoable
    const compared = await compareWithBefore(this.#project, target, undoable.value, signal)
    if (!compared.ok) return { ok: false, error: problemsOf(compared.error) }
    await compared.value.session[Symbol.asyncDispose]()
    this.#prepared.set(id, compared.value)
    const drift: Drift = compared.value.drift
    return succeed({ changes: drift.changes, kept: [...reservations(drift), ...undoable.value.warnings] })
  }

  /** What was read for a sync that is about to be taken back. */
  compared(id: string): Compared | undefined {
    return this.#prepared.get(id)
  }
}
