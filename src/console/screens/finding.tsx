import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Finding } from '../../governance/finding.ts'
import type { Line } from '../components/line.ts'
import { RowList } from '../components/row-list.tsx'
import { useSurroundings } from '../components/surroundings.ts'
import { type App, bodyRows, type OpenScreen } from '../store/app.ts'
import { moveBindings, noRows, type Rows, withRows } from '../store/rows.ts'
import { findingBindings, type Openers } from './finding-actions.ts'
import { findingDetail } from './finding-detail.ts'

interface TextRow {
  readonly key: string
  readonly line: Line
}

/** One finding in full, on terminals on which the list leaves it too little room. */
export function openFinding(app: App, finding: Finding, openers: Openers): OpenScreen {
  const height = () => bodyRows(app.store.getState().size)
  const store = createStore<{ readonly rows: Rows<TextRow> }>(() => ({ rows: noRows() }))
  const moved = {
    get: () => store.getState().rows,
    set: (rows: Rows<TextRow>) => store.setState({ rows }),
    height,
  }
  return {
    title: () => `Finding > ${finding.name}`,
    target: () => finding.target,
    store,
    draw: () => <FindingScreen store={store} />,
    bindings: () => [...findingBindings(app, finding, openers), ...moveBindings(moved)],
    subject: () => `finding ${finding.id}`,
    refresh() {
      const { fleet, size } = app.store.getState()
      const production = fleet.production.includes(finding.environment ?? '')
      const lines = findingDetail(finding, production, size.columns - 2)
      const rows = lines.map((line, at): TextRow => ({ key: `${at}`, line }))
      store.setState({ rows: withRows(store.getState().rows, rows, row => row.key, height()) })
    },
  }
}

const drawText = (row: TextRow): Line => row.line

function FindingScreen({ store }: { readonly store: StoreApi<{ readonly rows: Rows<TextRow> }> }) {
  const { columns, rows } = useSurroundings()
  const state = useStore(store)
  return (
    <RowList
      rows={state.rows.rows}
      list={state.rows.list}
      draw={drawText}
      height={bodyRows({ columns, rows })}
      focused={state.rows.rows.length > bodyRows({ columns, rows })}
    />
  )
}
