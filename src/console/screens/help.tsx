import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { cell, type Line, span } from '../components/line.ts'
import { RowList } from '../components/row-list.tsx'
import { useSurroundings } from '../components/surroundings.ts'
import { type Binding, helpOf } from '../keymap/bindings.ts'
import { type App, bodyRows, type OpenScreen } from '../store/app.ts'
import { moveBindings, noRows, type Rows, withRows } from '../store/rows.ts'

/** One line of the help: a chapter, or a key with what it does. */
interface HelpRow {
  readonly key: string
  readonly line: Line
}

/** The keys of the screen below, made from what it binds: also those that can't act now, with the reason. */
export function openHelp(app: App, bindings: readonly Binding[], title: string): OpenScreen {
  const rows = helpRows(bindings)
  const height = () => bodyRows(app.store.getState().size)
  const store = createStore<{ readonly rows: Rows<HelpRow> }>(() => ({ rows: noRows() }))
  const moved = {
    get: () => store.getState().rows,
    set: (next: Rows<HelpRow>) => store.setState({ rows: next }),
    height,
  }
  return {
    title: () => `Keys of ${title === '' ? 'the first screen' : title}`,
    store,
    draw: () => <HelpScreen store={store} />,
    bindings: () => moveBindings(moved),
    subject: () => 'help',
    refresh: () => store.setState({ rows: withRows(store.getState().rows, rows, row => row.key, height()) }),
  }
}

function helpRows(bindings: readonly Binding[]): readonly HelpRow[] {
  return helpOf(bindings).flatMap(({ chapter, entries }): readonly HelpRow[] => [
    { key: chapter, line: [span(chapter, 'heading')] },
    ...entries.map(
      (entry): HelpRow => ({
        key: `${chapter} ${entry.keys}`,
        line: [
          '  ',
          span(cell(entry.keys, 14), entry.disabled === null ? 'key' : 'disabled'),
          ' ',
          span(cell(entry.name, 18), entry.disabled === null ? 'text' : 'disabled'),
          ' ',
          span(
            entry.disabled === null ? entry.description : `not now: ${entry.disabled}`,
            entry.disabled === null ? 'dim' : 'notice',
          ),
        ],
      }),
    ),
  ])
}

const drawHelpRow = (row: HelpRow): Line => row.line

function HelpScreen({ store }: { readonly store: StoreApi<{ readonly rows: Rows<HelpRow> }> }) {
  const { columns, rows } = useSurroundings()
  const state = useStore(store)
  return (
    <RowList
      rows={state.rows.rows}
      list={state.rows.list}
      draw={drawHelpRow}
      height={bodyRows({ columns, rows })}
      focused
    />
  )
}
