import type { Kinds } from '../../../model/schema/kinds.ts'
import { causeWords } from '../../../reconcile/drift/causes.ts'
import type { Change } from '../../../reconcile/drift/drift.ts'
import { operationSigns } from '../../../reconcile/drift/operation.ts'
import type { LeftOut, PlanStep } from '../../../reconcile/plan/plan.ts'
import { openingLines } from '../../../workflows/syncing/opening.ts'
import type { Review } from '../../../workflows/syncing/review.ts'
import { columnWidths } from '../../components/columns.ts'
import { fieldTable } from '../../components/field-table.ts'
import { cell, type Line, type Span, span, wrapText } from '../../components/line.ts'
import { agoText } from '../../store/age.ts'
import type { Role } from '../../theme/roles.ts'
import { takingBackLines } from './review-undo.ts'
import type { ToldLine } from './told-lines.ts'

/** What a person should see first in a plan. */
export type Risk = 'fix' | 'weaker' | 'delete' | 'conflict' | 'usual'

/** One line of a review: a change, or several that do the same. */
export interface ReviewRow {
  readonly key: string
  readonly changes: readonly Change[]
  /** The protection that the first of them is about, as `key-auth`; empty: it is about none. */
  readonly protection: string
  readonly risk: Risk
  /** How many of them are in the plan. */
  readonly included: number
  /** Why it is left out, if it is: `by you`, `follows …`, `deletes are off`; empty: it is included. */
  readonly out: string
}

/** How rows are made. */
export interface ReviewOrder {
  readonly grouped: boolean
  readonly byRisk: boolean
}

const riskOrder: readonly Risk[] = ['fix', 'weaker', 'delete', 'conflict', 'usual']

/** The rows of a review: everything that differs, included or left out. */
export function reviewRows(
  changes: readonly Change[],
  review: Review,
  order: ReviewOrder,
  kinds: Kinds,
): readonly ReviewRow[] {
  const { plan, meaning } = review
  const out = new Map(plan.leftOut.map(each => [each.change.id, each]))
  const weaker = new Set(meaning.posture.filter(line => line.weaker).flatMap(line => line.changes))
  const fix = new Set(meaning.onlyTheFix)
  const riskOf = (change: Change): Risk => {
    if (fix.has(change.id)) return 'fix'
    if (change.operation === 'delete') return 'delete'
    if (weaker.has(change.id)) return 'weaker'
    return change.cause === 'conflict' ? 'conflict' : 'usual'
  }
  const groups = order.grouped
    ? [
        ...Map.groupBy(
          changes,
          change => `${riskOf(change)} ${out.has(change.id)} ${change.cause} ${signatureOf(change, kinds)}`,
        ).values(),
      ]
    : changes.map(change => [change])
  const rows = groups.flatMap((group): readonly ReviewRow[] => {
    const [first] = group
    if (!first) return []
    const included = group.filter(change => !out.has(change.id)).length
    return [
      {
        key: first.id,
        changes: group,
        protection: protectionOf(first, kinds),
        risk: riskOf(first),
        included,
        out: included > 0 ? '' : outText(out.get(first.id)),
      },
    ]
  })
  if (!order.byRisk) return rows
  return rows.toSorted(
    (a, b) => riskOrder.indexOf(a.risk) - riskOrder.indexOf(b.risk) || b.changes.length - a.changes.length,
  )
}

function outText(out: LeftOut | undefined): string {
  if (out === undefined) return ''
  if (out.by === 'you') return 'by you'
  return out.by === 'mode' ? 'deletes are off' : `follows ${out.follows ?? ''}`
}

/** The same for changes that do the same to different entities. */
function signatureOf(change: Change, kinds: Kinds): string {
  if (change.operation === 'delete') return change.id
  const fields = change.fields
    .filter(field => !kinds.distinguishing.has(field.path))
    .map(field => [field.path, field.git ?? null, field.live ?? null])
  const protection = protectionOf(change, kinds)
  if (change.operation === 'create' && protection === '') return change.id
  return JSON.stringify([change.operation, change.kind, protection, fields])
}

