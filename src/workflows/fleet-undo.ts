import type { RecordedSync } from '../ledger/journal.ts'
import { type Result, succeed } from '../model/problem.ts'
import { type Drift, reservations } from '../reconcile/drift.ts'
import { type Compared, problemsOf } from './compare-target.ts'
import { compareWithBefore, syncsOf } from './undo.ts'
import type { UndoPreparation } from './values.ts'
import type { TargetSettings, Workspace } from './workspace.ts'

/** The syncs of a fleet, and those of them that a person is about to take back. */
export class FleetUndo {
  readonly #workspace: Workspace
  readonly #prepared = new Map<string, Compared>()

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  /** The syncs that were made from this machine, newest first. */
  async history(targets: readonly TargetSettings[]): Promise<readonly RecordedSync[]> {
    const all = await Promise.all(targets.map(target => syncsOf(this.#workspace, target)))
    return all.flat().toSorted((a, b) => (a.at < b.at ? 1 : -1))
  }

  /** Reads the gateway, and says what taking a sync back would change. */
  async prepare(
    target: TargetSettings,
    sync: RecordedSync,
    signal: AbortSignal,
  ): Promise<Result<UndoPreparation>> {
    const compared = await compareWithBefore(this.#workspace, target, sync, signal)
    if (!compared.ok) return { ok: false, error: problemsOf(compared.error) }
    await compared.value.session[Symbol.asyncDispose]()
    this.#prepared.set(sync.plan.id, compared.value)
    const drift: Drift = compared.value.drift
    return succeed({ changes: drift.changes, kept: reservations(drift) })
  }

  /** What was read for a sync that is about to be taken back. */
  compared(id: string): Compared | undefined {
    return this.#prepared.get(id)
  }
}
