import { createHash } from 'node:crypto'
import { styleText } from 'node:util'
import { isSecretMark } from '../../model/entity.ts'
import { isArray, isObject, type Json } from '../../model/json.ts'
import { shownMark, shownValue } from '../../model/masking/secret-marks.ts'
import { safeText as plain } from '../../model/safe-text.ts'

export { counted } from '../../model/counted.ts'
export { plain }

type Style = Parameters<typeof styleText>[0]

/** Styles text for a terminal, or leaves it plain. */
export type Paint = (style: Style, text: string) => string

export function painter(colour: boolean): Paint {
  return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text)
}

/** A certificate or key fills a screen and tells the reader nothing: show what it is, and a digest to identify it. */
function pemText(pem: string): string {
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem)?.[1] ?? 'text'
  return `${label} sha256:${createHash('sha256').update(pem).digest('hex').slice(0, 16)}`
}

/** A value on one line; secrets hidden. */
export function valueText(value: Json | undefined): string {
  if (value === undefined) return '(none)'
  if (isSecretMark(value)) return plain(shownMark(value))
  if (typeof value === 'string') return value.startsWith('-----BEGIN ') ? pemText(value) : plain(value)
  if (isArray(value)) return `[${value.map(valueText).join(', ')}]`
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([name, item]) => `${plain(name)}: ${valueText(item)}`)
      .join(', ')}}`
  return JSON.stringify(value)
}

/** A value for programs; secrets hidden. */
export function hiddenJson(value: Json | undefined): Json {
  return value === undefined ? null : shownValue(value)
}

/** How long ago, such as `14m`, `2h`, `3d`. */
export function ageText(from: Date, now: Date): string {
  const s = Math.max(0, Math.round((now.getTime() - from.getTime()) / 1000))
  if (s < 60) return `${s}s`
  if (s < 3600) return `${Math.floor(s / 60)}m`
  if (s < 48 * 3600) return `${Math.floor(s / 3600)}h`
  return `${Math.floor(s / 86_400)}d`
}

/** Rows of cells as aligned lines, two spaces between columns. Widths count characters of simple scripts. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, visibleLength(cell))
    })
  return rows.map(row =>
    row
      .map((cell, i) =>
        i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - visibleLength(cell)),
      )
      .join('  ')
      .trimEnd(),
  )
}

const escapes = /\u001b\[[0-9;]*m/g

function visibleLength(text: string): number {
  return [...text.replace(escapes, '')].length
}