function protectionOf({ kind, key }: Change, kinds: Kinds): string {
  return kinds.of(kind)?.meaning?.actsOn?.(key).protection ?? ''
}

const riskWords: Readonly<Record<Risk, readonly [string, Role]>> = {
  fix: ['EXPOSED', 'exposed'],
  weaker: ['! weaker', 'weaker'],
  delete: ['! delete', 'removed'],
  conflict: ['conflict', 'conflict'],
  usual: ['', 'dim'],
}
const signRoles = { create: 'added', update: 'changed', delete: 'removed' } as const

/** Draws one line of the review. */
export function drawReviewRow(row: ReviewRow, width: number): Line {
  const [first] = row.changes
  if (!first) return []
  const [word, role] = riskWords[row.risk]
  const [title = 0, risk = 0, note = 0] = columnWidths(
    [{ min: 28 }, { min: 8, max: 8 }, { min: 12, max: 14 }],
    width - 6,
  )
  const box = row.included === 0 ? '[ ]' : row.included === row.changes.length ? '[x]' : '[-]'
  const isOut = row.included === 0
  return [
    span(box, isOut ? 'dim' : 'key'),
    ' ',
    span(operationSigns[first.operation], isOut ? 'dim' : signRoles[first.operation]),
    ' ',
    span(cell(titleOf(row), title), isOut ? 'dim' : 'text'),
    ' ',
    span(cell(word, risk), isOut ? 'dim' : role),
    ' ',
    isOut ? span(cell(row.out, note), 'dim') : span(cell(first.cause, note), causeWords[first.cause].role),
  ]
}

function titleOf(row: ReviewRow): string {
  const [first] = row.changes
  if (!first) return ''
  if (row.changes.length === 1) {
    const paths = first.operation === 'update' ? `  ${first.fields.map(field => field.path).join(', ')}` : ''
    const also = first.cascades.length > 0 ? `  and ${first.cascades.length} deleted with it` : ''
    return `${first.kind} ${first.name}${paths}${also}`
  }
  const what =
    first.operation === 'update'
      ? first.fields.map(field => field.path).join(', ')
      : (first.key.split(' ')[0] ?? '')
  const kinds = `${row.changes.length} ${first.kind}s`
  return row.protection !== '' && first.operation === 'create'
    ? `${first.kind} ${what} back on ${row.changes.length} routes`
    : `SAME CHANGE IN ${kinds}  ${what}`
}

/** The plan's effect, as the lines above the changes. */
export function meaningLines(review: Review, besides: readonly ToldLine[], height: number): readonly Line[] {
  const { meaning, plan } = review
  const lines: Line[] = []
  const room = Math.max(1, height - 2)
  const told: readonly ToldLine[] = [
    ...besides.filter(line => line.bad),
    ...meaning.posture.map(line => ({ label: 'POSTURE', text: line.text, bad: line.weaker })),
    ...meaning.traffic.map(line => ({ label: 'TRAFFIC', text: line.text, bad: line.worse })),
    ...besides.filter(line => !line.bad),
  ].toSorted((a, b) => Number(b.bad) - Number(a.bad))
  let label = ''
  const shown = told.length > room ? told.slice(0, room - 1) : told
  for (const line of shown.toSorted((a, b) => a.label.localeCompare(b.label))) {
    lines.push([
      ' ',
      span(cell(line.label === label ? '' : line.label, 9), 'heading'),
      ' ',
      line.unknown ? span('? ', 'unknown') : span(line.bad ? '! ' : '+ ', line.bad ? 'weaker' : 'ok'),
      span(line.text, line.bad ? 'weaker' : 'text'),
    ])
    label = line.label
  }
  if (shown.length < told.length)
    lines.push([' ', ' '.repeat(10), span(`and ${told.length - shown.length} more`, 'dim')])
  if (told.length === 0)
    lines.push([
      ' ',
      span(cell('POSTURE', 9), 'heading'),
      ' ',
      span('no route gains or loses protection, no request is answered differently', 'dim'),
    ])
  const [order = '', ...refused] = openingLines(plan)
  lines.push([
    ' ',
    span(cell('REACHES', 9), 'heading'),
    ' ',
    meaning.reaches,
    ...cascadeSpans(review),
    span(order === '' ? '' : `; ${[order, ...refused].join('; ')}`, refused.length > 0 ? 'weaker' : 'dim'),
  ])
  lines.push([
    ' ',
    span(cell('LEFT OUT', 9), 'heading'),
    ' ',
    leftOutText(plan.leftOut),
    span(`${ignoredText(plan.ignored.length)}${notOursText(review)}`, 'dim'),
  ])
  return lines
}

