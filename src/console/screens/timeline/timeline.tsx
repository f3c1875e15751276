import { createStore } from 'zustand/vanilla'
import { type HistoryItem, syncsIn, tookEffect } from '../../../workflows/syncing/history/history.ts'
import { span } from '../../components/line.ts'
import { plural } from '../../components/plural.ts'
import type { Binding } from '../../keymap/bindings.ts'
import { agoText } from '../../store/age.ts'
import type { App, OpenScreen } from '../../store/app.ts'
import { copyBinding } from '../findings/findings.ts'
import { openPane } from '../pane/list-pane.tsx'
import { openReview } from '../review/review.tsx'
import { reviewUndo } from '../review/undo-review.ts'
import {
  drawTimelineRow,
  isSync,
  syncHeads,
  type TimelineRow,
  targetOf,
  timelineDetail,
  timelineRows,
} from './timeline-rows.ts'

/** The syncs made from this machine, of one target or all: what each did, and how to take it back. */
export function openTimeline(app: App, target: string | null): OpenScreen {
  const store = createStore<{ readonly history: readonly HistoryItem[] | null }>(() => ({ history: null }))
  const chosen = (): readonly HistoryItem[] =>
    (store.getState().history ?? []).filter(
      item => target === null || target === (item.type === 'sync' ? item.sync.plan.target : item.target),
    )
  const pane = openPane<TimelineRow>({
    app,
    rows(words) {
      const { fleet, now } = app.store.getState()
      const production = new Set(
        fleet.targets.filter(each => fleet.production.includes(each.environment)).map(each => each.name),
      )
      return timelineRows(chosen(), words, name => production.has(name), now)
    },
    above: width => [
      [' ', span(`${plural(syncsIn(chosen()).length, 'sync')} made from this machine`, 'heading')],
      syncHeads(width),
    ],
    draw: drawTimelineRow,
    detail: (row, width) => (row === undefined ? [] : timelineDetail(row, width)),
    bindings: row => [
      undoBinding(app, row),
      copyBinding(app, row === undefined ? 'no sync is selected' : null, () =>
        row === undefined ? [] : timelineDetail(row, 100),
      ),
    ],
    target: row => (row === undefined ? target : targetOf(row)),
    empty: () => (store.getState().history === null ? 'reading the journals' : noneText(app, target)),
  })
  /** When each target was last synced, as far as the fleet knows: journals are read again when that changes. */
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
      history => {
        store.setState({ history })
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

/** No sync was made from here; what the ledger knows about the last one, which was made elsewhere. */
function noneText(app: App, target: string | null): string {
  const { fleet, now } = app.store.getState()
  const last = fleet.targets.find(each => each.name === target)?.lastSync
  const none = 'no sync was made from here yet'
  if (!last) return none
  return `${none}; the last one: ${last.done} of ${last.total} requests by ${last.by}, ${agoText(last.at, now)}`
}

/** Reads the gateway again and reviews an undo of the sync. */
function undoBinding(app: App, row: TimelineRow | undefined): Binding {
  return {
    verb: 'undo',
    bar: true,
    disabled: undoRefusal(row),
    run: () => row && isSync(row) && reviewUndo(app, row.sync, options => openReview(app, options)),
  }
}

function undoRefusal(row: TimelineRow | undefined): string | null {
  if (row === undefined) return 'no sync is selected'
  if (!isSync(row)) return 'what this sync did is not known'
  if (row.takenBack === 'whole') return 'it was taken back already'
  return tookEffect(row.sync) ? null : 'nothing in it took effect'
}
