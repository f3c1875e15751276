import type { RecordedSync } from '../../../ledger/journal-reading.ts'
import { problemText } from '../../../model/problem.ts'
import { syncsIn } from '../../../workflows/syncing/history/history.ts'
import type { App, OpenScreen } from '../../store/app.ts'
import type { ReviewOptions } from './review-state.ts'

/** Reads the gateway of a sync again, and opens the review of taking that sync back. */
export async function reviewUndo(
  app: App,
  sync: RecordedSync,
  open: (options: ReviewOptions) => OpenScreen,
): Promise<void> {
  const { id, target } = sync.plan
  app.tell(`Reading ${target}, to see what is still as that sync left it`)
  const from = app.store.getState().stack.at(-1)
  try {
    const prepared = await app.workflows.prepareUndo(sync)
    // Someone who has moved on to another screen doesn't want this one any more.
    if (app.store.getState().stack.at(-1) !== from) return
    const changes = prepared.ok ? prepared.value.changes : []
    const [problem] = prepared.ok ? prepared.value.kept : prepared.error
    if (changes.length > 0) app.open(open({ target, only: null, undo: { id, changes } }))
    if (problem) app.tell(problemText(problem), 'error')
    else if (changes.length === 0) app.tell('Everything is already as it was before that sync')
  } catch (error) {
    app.tell(error instanceof Error ? error.message : String(error), 'error')
  }
}

/** The same for the sync of a plan that was just applied. */
export async function reviewUndoOf(
  app: App,
  plan: string,
  open: (options: ReviewOptions) => OpenScreen,
): Promise<void> {
  const history = await app.workflows.history()
  const sync = syncsIn(history).find(each => each.plan.id === plan)
  if (sync) return reviewUndo(app, sync, open)
  app.tell('The journal of that sync can’t be read', 'error')
}
