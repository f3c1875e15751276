import { basename } from 'node:path'
import type { RecordedSync } from '../../../ledger/journal-reading.ts'
import { problemText } from '../../../model/problem.ts'
import { type Change, countChanges } from '../../../reconcile/drift/drift.ts'
import { operationSigns } from '../../../reconcile/drift/operation.ts'
import { type HistoryItem, syncsIn, takenBack } from '../../../workflows/syncing/history/history.ts'
import { outcomeHead, outcomeText, processText } from '../../../workflows/syncing/sync-outcome.ts'
import { columnWidths } from '../../components/columns.ts'
import { cell, type Line, span } from '../../components/line.ts'
import { agoText } from '../../store/age.ts'
import type { Role } from '../../theme/roles.ts'
import { factLines } from '../findings/finding-detail.ts'
import { holdsAll } from '../pane/filter.ts'
import type { PaneRow } from '../pane/list-pane.tsx'

/** One line of the timeline: a sync, or a journal about which nothing is known. */
export type TimelineRow = SyncRow | UnreadRow

interface Common extends PaneRow {
  readonly production: boolean
  readonly age: string
}

export interface SyncRow extends Common {
  readonly sync: RecordedSync
  /** How much of it later syncs took back. */
  readonly takenBack: 'whole' | 'part' | null
}

interface UnreadRow extends Common {
  readonly unread: Extract<HistoryItem, { readonly type: 'unread' }>
}

/** Whether a line describes a sync. */
export function isSync(row: TimelineRow): row is SyncRow {
  return 'sync' in row
}

/** The target that a line is about. */
export function targetOf(row: TimelineRow): string {
  return isSync(row) ? row.sync.plan.target : row.unread.target
}

/** The lines that contain all these words, in the given order: newest first. */
export function timelineRows(
  history: readonly HistoryItem[],
  words: readonly string[],
  isProduction: (target: string) => boolean,
  now: Date,
): readonly TimelineRow[] {
  const back = takenBack(syncsIn(history))
  return history
    .map((item): TimelineRow => {
      if (item.type === 'unread') {
        const age = item.at === null ? '?' : agoText(new Date(item.at), now)
        return { key: item.file, unread: item, production: isProduction(item.target), age }
      }
      const { sync } = item
      const taken = back.get(sync.plan.id)
      return {
        key: sync.file,
        sync,
        production: isProduction(sync.plan.target),
        age: agoText(new Date(sync.at), now),
        takenBack: taken ? (taken.whole ? 'whole' : 'part') : null,
      }
    })
    .filter(row => holdsAll(isSync(row) ? searchText(row) : unreadText(row), words))
}

function unreadText({ unread: { target, file, problem } }: UnreadRow): string {
  return `${target} ${file} can’t be read ${problem.message}`.toLowerCase()
}

function searchText({ sync, takenBack }: SyncRow): string {
  const { plan, by } = sync
  const names = plan.changes.map(change => change.name).join(' ')
  return `${plan.target} ${by} ${plan.id} ${outcomeText(sync)} ${takenBackText(takenBack)} ${names}`.toLowerCase()
}

function outcomeRole({ done, plan }: RecordedSync): Role {
  return done.length === plan.steps.length ? 'ok' : 'error'
}

function whatText({ sync: { plan }, takenBack }: SyncRow): string {
  const what =
    plan.undoes === undefined
      ? `from ${plan.manifest.commit?.slice(0, 7) ?? 'the work tree'}`
      : `took back ${plan.undoes.slice(0, 8)}`
  return takenBack ? `${what}, ${takenBackText(takenBack)}` : what
}

function takenBackText(takenBack: SyncRow['takenBack']): string {
  return takenBack === null ? '' : takenBack === 'whole' ? 'taken back' : 'taken back in part'
}

const columns = [
  { min: 8, max: 9 },
  { min: 4, max: 4 },
  { min: 10, max: 22 },
  { min: 6, max: 16 },
  { min: 12, max: 14 },
  { min: 12, max: 22 },
  { min: 12 },
]

