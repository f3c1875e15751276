import { safeText } from '../../model/safe-text.ts'
import { declareSafe } from '../terminal/ink-squash.ts'
import stringWidth from '../terminal/width.ts'
import type { Role } from '../theme/roles.ts'
import { closeStyle, type Theme } from '../theme/theme.ts'

/** A stretch of text in one style. Its text may come from anywhere: it is made safe when it is drawn. */
export interface Span {
  readonly text: string
  readonly role: Role
}

/** One line of a screen. A bare string is plain text. */
export type Line = readonly (Span | string)[]

/** A span in a style. */
export function span(text: string, role: Role): Span {
  return { text, role }
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const ellipsis = '…'
const plain = /^[ -~]*$/

/** How many cells a text takes once it is drawn. */
export function cellWidth(text: string): number {
  return stringWidth(safeText(text))
}

/** The beginning of a safe text that fits, with `…` where something is missing. */
function fit(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  if (width <= 0) return ''
  if (plain.test(text)) return text.slice(0, width - 1) + ellipsis
  let taken = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    const cells = stringWidth(segment)
    if (used + cells > width - 1) break
    taken += segment
    used += cells
  }
  return taken + ellipsis
}

/** How a line is drawn. */
export interface LineOptions {
  readonly width: number
  readonly theme: Theme
  /** A role under all others, such as the selection; the line then fills its width. */
  readonly base?: Role | undefined
}

/** A line as styled text of at most `width` cells; a longer one ends in `…`. */
export function drawLine(line: Line, { width, theme, base }: LineOptions): string {
  let drawn = ''
  let left = width
  let isCut = false
  for (const part of line) {
    if (left <= 0 || isCut) break
    const whole = safeText(typeof part === 'string' ? part : part.text)
    const text = fit(whole, left)
    left -= stringWidth(text)
    isCut = text !== whole
    drawn += style(text, typeof part === 'string' ? 'text' : part.role, theme, base)
  }
  if (base !== undefined && left > 0) drawn += style(' '.repeat(left), 'text', theme, base)
  return declareSafe(drawn)
}

function style(text: string, role: Role, theme: Theme, base: Role | undefined): string {
  const open = theme.open(role, base)
  return open === '' || text === '' ? text : `${open}${text}${closeStyle}`
}

/** A text cut or filled to exactly that many cells. */
export function cell(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fitted = fit(safeText(text), width)
  const padding = ' '.repeat(Math.max(0, width - stringWidth(fitted)))
  return align === 'left' ? fitted + padding : padding + fitted
}

/** Two parts of one line, the second at its right end; the first gives way where both do not fit. */
export function spread(left: Line, right: Line, width: number): Line {
  const rightWidth = lineWidth(right)
  const room = width - rightWidth
  const kept = cutLine(left, Math.max(0, room - 1))
  return [...kept, ' '.repeat(Math.max(0, room - lineWidth(kept))), ...right]
}

/** The cells that a line takes when nothing is cut. */
export function lineWidth(line: Line): number {
  let width = 0
  for (const part of line) width += cellWidth(typeof part === 'string' ? part : part.text)
  return width
}

/** The beginning of a line that fits, with `…` where something is missing. */
export function cutLine(line: Line, width: number): Line {
  if (lineWidth(line) <= width) return line
  const kept: (Span | string)[] = []
  let left = width
  for (const part of line) {
    if (left <= 0) break
    const text = safeText(typeof part === 'string' ? part : part.text)
    const fitted = fit(text, left)
    kept.push(typeof part === 'string' ? fitted : { ...part, text: fitted })
    if (fitted !== text) break
    left -= stringWidth(fitted)
  }
  return kept
}

/** A text broken into lines of at most that many cells, between words where it can be. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of safeText(text).split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (stringWidth(joined) <= width) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (stringWidth(line) > width && width > 0) {
      const head = takeCells(line, width)
      lines.push(head)
      line = line.slice(head.length)
    }
  }
  return [...lines, line]
}

function takeCells(text: string, width: number): string {
  let taken = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment)
    if (used > width && taken !== '') break
    taken += segment
  }
  return taken
}
