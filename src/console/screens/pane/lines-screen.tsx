import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Line } from '../../components/line.ts'
import { RowList } from '../../components/row-list.tsx'
import { useSurroundings } from '../../components/surroundings.ts'
import type { Binding } from '../../keymap/bindings.ts'
import { type App, bodyRows, type OpenScreen } from '../../store/app.ts'
import { noRows, type Rows } from '../../store/rows.ts'
import { openList } from './list.ts'

/** A line of a text, and what identifies it. */
export interface LineRow {
  readonly key: string
  readonly line: Line
}

/** A screen that is a text to read: it scrolls, and consists only of its lines. */
export interface LinesScreenOptions {
  readonly title: string
  readonly subject: string
  readonly target?: string | null
  /** The lines at this width. */
  rows(width: number): readonly LineRow[]
  bindings(): readonly Binding[]
}

export function openLines(app: App, options: LinesScreenOptions): OpenScreen {
  const height = () => bodyRows(app.store.getState().size)
  const store = createStore<{ readonly rows: Rows<LineRow> }>(() => ({ rows: noRows() }))
  const list = openList<LineRow>({
    get: () => store.getState().rows,
    set: rows => store.setState({ rows }),
    height,
  })
  return {
    title: () => options.title,
    target: () => options.target ?? null,
    store,
    draw: () => <LinesScreen store={store} />,
    bindings: () => [...options.bindings(), ...list.bindings()],
    subject: () => options.subject,
    refresh() {
      list.show(options.rows(app.store.getState().size.columns - 2))
    },
  }
}

const drawLineRow = (row: LineRow): Line => row.line

function LinesScreen({ store }: { readonly store: StoreApi<{ readonly rows: Rows<LineRow> }> }) {
  const { columns, rows } = useSurroundings()
  const state = useStore(store)
  const height = bodyRows({ columns, rows })
  return (
    <RowList
      rows={state.rows.rows}
      list={state.rows.list}
      draw={drawLineRow}
      height={height}
      focused={state.rows.rows.length > height}
    />
  )
}
