import type { Need } from '../../../workflows/fleet/fleet-view.ts'
import { needKinds } from '../../../workflows/fleet/need-kinds.ts'
import { columnWidths } from '../../components/columns.ts'
import { cell, type Line, span } from '../../components/line.ts'
import { plural } from '../../components/plural.ts'
import { ageText } from '../../store/age.ts'

/** One line of the list of needs. */
export interface NeedRow {
  readonly key: string
  readonly need: Need
  readonly age: string
}

export function needRows(needs: readonly Need[], now: Date): readonly NeedRow[] {
  const seen = new Map<string, number>()
  return needs.map(need => {
    const key = needKey(need)
    const times = seen.get(key) ?? 0
    seen.set(key, times + 1)
    return {
      key: times === 0 ? key : `${key} ${times}`,
      need,
      age: need.since === null ? '' : ageText(need.since, now),
    }
  })
}

export function drawNeedRow({ need, age }: NeedRow, width: number): Line {
  const { word, role } = needKinds[need.kind]
  const narrow = width < 100
  const columns = [
    { min: 9, max: 9 },
    { min: 4, max: 4 },
    { min: 8, max: narrow ? 9 : 18 },
    { min: 16, max: 60 },
    { min: 4, max: 4 },
    { min: narrow ? 14 : 20 },
  ]
  const [kind = 0, prod = 0, target = 0, title = 0, since = 0, who = 0] = columnWidths(columns, width)
  return [
    span(cell(word, kind), role),
    ' ',
    need.production ? span('PROD', 'production') : ' '.repeat(prod),
    ' ',
    cell(need.target, target),
    ' ',
    need.kind === 'exposed' ? span(cell(need.title, title), 'strong') : cell(need.title, title),
    ' ',
    cell(age, since, 'right'),
    ' ',
    span(` ${cell(need.who, who - 1)}`, 'dim'),
  ]
}

const labelWidth = 11

/** The selected need in full: what it is, since when, the facts, and the key that resolves it. */
export function needDetail({ need, age }: NeedRow, refused: string | null, height: number): readonly Line[] {
  const { word, role } = needKinds[need.kind]
  const since =
    need.since === null
      ? ''
      : `  since ${need.since.toISOString().slice(11, 19)}Z, ${age === 'now' ? 'just now' : `${age} ago`}`
  const head: Line = [
    ' ',
    span(word, role),
    '  ',
    ...(need.production ? [span('PROD', 'prod'), ' '] : []),
    span(need.target, 'strong'),
    `  ${need.title}`,
    span(since, 'dim'),
  ]
  const facts = need.details
    .slice(0, Math.max(0, height - 2))
    .map((detail): Line => [' ', span(cell(detail.label, labelWidth), 'dim'), detail.text])
  return [head, ...facts, actionLine(need, refused)]
}

function actionLine(need: Need, refused: string | null): Line {
  if (need.changes.length === 0) return [' ', span('r', 'key'), span(' read again', 'text')]
  const name = needKinds[need.kind].syncName
  if (refused !== null) return [' ', span(`s ${name}`, 'disabled'), span(`  ${refused}`, 'notice')]
  const what = need.changes.length === 1 ? 'this one change' : `only these ${need.changes.length} changes`
  return [' ', span('s', 'key'), ` ${name}   `, span(`${what}, reviewed before anything is sent`, 'dim')]
}

/** The heading above the needs. */
export function needsHeading(
  needs: readonly Need[],
  counts: {
    /** Targets that are being read for the first time. */
    readonly unread: number
    /** Targets about which nothing, or only old data, is known. */
    readonly unknown: number
    /** Needs below the view. */
    readonly hidden: number
    /** What gatewatch is waiting for, such as `prod-eu: http://kong asks to slow down (429); trying again in 12 s`. */
    readonly waits: string | null
  },
): Line {
  const { unread, unknown, hidden, waits } = counts
  if (needs.length > 0) {
    const more = [
      hidden > 0 ? `${hidden} more below` : '',
      waits ?? (unread > 0 ? `${plural(unread, 'target')} being read` : ''),
    ].filter(text => text !== '')
    return [
      ' ',
      span(`NEEDS YOU ${needs.length}`, 'heading'),
      span(more.length === 0 ? '' : `   ${more.join(', ')}`, 'dim'),
    ]
  }
  if (waits !== null) return [' ', span('NEEDS YOU ?', 'heading'), span(`   ${waits}`, 'unseen')]
  if (unread > 0)
    return [' ', span('NEEDS YOU ?', 'heading'), span(`   ${plural(unread, 'target')} being read`, 'dim')]
  if (unknown > 0)
    return [' ', span('NEEDS YOU ?', 'heading'), span(`   ${plural(unknown, 'target')} not known`, 'unknown')]
  return [' ', span('NOTHING NEEDS YOU', 'ok'), span('   every target was read and matches Git', 'dim')]
}

/** What identifies a need from one reading to the next. */
function needKey(need: Need): string {
  return [need.target, need.kind, need.changes[0] ?? ''].join(' ')
}
