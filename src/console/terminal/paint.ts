import stringWidth from './width.ts'

/** Terminals that know these two show a frame at once when it is between them; others show it as it arrives. */
export const beginFrame = '\x1b[?2026h'
export const endFrame = '\x1b[?2026l'

/** How far a list may have moved for the terminal to move its rows instead of having them sent again. */
const furthestScroll = 4

/**
 * The shortest common way from one frame to the next: moves rows that only scrolled, then sends the rows that changed.
 * Rows are styled texts of at most `columns` cells; `previous` is null if nothing is known about the terminal, which is
 * then cleared. The terminal must not wrap lines by itself (DECAWM off).
 */
export function paint(previous: readonly string[] | null, next: readonly string[], columns: number): string {
  if (previous === null) return `\x1b[H\x1b[2J${rowsFrom(blank(next.length), next, columns)}`
  if (previous.length !== next.length) {
    const known = previous.slice(0, next.length)
    const padded = [...known, ...blank(next.length - known.length)]
    return `${next.length < previous.length ? `\x1b[${next.length + 1};1H\x1b[J` : ''}${rowsFrom(padded, next, columns)}`
  }
  const scroll = findScroll(previous, next)
  if (scroll === null) return rowsFrom(previous, next, columns)
  return moveRows(scroll) + rowsFrom(afterScroll(previous, scroll), next, columns)
}

/** Rows `top` to `bottom` (from 0, both included) move up by `by` rows; down where it is negative. */
interface Scroll {
  readonly top: number
  readonly bottom: number
  readonly by: number
}

function blank(count: number): string[] {
  return Array.from({ length: Math.max(0, count) }, () => '')
}

function rowsFrom(previous: readonly string[], next: readonly string[], columns: number): string {
  let bytes = ''
  for (const [y, line] of next.entries()) {
    if (line === previous[y]) continue
    bytes += `\x1b[${y + 1};1H${line}`
    if (stringWidth(line) < columns) bytes += '\x1b[K'
  }
  return bytes
}

/** The scroll that saves the most rows, if one saves enough to be worth it. */
function findScroll(previous: readonly string[], next: readonly string[]): Scroll | null {
  const first = next.findIndex((line, y) => line !== previous[y])
  if (first === -1) return null
  const last = next.findLastIndex((line, y) => line !== previous[y])
  let best: Scroll | null = null
  let bestSaved = 3
  for (let distance = 1; distance <= furthestScroll; distance++) {
    for (const by of [distance, -distance]) {
      let saved = 0
      for (let y = first; y <= last; y++) {
        const from = y + by
        if (from < first || from > last || next[y] === previous[y]) continue
        if (next[y] !== '' && next[y] === previous[from]) saved += 1
      }
      if (saved > bestSaved) {
        bestSaved = saved
        best = { top: first, bottom: last, by }
      }
      if (saved > (last - first) / 2) return best
    }
  }
  return best
}

/**
 * Within a scrolling region, deleting or inserting lines at its top moves everything below: every terminal supports
 * this.
 */
function moveRows({ top, bottom, by }: Scroll): string {
  const move = by > 0 ? `\x1b[${by}M` : `\x1b[${-by}L`
  return `\x1b[${top + 1};${bottom + 1}r\x1b[${top + 1};1H${move}\x1b[r`
}

function afterScroll(previous: readonly string[], { top, bottom, by }: Scroll): string[] {
  return previous.map((line, y) => {
    if (y < top || y > bottom) return line
    const from = y + by
    return from < top || from > bottom ? '' : (previous[from] ?? '')
  })
}
