/** How wide a column of a list may be. */
export interface Column {
  readonly min: number
  /** The maximum width; a growing column has none. */
  readonly max?: number
}

/** The width that a column without a limit keeps on a terminal that is too narrow for all. */
const narrowest = 6

/**
 * The widths of columns, separated by one blank: all get their minimum, then each its maximum from left to right, and
 * the rest goes to those without a limit. If not even the minimums fit, those without a limit shrink.
 */
export function columnWidths(columns: readonly Column[], width: number): readonly number[] {
  const widths = columns.map(column => column.min)
  let left = width - widths.reduce((sum, each) => sum + each, 0) - Math.max(0, columns.length - 1)
  for (const [at, { min, max }] of columns.entries()) {
    if (max === undefined || left <= 0) continue
    const more = Math.min(left, Math.max(0, max - min))
    widths[at] = min + more
    left -= more
  }
  const growing = columns.flatMap((column, at) => (column.max === undefined ? [at] : []))
  for (const at of growing) {
    if (left >= 0) break
    const less = Math.min(-left, Math.max(0, (widths[at] ?? 0) - narrowest))
    widths[at] = (widths[at] ?? 0) - less
    left += less
  }
  if (left <= 0) return widths
  for (const [turn, at] of growing.entries()) {
    const share = Math.floor(left / (growing.length - turn))
    widths[at] = (widths[at] ?? 0) + share
    left -= share
  }
  return widths
}