export function syncHeads(width: number): Line {
  const heads = ['WHEN', '', 'TARGET', 'WHO', 'CHANGES', 'SENT', 'WHAT']
  const widths = columnWidths(columns, width - 1)
  return [span(` ${widths.map((cells, at) => cell(heads[at] ?? '', cells)).join(' ')}`, 'dim')]
}

export function drawTimelineRow(row: TimelineRow, width: number): Line {
  return isSync(row) ? drawSync(row, width) : drawUnread(row, width)
}

function drawUnread({ unread: { target, file }, production, age }: UnreadRow, width: number): Line {
  const [when = 0, prod = 0, name = 0] = columnWidths(columns, width)
  return [
    span(cell(age, when), 'text'),
    ' ',
    span(cell(production ? 'PROD' : '', prod), 'prod'),
    ' ',
    span(cell(target, name), 'strong'),
    ' ',
    span(
      cell(`this journal can’t be relied on: ${basename(file)}`, Math.max(0, width - when - prod - name - 3)),
      'error',
    ),
  ]
}

function drawSync(row: SyncRow, width: number): Line {
  const { sync, production, age } = row
  const [when = 0, prod = 0, target = 0, who = 0, changes = 0, sent = 0, what = 0] = columnWidths(
    columns,
    width,
  )
  const counts = countChanges(sync.plan.changes)
  return [
    span(cell(age, when), 'text'),
    ' ',
    span(cell(production ? 'PROD' : '', prod), 'prod'),
    ' ',
    span(cell(sync.plan.target, target), 'strong'),
    ' ',
    span(cell(sync.by, who), 'text'),
    ' ',
    span(cell(`+${counts.create} ~${counts.update} -${counts.delete}`, changes), 'text'),
    ' ',
    span(cell(outcomeHead(sync), sent), outcomeRole(sync)),
    ' ',
    span(cell(whatText(row), what), 'dim'),
  ]
}

/** The details of a line of the timeline. */
export function timelineDetail(row: TimelineRow, width: number): readonly Line[] {
  if (isSync(row)) return syncDetail(row, width)
  const { file, problem } = row.unread
  return [
    [span('this journal can’t be relied on', 'error'), '  ', span(row.unread.target, 'strong')],
    ...factLines('file', file, width),
    ...factLines('why', problemText(problem), width),
    ...factLines('means', 'an undo stops here, unless it names the sync to take back', width),
  ]
}

/** The details of a sync: who, from what, what failed, and each change and whether it was made. */
function syncDetail(row: SyncRow, width: number): readonly Line[] {
  const { sync } = row
  const { plan, by, at, done, failed, override, acceptedUnknown, open, unknown, strange } = sync
  const sent = new Set(done)
  const made = (change: Change): boolean =>
    plan.steps.some(step => step.covers.includes(change.id)) &&
    plan.steps.every(step => !step.covers.includes(change.id) || sent.has(step.id))
  return [
    [
      span(outcomeText(sync), outcomeRole(sync)),
      '  ',
      span(`${plan.target}, ${at.slice(0, 19)}Z by ${by}`, 'strong'),
    ],
    ...factLines('sync', `${plan.id.slice(0, 8)} ${whatText(row)}`, width),
    ...(sync.ended || !sync.process ? [] : factLines('process', processText(sync.process), width)),
    ...(override === null ? [] : factLines('override', override, width)),
    ...(acceptedUnknown === null
      ? []
      : factLines(
          'accepted',
          `${acceptedUnknown.kinds.join(', ')} not known: ${acceptedUnknown.reason}`,
          width,
        )),
    ...failed.flatMap(({ reason }) => factLines('failed', reason, width)),
    ...(open.length === 0 ? [] : factLines('unknown', `how these ended: ${open.join(', ')}`, width)),
    ...unknown.flatMap(({ reason }) => factLines('unknown', reason, width)),
    ...(strange.length === 0
      ? []
      : factLines(
          'strange',
          `entries that another version of gatewatch wrote: ${strange.join(', ')}`,
          width,
        )),
    ...plan.changes.map((change): Line => {
      const text = `${operationSigns[change.operation]} ${change.kind} ${change.name}`
      return made(change)
        ? [span(cell('done', 9), 'ok'), span(text, 'text')]
        : [span(cell('not', 9), 'error'), span(text, 'dim')]
    }),
  ]
}
