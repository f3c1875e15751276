import { differsHidden } from '../../model/masking/secret-marks.ts'
import { causeWords } from '../../reconcile/drift/causes.ts'
import type { FieldDrift } from '../../reconcile/drift/drift.ts'
import { cell, cellWidth, type Line, span } from './line.ts'
import { textDiff } from './text-diff.ts'
import { longText, valuePair, valueText } from './value-text.ts'

const gap = '  '

/**
 * The fields that differ, one line each: path, what Git has (or the value before a sync), what is live, and why. If
 * both sides moved, the last applied value is between them. Texts of several lines follow as a diff of their own.
 */
export function fieldTable(fields: readonly FieldDrift[], width: number): readonly Line[] {
  if (fields.length === 0) return []
  const withBase = fields.some(field => field.cause === 'conflict')
  const short = fields.filter(field => !isLongDiff(field))
  const widths = columnWidths(fields, width, withBase)
  const wanted = wantedHead(fields)
  const heads = ['field', wanted, ...(withBase ? ['last applied'] : []), 'live', '']
  const lines: Line[] = [[span(heads.map((head, at) => cell(head, widths[at] ?? 0)).join(gap), 'dim')]]
  for (const field of short) lines.push(fieldLine(field, widths, withBase))
  for (const field of fields.filter(isLongDiff)) {
    lines.push([
      span(field.path, 'strong'),
      gap,
      span(`- live  + ${wanted}`, 'dim'),
      gap,
      span(field.cause, causeWords[field.cause].role),
    ])
    lines.push(...textDiff(asText(field.live), asText(field.git)))
    if (differsHidden(field.live, field.git)) lines.push([span('  changed, hidden value', 'dim')])
  }
  return lines
}

/** The name of the wanted side: the earlier value, if a sync is taken back. */
function wantedHead(fields: readonly FieldDrift[]): string {
  return fields.some(field => field.cause === 'undo') ? 'before' : 'Git'
}

function fieldLine(field: FieldDrift, widths: readonly number[], withBase: boolean): Line {
  const [live, git] = valuePair(field.live, field.git)
  const base = withBase ? [span(cell(valueText(field.base), widths[2] ?? 0), 'dim'), gap] : []
  return [
    cell(field.path, widths[0] ?? 0),
    gap,
    span(cell(git, widths[1] ?? 0), field.git === undefined ? 'dim' : 'added'),
    gap,
    ...base,
    span(cell(live, widths[withBase ? 3 : 2] ?? 0), field.live === undefined ? 'dim' : 'removed'),
    gap,
    span(field.cause, causeWords[field.cause].role),
  ]
}

function isLongDiff(field: FieldDrift): boolean {
  return longText(field.git) !== undefined || longText(field.live) !== undefined
}

function asText(value: FieldDrift['git']): string {
  return typeof value === 'string' ? value : (longText(value) ?? valueText(value))
}

/** As wide as the widest text where all fit; else the widest columns give way first. */
function columnWidths(fields: readonly FieldDrift[], width: number, withBase: boolean): readonly number[] {
  const causeWidth = Math.max(...fields.map(field => field.cause.length))
  const wanted = [
    Math.max(5, ...fields.map(field => cellWidth(field.path))),
    Math.max(
      wantedHead(fields).length,
      ...fields.map(field => cellWidth(valuePair(field.live, field.git)[1])),
    ),
    ...(withBase ? [Math.max(12, ...fields.map(field => cellWidth(valueText(field.base))))] : []),
    Math.max(4, ...fields.map(field => cellWidth(valueText(field.live)))),
  ]
  return [...share(wanted, width - causeWidth - gap.length * wanted.length), causeWidth]
}

/** Gives each its wanted width, or reduces the widest until all fit. */
function share(wanted: readonly number[], room: number): readonly number[] {
  const sorted = wanted.map((width, at) => ({ width, at })).sort((a, b) => a.width - b.width)
  const given = [...wanted]
  let left = Math.max(room, wanted.length * 4)
  for (const [at, { width, at: column }] of sorted.entries()) {
    const fair = Math.floor(left / (sorted.length - at))
    given[column] = Math.min(width, fair)
    left -= Math.min(width, fair)
  }
  return given
}
