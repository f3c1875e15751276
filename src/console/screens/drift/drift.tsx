import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Finding } from '../../../governance/finding.ts'
import { Lines, Rule } from '../../components/lines.tsx'
import { plainText } from '../../components/plain-text.ts'
import { RowList } from '../../components/row-list.tsx'
import { useSurroundings } from '../../components/surroundings.ts'
import type { Binding } from '../../keymap/bindings.ts'
import { type App, bodyRows, type OpenScreen, type Size } from '../../store/app.ts'
import { emptyField, type TextField } from '../../store/field.ts'
import { noRows, type Rows, withChosenRows, withRows } from '../../store/rows.ts'
import { openTargetFindings } from '../findings/findings.ts'
import { concerns } from '../findings/findings-about.ts'
import { filterBindings, openFilter, wordsOf } from '../pane/filter.ts'
import { openList } from '../pane/list.ts'
import { openReview } from '../review/review.tsx'
import { syncRefusal } from '../sync/sync-refusal.ts'
import { openTimeline } from '../timeline/timeline.tsx'
import { type DriftRow, drawDriftRow, driftDetail, driftRows } from './drift-rows.ts'

interface DriftState {
  readonly rows: Rows<DriftRow>
  readonly folded: ReadonlySet<string>
  readonly filter: TextField
  readonly filtering: boolean
}

/** What the screen shows first. */
export interface DriftOptions {
  /** Only this target; null: all. */
  readonly target: string | null
  /** The change to select. */
  readonly change?: string | undefined
}

function layout(size: Size) {
  const body = bodyRows(size)
  const detail = Math.max(3, Math.min(Math.floor(body * 0.45), 18))
  return { list: Math.max(1, body - detail - 1), detail }
}

/**
 * How the gateways differ from Git: a tree of targets and entities, and every field of the selected one with its cause.
 */
export function openDrift(app: App, options: DriftOptions): OpenScreen {
  const store = createStore<DriftState>(() => ({
    rows: noRows(),
    folded: new Set(),
    filter: emptyField,
    filtering: false,
  }))
  const height = () => layout(app.store.getState().size).list
  const list = openList<DriftRow>({
    get: () => store.getState().rows,
    set: rows => store.setState({ rows }),
    height,
  })
  let wanted = options.change === undefined ? undefined : `${options.target} ${options.change}`

  const refresh = (keep = withRows) => {
    const { fleet, now } = app.store.getState()
    const { folded, filter } = store.getState()
    const words = wordsOf(filter.text)
    const next = driftRows(fleet, { only: options.target, folded, words }, now)
    list.show(next, keep)
    if (wanted !== undefined) list.stand(wanted)
    if (wanted !== undefined && next.some(row => row.key === wanted)) wanted = undefined
  }
  const fold = (name: string, folded: boolean) => {
    const set = new Set(store.getState().folded)
    if (folded) set.add(name)
    else set.delete(name)
    store.setState({ folded: set })
    refresh()
  }

  const bindings = (): readonly Binding[] => {
    const row = list.selected()
    const name = row?.target.name ?? options.target
    const { folded } = store.getState()
    const isFolded = row !== undefined && folded.has(row.target.name)
    const one = row?.type === 'change' ? [row.change.id] : null
    return [
      {
        verb: 'sync',
        bar: true,
        name: one === null ? 'sync this target' : 'sync this change',
        disabled: syncRefusal(app, name, one),
        run: () => name !== null && app.open(openReview(app, { target: name, only: one })),
      },
      {
        verb: 'findings',
        bar: true,
        disabled: name === null ? 'nothing is selected' : null,
        run: () => name !== null && openRowFindings(app, name, row),
      },
      {
        verb: 'copy',
        bar: true,
        disabled: row?.type === 'change' ? null : 'no change is selected',
        run: () => {
          if (row?.type !== 'change') return
          app.surface.copy(summaryOf(row, app.store.getState().now))
          app.tell('The change is on the clipboard', 'ok')
        },
      },
      { verb: 'timeline', run: () => app.open(openTimeline(app, name)) },
      ...filterBindings(store),
      {
        verb: 'open',
        name: isFolded ? 'unfold' : 'fold',
        disabled: row === undefined ? 'nothing is selected' : null,
        run: () => row !== undefined && fold(row.target.name, !isFolded),
      },
      {
        verb: 'expand',
        disabled: isFolded ? null : 'it is unfolded already',
        run: () => row !== undefined && fold(row.target.name, false),
      },
      {
        verb: 'collapse',
        disabled: row === undefined || isFolded ? 'it is folded already' : null,
        run: () => row !== undefined && fold(row.target.name, true),
      },
      ...list.bindings(),
    ]
  }

  return {
    title: () => (options.target === null ? 'Drift' : `Drift > ${options.target}`),
    target: () => options.target ?? list.selected()?.target.name ?? null,
    store,
    draw: () => <DriftScreen app={app} store={store} />,
    bindings,
    subject: () => `drift ${list.selected()?.key}`,
    field: () => openFilter(store, () => refresh(withChosenRows)),
    mouse: event => void list.mouse(3, event),
    refresh: () => refresh(),
  }
}

/** For a change, findings about it; otherwise all findings of its target. */
function openRowFindings(app: App, target: string, row: DriftRow | undefined): void {
  const change = row?.type === 'change' ? row.change : undefined
  const { kinds } = app.workflows.fleet()
  const about = change && {
    name: `${change.kind} ${change.name}`,
    holds: (finding: Finding) => concerns(change, finding, kinds),
  }
  app.open(openTargetFindings(app, target, about))
}

function summaryOf(row: DriftRow, now: Date): string {
  return `${row.target.name}:\n${plainText(driftDetail(row, 160, now))}`
}

function DriftScreen({ app, store }: { readonly app: App; readonly store: StoreApi<DriftState> }) {
  const { columns, rows } = useSurroundings()
  const state = useStore(store)
  const now = useStore(app.store, each => each.now)
  const { list, detail } = layout({ columns, rows })
  const shown = state.rows.rows[state.rows.list.index]
  return (
    <>
      <RowList
        rows={state.rows.rows}
        list={state.rows.list}
        draw={drawDriftRow}
        height={list}
        focused
        empty="no change matches"
      />
      <Rule />
      <Lines lines={driftDetail(shown, columns, now)} height={detail} />
    </>
  )
}
