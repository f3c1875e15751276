/** Rows of a possibly long list; each has a key that it keeps from one reading to the next. */
export interface RowSource {
  readonly count: number
  keyAt(index: number): string
  /** The index of the row with that key; -1: there is none. */
  indexOf(key: string): number
}

/** Which row is selected and which is at the top. */
export interface ListState {
  /** The selected row's key; null: there was none to select. */
  readonly cursor: string | null
  /** Where the selected row is, or where it was when it went away. */
  readonly index: number
  readonly top: number
  /** The selected row disappeared. Nothing is selected until a person moves: no action may hit a neighbour. */
  readonly lost: boolean
}

export const emptyList: ListState = { cursor: null, index: 0, top: 0, lost: false }

/** A source over an array; the index of keys is made when it is first needed. */
export function rowSource<T>(rows: readonly T[], keyOf: (row: T) => string): RowSource {
  let indexes: Map<string, number> | undefined
  return {
    count: rows.length,
    keyAt(index) {
      const row = rows[index]
      return row === undefined ? '' : keyOf(row)
    },
    indexOf(key) {
      indexes ??= new Map(rows.map((row, index) => [keyOf(row), index]))
      return indexes.get(key) ?? -1
    },
  }
}

/** The key that an action applies to; null where nothing is selected. */
export function selectedKey(list: ListState): string | null {
  return list.lost ? null : list.cursor
}

/**
 * The list after its rows changed: the selected row stays selected wherever it went, and stays on the same screen line
 * if possible. A list without a selection selects its first row.
 */
export function reconcileList(list: ListState, source: RowSource, height: number): ListState {
  if (source.count === 0) return list.cursor === null ? emptyList : { ...list, top: 0, lost: true }
  if (list.cursor === null) return select(list, source, 0, height)
  const index = source.keyAt(list.index) === list.cursor ? list.index : source.indexOf(list.cursor)
  if (index === -1) {
    return keepInside({ ...list, index: Math.min(list.index, source.count - 1), lost: true }, source, height)
  }
  return keepInside(
    { cursor: list.cursor, index, top: list.top + index - list.index, lost: false },
    source,
    height,
  )
}

/** Selects the row that lies `by` rows further; from a lost row, first the one that took its place. */
export function moveCursor(list: ListState, source: RowSource, by: number, height: number): ListState {
  const from = list.lost && by > 0 ? list.index - 1 : list.index
  return select(list, source, from + by, height)
}

/** Selects a row by its index. */
export function select(list: ListState, source: RowSource, index: number, height: number): ListState {
  if (source.count === 0) return list
  const inside = Math.min(source.count - 1, Math.max(0, index))
  return keepInside(
    { cursor: source.keyAt(inside), index: inside, top: list.top, lost: false },
    source,
    height,
  )
}

/** Moves the view without the cursor, as a mouse wheel does; the cursor follows only to stay in view. */
export function scrollList(list: ListState, source: RowSource, by: number, height: number): ListState {
  if (source.count === 0) return list
  const top = Math.min(Math.max(0, source.count - height), Math.max(0, list.top + by))
  const index = Math.min(top + height - 1, Math.max(top, list.index))
  return index === list.index ? { ...list, top } : select({ ...list, top }, source, index, height)
}

/** Moves the view as little as needed for the cursor to be in it, and leaves no empty lines below the last row. */
function keepInside(list: ListState, source: RowSource, height: number): ListState {
  const lowest = Math.max(0, source.count - height)
  const top = Math.min(lowest, Math.max(list.index - height + 1, Math.min(list.top, list.index)), list.index)
  return { ...list, top: Math.max(0, top) }
}
