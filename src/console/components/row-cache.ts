import type { Role } from '../theme/roles.ts'
import type { Theme } from '../theme/theme.ts'
import { drawLine, type Line } from './line.ts'

/** Renders a row as a line of a given width. It must depend only on the row. */
export type DrawRow<T> = (row: T, width: number) => Line

/** As many rows as a person pages through in a while. */
const cacheLimit = 2048

interface Drawn {
  plain?: string
  based?: string
  base?: Role
}

/**
 * Rows that were drawn before, by identity: a row that a reading replaces is redrawn, all others are free. Kept across
 * frames, with a limit.
 */
export class RowCache<T extends object> {
  private readonly drawn = new Map<T, Drawn>()
  private draw: DrawRow<T> | undefined
  private theme: Theme | undefined
  private width = 0

  /** Forgets everything where another width, theme or way to draw is asked for. */
  prepare(draw: DrawRow<T>, theme: Theme, width: number): void {
    if (draw === this.draw && theme === this.theme && width === this.width) return
    this.drawn.clear()
    this.draw = draw
    this.theme = theme
    this.width = width
  }

  /** The row's styled text: a marker of one cell, then its line; `base` fills the whole width. */
  get(row: T, marker: string, base: Role | undefined): string {
    const { draw, theme, width } = this
    if (draw === undefined || theme === undefined) return ''
    const known = this.drawn.get(row) ?? {}
    const remembered = base === undefined ? known.plain : known.base === base ? known.based : undefined
    if (remembered !== undefined) return remembered
    const text = drawLine([marker, ...draw(row, width - 1)], { width, theme, base })
    if (base === undefined) known.plain = text
    else Object.assign(known, { based: text, base })
    if (this.drawn.size >= cacheLimit) this.drawn.clear()
    this.drawn.set(row, known)
    return text
  }
}
