import type { RecordedSync } from '../../ledger/journal.ts'
import { type Change, countChanges, type Operation } from '../../reconcile/drift.ts'
import { columnWidths } from '../components/columns.ts'
import { cell, type Line, span } from '../components/line.ts'
import { agoText } from '../store/age.ts'
import type { Role } from '../theme/roles.ts'
import { holdsAll } from './filter.ts'
import { factLines } from './finding-detail.ts'
import type { PaneRow } from './list-pane.tsx'

/** One sync of the timeline. */
export interface SyncRow extends PaneRow {
  readonly sync: RecordedSync
  readonly production: boolean
  readonly age: string
  /** Whether a later sync took it back. */
  readonly takenBack: boolean
}

/** The syncs that hold all these words, as they are given: newest first. */
export function syncRows(
  syncs: readonly RecordedSync[],
  words: readonly string[],
  isProduction: (target: string) => boolean,
  now: Date,
): readonly SyncRow[] {
  const undone = new Set(syncs.flatMap(({ plan }) => plan.undoes ?? []))
  return syncs
    .map(sync => ({
      key: sync.file,
      sync,
      production: isProduction(sync.plan.target),
      age: agoText(new Date(sync.at), now),
      takenBack: undone.has(sync.plan.id),
    }))
    .filter(row => holdsAll(searchText(row), words))
}

function searchText({ sync, takenBack }: SyncRow): string {
  const { plan, by } = sync
  const names = plan.changes.map(change => change.name).join(' ')
  return `${plan.target} ${by} ${plan.id} ${outcome(sync)} ${takenBack ? 'taken back' : ''} ${names}`.toLowerCase()
}

/** How far a sync came: `26 of 26`, `stopped at 10 of 26`; `cut off` where its process died or still runs. */
function outcome({ done, plan, ended }: RecordedSync): string {
  const total = plan.steps.length
  if (done.length === total) return `${total} of ${total}`
  return `${ended ? 'stopped' : 'cut off'} at ${done.length} of ${total}`
}

function outcomeRole({ done, plan }: RecordedSync): Role {
  return done.length === plan.steps.length ? 'ok' : 'error'
}

function whatText({ sync: { plan }, takenBack }: SyncRow): string {
  const what =
    plan.undoes === undefined
      ? `from ${plan.manifest.commit?.slice(0, 7) ?? 'the work tree'}`
      : `took back ${plan.undoes.slice(0, 8)}`
  return takenBack ? `${what}, taken back` : what
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

export function drawSyncRow(row: SyncRow, width: number): Line {
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
    span(cell(outcome(sync), sent), outcomeRole(sync)),
    ' ',
    span(cell(whatText(row), what), 'dim'),
  ]
}

const signs: Readonly<Record<Operation, string>> = { create: '+', update: '~', delete: '-' }

/** What is known of a sync: who, from what, what failed, and each change with whether it was made. */
export function syncDetail(row: SyncRow, width: number): readonly Line[] {
  const { sync } = row
  const { plan, by, at, done, failed, override, open } = sync
  const sent = new Set(done)
  const made = (change: Change): boolean =>
    plan.steps.some(step => step.covers.includes(change.id)) &&
    plan.steps.every(step => !step.covers.includes(change.id) || sent.has(step.id))
  return [
    [
      span(outcome(sync), outcomeRole(sync)),
      '  ',
      span(`${plan.target}, ${at.slice(0, 19)}Z by ${by}`, 'strong'),
    ],
    ...factLines('sync', `${plan.id.slice(0, 8)} ${whatText(row)}`, width),
    ...(override === null ? [] : factLines('override', override, width)),
    ...failed.flatMap(({ reason }) => factLines('failed', reason, width)),
    ...(open.length === 0 ? [] : factLines('unknown', `how these ended: ${open.join(', ')}`, width)),
    ...plan.changes.map((change): Line => {
      const text = `${signs[change.operation]} ${change.kind} ${change.name}`
      return made(change)
        ? [span(cell('done', 9), 'ok'), span(text, 'text')]
        : [span(cell('not', 9), 'error'), span(text, 'dim')]
    }),
  ]
}
