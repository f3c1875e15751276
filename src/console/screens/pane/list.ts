import type { Binding } from '../../keymap/bindings.ts'
import {
  type MovedRows,
  mouseOnRows,
  moveBindings,
  type Rows,
  selectedRow,
  withRows,
  withSelected,
} from '../../store/rows.ts'

/** How new rows are handled: the cursor stays on its row, or goes to the first one if a person chose the rows. */
type Keep = typeof withRows

/** A list of a screen: every list of the console is one, and is drawn by `RowList`. */
export interface List<T> extends MovedRows<T> {
  /** The row that an action applies to. */
  selected(): T | undefined
  /** Takes other rows. */
  show(rows: readonly T[], keep?: Keep): void
  /** Selects the row with that key, if there is one. */
  stand(key: string): void
  /** The keys that move through it. */
  bindings(): readonly Binding[]
  /** What the wheel or a click does if its first row is this row of the screen, from 1; false: it isn't hit. */
  mouse(top: number, event: { readonly action: string; readonly row: number }): boolean
}

/** A list whose rows are kept in a screen's own state, where `get` reads and `set` writes them. */
export function openList<T extends { readonly key: string }>(moved: MovedRows<T>): List<T> {
  const { get, set, height } = moved
  return {
    ...moved,
    selected: () => selectedRow(get()),
    show: (rows, keep = withRows) => set(keep(get(), rows, keyOf, height())),
    stand: key => set(withSelected(get(), key, height())),
    bindings: () => moveBindings(moved),
    mouse: (top, event) => mouseOnRows(moved, top, event),
  }
}

/** The same rows in a list, before it is on a screen. */
export function rowsOf<T extends { readonly key: string }>(
  before: Rows<T>,
  rows: readonly T[],
  height: number,
) {
  return withRows(before, rows, keyOf, height)
}

const keyOf = (row: { readonly key: string }): string => row.key
