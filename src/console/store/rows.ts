import type { Binding } from '../keymap/bindings.ts'
import {
  emptyList,
  type ListState,
  moveCursor,
  type RowSource,
  reconcileList,
  rowSource,
  scrollList,
  select,
  selectedKey,
} from './list.ts'

/** The rows of a list with its cursor. */
export interface Rows<T> {
  readonly rows: readonly T[]
  readonly source: RowSource
  readonly list: ListState
}

/** A list with nothing in it yet. */
export function noRows<T>(): Rows<T> {
  return { rows: [], source: rowSource<T>([], () => ''), list: emptyList }
}

/** The list with new rows; the cursor stays on its row. */
export function withRows<T>(
  before: Rows<T>,
  rows: readonly T[],
  keyOf: (row: T) => string,
  height: number,
): Rows<T> {
  const source = rows === before.rows ? before.source : rowSource(rows, keyOf)
  return { rows, source, list: reconcileList(before.list, source, height) }
}

/** The list with the rows that a person chose: if the selected row isn't among them, the first one is selected. */
export function withChosenRows<T>(
  before: Rows<T>,
  rows: readonly T[],
  keyOf: (row: T) => string,
  height: number,
): Rows<T> {
  const kept = withRows(before, rows, keyOf, height)
  return kept.list.lost ? withRows(noRows(), rows, keyOf, height) : kept
}

/** The list with another row selected; unchanged where no row has that key. */
export function withSelected<T>(before: Rows<T>, key: string, height: number): Rows<T> {
  const index = before.source.indexOf(key)
  return index === -1 ? before : { ...before, list: select(before.list, before.source, index, height) }
}

/** The row that an action applies to; undefined if none is selected, or the selected one disappeared. */
export function selectedRow<T>(rows: Rows<T>): T | undefined {
  return selectedKey(rows.list) === null ? undefined : rows.rows[rows.list.index]
}

/** A list that keys move: where it is kept, and how many of its rows are in view. */
export interface MovedRows<T> {
  get(): Rows<T>
  set(rows: Rows<T>): void
  height(): number
}

/** The keys that move through a list. */
export function moveBindings<T>({ get, set, height }: MovedRows<T>): readonly Binding[] {
  const move = (change: (rows: Rows<T>, page: number) => ListState) => () => {
    const rows = get()
    set({ ...rows, list: change(rows, Math.max(1, height())) })
  }
  const disabled = get().rows.length === 0 ? 'there are no rows' : null
  return [
    { verb: 'down', disabled, run: move((rows, page) => moveCursor(rows.list, rows.source, 1, page)) },
    { verb: 'up', disabled, run: move((rows, page) => moveCursor(rows.list, rows.source, -1, page)) },
    {
      verb: 'pageDown',
      disabled,
      run: move((rows, page) => moveCursor(rows.list, rows.source, Math.max(1, page - 1), page)),
    },
    {
      verb: 'pageUp',
      disabled,
      run: move((rows, page) => moveCursor(rows.list, rows.source, -Math.max(1, page - 1), page)),
    },
    { verb: 'first', disabled, run: move((rows, page) => select(rows.list, rows.source, 0, page)) },
    {
      verb: 'last',
      disabled,
      run: move((rows, page) => select(rows.list, rows.source, rows.source.count - 1, page)),
    },
  ]
}

/** What the wheel or a click does to a list that begins at a row of the screen (from 1). */
export function mouseOnRows<T>(
  { get, set, height }: MovedRows<T>,
  top: number,
  event: { readonly action: string; readonly row: number },
): boolean {
  const rows = get()
  const page = height()
  if (event.row < top || event.row >= top + page) return false
  if (event.action === 'wheel up' || event.action === 'wheel down') {
    set({ ...rows, list: scrollList(rows.list, rows.source, event.action === 'wheel up' ? -3 : 3, page) })
    return true
  }
  const index = rows.list.top + event.row - top
  if (event.action !== 'press' || index >= rows.source.count) return false
  set({ ...rows, list: select(rows.list, rows.source, index, page) })
  return true
}
