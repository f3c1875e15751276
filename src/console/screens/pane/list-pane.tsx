import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Line } from '../../components/line.ts'
import { Lines, Rule } from '../../components/lines.tsx'
import type { DrawRow } from '../../components/row-cache.ts'
import { RowList } from '../../components/row-list.tsx'
import { SideBySide } from '../../components/side-by-side.tsx'
import { useSurroundings } from '../../components/surroundings.ts'
import type { InputEvent } from '../../input/key.ts'
import type { Binding } from '../../keymap/bindings.ts'
import { type App, bodyRows, type OpenField, type Size } from '../../store/app.ts'
import { emptyField, type TextField } from '../../store/field.ts'
import { select } from '../../store/list.ts'
import { noRows, type Rows, withChosenRows, withRows } from '../../store/rows.ts'
import { filterBindings, openFilter, wordsOf } from './filter.ts'
import { openList, rowsOf } from './list.ts'

/** A row of a pane; one that others can be folded under is marked so. */
export interface PaneRow {
  readonly key: string
  /** Set: the row is the head of a group. */
  readonly group?: { readonly name: string; readonly folded: boolean }
}

/** What a pane shows. */
export interface PaneOptions<T extends PaneRow> {
  readonly app: App
  /** The rows that hold all these words; `toggled` are the groups that a person folded or unfolded. */
  rows(words: readonly string[], toggled: ReadonlySet<string>): readonly T[]
  /** Lines above the list, the heads of its columns last. Always as many. */
  above(width: number, filter: string): readonly Line[]
  /** The same function in every frame, so that drawn rows can be kept. */
  readonly draw: DrawRow<T>
  detail(row: T | undefined, width: number): readonly Line[]
  /** What keys do with the selected row; the pane itself folds groups. */
  bindings(row: T | undefined): readonly Binding[]
  target(row: T | undefined): string | null
  /** The text shown if there are no rows. */
  empty(): string
}

/** A list that can be filtered and folded, with details of its selected row. A screen holds one or several. */
export interface Pane {
  readonly store: StoreApi<unknown>
  bindings(): readonly Binding[]
  subject(): string
  target(): string | null
  field(): OpenField | null
  mouse(event: InputEvent & { readonly type: 'mouse' }): void
  refresh(): void
  /** Filters by this text, as if a person had typed it. */
  filterBy(text: string): void
  draw(): ReactNode
}

interface PaneState<T extends PaneRow> {
  readonly rows: Rows<T>
  /** Whether a person has moved the selection: until then the first row below a head is selected, whatever arrives. */
  readonly touched: boolean
  readonly toggled: ReadonlySet<string>
  readonly filter: TextField
  readonly filtering: boolean
}

const wide = 140

/** The rows for list and detail; on a wide terminal they are side by side. */
function layout(size: Size, above: number) {
  const room = Math.max(2, bodyRows(size) - above)
  if (size.columns >= wide) return { list: room, detail: room, beside: true }
  const detail = Math.max(3, Math.min(Math.floor(room * 0.48), 13))
  return { list: Math.max(1, room - detail - 1), detail, beside: false }
}

export function openPane<T extends PaneRow>(options: PaneOptions<T>): Pane {
  const { app } = options
  const store = createStore<PaneState<T>>(() => ({
    rows: noRows(),
    touched: false,
    toggled: new Set(),
    filter: emptyField,
    filtering: false,
  }))
  const above = () => options.above(80, '').length
  const height = () => layout(app.store.getState().size, above()).list
  const list = openList<T>({
    get: () => store.getState().rows,
    set: rows => store.setState({ rows, touched: true }),
    height,
  })
  const { selected } = list
  const refresh = (keep = withRows) => {
    const { touched, toggled, filter } = store.getState()
    const next = options.rows(wordsOf(filter.text), toggled)
    if (touched) list.show(next, keep)
    else store.setState({ rows: untouched(next) })
  }
  const untouched = (next: readonly T[]): Rows<T> => {
    const fresh = rowsOf(noRows<T>(), next, height())
    const first = next.findIndex(row => row.group === undefined)
    // One that is further down than the list is high would hide the heads above it.
    if (first <= 0 || first >= height()) return fresh
    return { ...fresh, list: select(fresh.list, fresh.source, first, height()) }
  }
  const toggle = (name: string) => {
    const toggled = new Set(store.getState().toggled)
    if (!toggled.delete(name)) toggled.add(name)
    store.setState({ toggled, touched: true })
    refresh()
  }
  const bindings = (): readonly Binding[] => {
    const row = selected()
    return [
      ...options.bindings(row),
      ...filterBindings(store),
      ...(row?.group ? foldBindings(row.group, toggle) : []),
      ...list.bindings(),
    ]
  }
  return {
    store,
    bindings,
    subject: () => selected()?.key ?? '',
    target: () => options.target(selected()),
    field: () => openFilter(store, () => refresh(withChosenRows)),
    mouse: event => void list.mouse(3 + above(), event),
    refresh: () => refresh(),
    filterBy(text) {
      store.setState({ filter: { text, cursor: text.length } })
      refresh(withChosenRows)
    },
    draw: () => <PaneView options={options} store={store} />,
  }
}

function foldBindings(
  { name, folded }: NonNullable<PaneRow['group']>,
  toggle: (name: string) => void,
): readonly Binding[] {
  return [
    { verb: 'open', bar: true, name: folded ? 'unfold' : 'fold', run: () => toggle(name) },
    { verb: 'expand', disabled: folded ? null : 'it is unfolded already', run: () => toggle(name) },
    { verb: 'collapse', disabled: folded ? 'it is folded already' : null, run: () => toggle(name) },
  ]
}

function PaneView<T extends PaneRow>({
  options,
  store,
}: {
  readonly options: PaneOptions<T>
  readonly store: StoreApi<PaneState<T>>
}) {
  const { columns, rows } = useSurroundings()
  const state = useStore(store)
  // The clock changes ages, and a reading changes what is above the list.
  useStore(options.app.store, each => each.now)
  useStore(options.app.store, each => each.fleet)
  const above = options.above(columns, state.filter.text)
  const { list, detail, beside } = layout({ columns, rows }, above.length)
  const width = beside ? Math.floor(columns * 0.6) : columns
  const shown = state.rows.rows[state.rows.list.index]
  const known = options.detail(shown, beside ? columns - width - 2 : columns - 1)
  const rowList = (
    <RowList
      rows={state.rows.rows}
      list={state.rows.list}
      draw={options.draw}
      height={list}
      width={width}
      focused
      empty={state.filter.text === '' ? options.empty() : `no row matches ${state.filter.text}`}
    />
  )
  return (
    <>
      <Lines lines={beside ? options.above(width, state.filter.text) : above} height={above.length} />
      {beside ? (
        <SideBySide left={rowList} lines={known} height={list} width={columns - width} />
      ) : (
        <>
          {rowList}
          <Rule />
          <Lines lines={known.map((line): Line => [' ', ...line])} height={detail} />
        </>
      )}
    </>
  )
}
