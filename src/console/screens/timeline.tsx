import { createStore } from 'zustand/vanilla'
import type { RecordedSync } from '../../ledger/journal.ts'
import { span } from '../components/line.ts'
import type { Binding } from '../keymap/bindings.ts'
import { agoText } from '../store/age.ts'
import type { App, OpenScreen } from '../store/app.ts'
import { copyBinding } from './findings.ts'
import { openPane } from './list-pane.tsx'
import { plural } from './need-words.ts'
import { openReview } from './review.tsx'
import { drawSyncRow, type SyncRow, syncDetail, syncHeads, syncRows } from './timeline-rows.ts'
import { reviewUndo } from './undo-review.ts'

/** The syncs that were made from this machine, of one target or all: what each did, and the way back. */
export function openTimeline(app: App, target: string | null): OpenScreen {
  const store = createStore<{ readonly syncs: readonly RecordedSync[] | null }>(() => ({ syncs: null }))
  const chosen = (): readonly RecordedSync[] =>
    (store.getState().syncs ?? []).filter(({ plan }) => target === null || plan.target === target)
  const pane = openPane<SyncRow>({
    app,
    rows(words) {
      const { fleet, now } = app.store.getState()
      const production = new Set(
        fleet.targets.filter(each => fleet.production.includes(each.environment)).map(each => each.name),
      )
      return syncRows(chosen(), words, name => production.has(name), now)
    },
    above: width => [
      [' ', span(`${plural(chosen().length, 'sync')} made from this machine`, 'heading')],
      syncHeads(width),
    ],
    draw: drawSyncRow,
    detail: (row, width) => (row === undefined ? [] : syncDetail(row, width)),
    bindings: row => [
      undoBinding(app, row),
      copyBinding(app, row === undefined ? 'no sync is selected' : null, () =>
        row === undefined ? [] : syncDetail(row, 100),
      ),
    ],
    target: row => row?.sync.plan.target ?? target,
    empty: () => (store.getState().syncs === null ? 'reading the journals' : noneText(app, target)),
  })
  /** When each target was last synced, as far as the fleet knows: journals are read again when that moves. */
  const synced = (): string =>
    app.store
      .getState()
      .fleet.targets.map(({ name, lastSync }) => `${name} ${lastSync?.at.getTime() ?? ''}`)
      .join('\n')
  let read: string | undefined
  const load = () => {
    if (read === synced()) return
    read = synced()
    app.workflows.history().then(
      syncs => {
        store.setState({ syncs })
        pane.refresh()
      },
      (error: unknown) =>
        app.tell(
          `journals can’t be read: ${error instanceof Error ? error.message : String(error)}`,
          'error',
        ),
    )
  }
  return {
    title: () => (target === null ? 'Timeline' : `Timeline > ${target}`),
    target: () => pane.target(),
    store: pane.store,
    draw: () => pane.draw(),
    bindings: () => pane.bindings(),
    subject: () => `timeline ${pane.subject()}`,
    field: () => pane.field(),
    mouse: event => pane.mouse(event),
    refresh() {
      load()
      pane.refresh()
    },
  }
}

/** That no sync was made from here, and what the ledger knows of the last one, which was made elsewhere. */
function noneText(app: App, target: string | null): string {
  const { fleet, now } = app.store.getState()
  const last = fleet.targets.find(each => each.name === target)?.lastSync
  const none = 'no sync was made from here yet'
  if (!last) return none
  return `${none}; the last one: ${last.done} of ${last.total} requests by ${last.by}, ${agoText(last.at, now)}`
}

/** Reads the gateway anew and reviews what takes a sync back. */
function undoBinding(app: App, row: SyncRow | undefined): Binding {
  return {
    verb: 'undo',
    bar: true,
    disabled:
      row === undefined
        ? 'no sync is selected'
        : row.takenBack
          ? 'it was taken back already'
          : row.sync.done.length + row.sync.open.length + row.sync.failed.length === 0
            ? 'nothing of it was sent'
            : null,
    run: () => row && reviewUndo(app, row.sync, options => openReview(app, options)),
  }
}