function cascadeSpans(review: Review): readonly Span[] {
  const n = review.plan.cascades.length
  return n === 0 ? [] : [span(`, and ${n} that the gateway deletes with them`, 'removed')]
}

function leftOutText(out: readonly LeftOut[]): string {
  if (out.length === 0) return 'nothing'
  const count = (by: LeftOut['by']): number => out.filter(each => each.by === by).length
  const parts = [
    [count('you'), 'by you'],
    [count('follows'), 'follow'],
    [count('mode'), 'deletes'],
  ] as const
  return parts
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`)
    .join(', ')
}

function ignoredText(n: number): string {
  return n === 0 ? '' : `      IGNORED  ${n} by rules`
}

function notOursText(review: Review): string {
  const n = review.plan.notOurs.length
  return n === 0 ? '' : `      NOT OURS  ${n} never touched`
}

/** The selected row in full: its fields, where they come from, and the exact request. */
export function reviewDetail(
  row: ReviewRow | undefined,
  review: Review,
  width: number,
  now: Date,
): readonly Line[] {
  const [change] = row?.changes ?? []
  if (!row || !change) return []
  const place = change.fields[0]?.source ?? change.source
  const steps = review.plan.steps.filter(step => row.changes.some(each => step.covers.includes(each.id)))
  return [
    ...wrapText(`${change.operation} ${change.kind} ${change.name}`, width).map(
      (text): Line => [span(text, 'strong')],
    ),
    ...(row.changes.length > 1 ? alikeLines(row.changes, width) : []),
    ...takingBackLines(steps, review.meaning.sealedTo, width),
    ...fieldTable(change.fields, width),
    [
      span(change.cause, causeWords[change.cause].role),
      place ? `  ${place.file}:${place.line}` : '',
      span(
        change.commit
          ? `  ${change.commit.commit.slice(0, 7)} ${change.commit.author} ${agoText(new Date(change.commit.at), now)}`
          : '',
        'dim',
      ),
    ],
    ...change.cascades
      .slice(0, 3)
      .map((ref): Line => [span('also deletes ', 'removed'), `${ref.kind} ${ref.key}`]),
    ...stepLines(steps, width),
  ]
}

/** Which entities a group is about, on at most two lines. */
function alikeLines(changes: readonly Change[], width: number): readonly Line[] {
  const names = `the same in all ${changes.length}: ${changes.map(change => change.name).join(', ')}`
  const [first = '', ...rest] = wrapText(names, width)
  return [first, ...(rest.length === 0 ? [] : [cell(rest.join(' '), width)])].map(
    (text): Line => [span(text, 'dim')],
  )
}

function stepLines(steps: readonly PlanStep[], width: number): readonly Line[] {
  const [step] = steps
  if (!step) return [[span('not in the plan: nothing is sent', 'dim')]]
  return [
    [span(steps.length === 1 ? 'SENDS' : `SENDS, 1 of ${steps.length}`, 'heading')],
    ...wrapText(step.preview, Math.max(20, width - 2)).map((text): Line => ['  ', text]),
  ]
}
