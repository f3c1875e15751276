import type { Finding } from '../../../governance/finding.ts'
import { groupFaults } from '../../../model/problems/shared-faults.ts'
import { causeWords } from '../../../reconcile/drift/causes.ts'
import type { Change } from '../../../reconcile/drift/drift.ts'
import { ignoredLines, ruleProblems } from '../../../reconcile/drift/ignore-rules.ts'
import { operationSigns } from '../../../reconcile/drift/operation.ts'
import type { FleetView, TargetView } from '../../../workflows/fleet/fleet-view.ts'
import { routerWarning } from '../../../workflows/meaning/protection.ts'
import { columnWidths } from '../../components/columns.ts'
import { fieldTable } from '../../components/field-table.ts'
import { cell, type Line, span, spread } from '../../components/line.ts'
import { plural } from '../../components/plural.ts'
import { agoText } from '../../store/age.ts'
import { severityCounts } from '../findings/finding-rows.ts'
import { findingLines, findingsAboutChange, worstSpan } from '../findings/findings-about.ts'
import { isStale } from '../needs/target-tree.ts'
import { holdsAll } from '../pane/filter.ts'

/** One line of the tree of drift: a target, one of its changes, or why there is none to show. */
export type DriftRow =
  | {
      readonly type: 'target'
      readonly key: string
      readonly target: TargetView
      readonly production: boolean
      readonly shown: number
      readonly folded: boolean
      readonly age: string
    }
  | {
      readonly type: 'change'
      readonly key: string
      readonly target: TargetView
      readonly change: Change
      /** What policies find about it, in Git or live. */
      readonly findings: readonly Finding[]
    }
  | {
      readonly type: 'note'
      readonly key: string
      readonly target: TargetView
      readonly text: string
      readonly unknown: boolean
    }

/** Which part of the drift is shown. */
export interface DriftView {
  /** Only this target; null: all. */
  readonly only: string | null
  readonly folded: ReadonlySet<string>
  /** Words that a row must hold, in small letters. */
  readonly words: readonly string[]
}

/** The tree: targets in the order of the fleet with production first, and below each its changes. */
export function driftRows(fleet: FleetView, view: DriftView, now: Date): readonly DriftRow[] {
  const isProduction = (target: TargetView): boolean => fleet.production.includes(target.environment)
  const targets = fleet.targets
    .filter(target => view.only === null || target.name === view.only)
    .toSorted((a, b) => Number(isProduction(b)) - Number(isProduction(a)))
  return targets.flatMap((target): readonly DriftRow[] => {
    const changes = (target.drift?.changes ?? []).filter(change => matches(target, change, view.words))
    if (view.words.length > 0 && changes.length === 0) return []
    const folded = view.folded.has(target.name)
    const head: DriftRow = {
      type: 'target',
      key: `target ${target.name}`,
      target,
      production: isProduction(target),
      shown: changes.length,
      folded,
      age: target.readAt === null ? '' : agoText(target.readAt, now),
    }
    if (folded) return [head]
    return [
      head,
      ...changes.map(
        (change): DriftRow => ({
          type: 'change',
          key: `${target.name} ${change.id}`,
          target,
          change,
          findings: findingsAboutChange(target, change, fleet.kinds),
        }),
      ),
      ...notes(target),
      ...ruleNotes(target, fleet),
    ]
  })
}

/** Rules that are over or match nothing anywhere, at each target that they are for. */
function ruleNotes(target: TargetView, fleet: FleetView): readonly DriftRow[] {
  const all = fleet.targets.flatMap(each => each.drift?.ignoreRules ?? [])
  const isWhole = fleet.targets.every(each => each.drift !== null)
  return (target.drift?.ignoreRules ?? []).flatMap(({ rule }) =>
    ruleProblems(
      all.filter(each => each.rule === rule),
      () => isWhole,
    ).map(({ message }) => noteOf(target, `${rule.place.file}:${rule.place.line}: ${message}`, true)),
  )
}

function noteOf(target: TargetView, text: string, unknown: boolean): DriftRow {
  return { type: 'note', key: `${target.name} note ${text}`, target, text, unknown }
}

function notes(target: TargetView): readonly DriftRow[] {
  const note = (text: string, unknown: boolean): DriftRow => noteOf(target, text, unknown)
  const { drift } = target
  if (drift === null) return []
  const router = routerWarning(target.name, target.unmodelled)
  return [
    ...(router ? [note(router.message, true)] : []),
    ...groupFaults(drift.unknown, each => each.reason).map(({ items, problem }) =>
      note(`${items.map(({ kind }) => kind).join(', ')}: not known, ${problem.message}`, true),
    ),
    ...drift.blocked.map(({ entity, reason }) =>
      note(`${entity.kind} ${entity.key}: ${reason.message}`, true),
    ),
    ...ignoredLines(drift.ignored).map(line => note(`ignored: ${line}`, false)),
    ...(drift.notOurs.length > 0
      ? [note(`${plural(drift.notOurs.length, 'entity', 'entities')} not ours, never touched`, false)]
      : []),
  ]
}

function matches(target: TargetView, change: Change, words: readonly string[]): boolean {
  const text =
    `${target.name} ${change.operation} ${change.kind} ${change.name} ${change.cause} ${change.fields
      .map(field => field.path)
      .join(' ')}`.toLowerCase()
  return holdsAll(text, words)
}

const signRoles = { create: 'added', update: 'changed', delete: 'removed' } as const

/** Draws one line of the tree. */
export function drawDriftRow(row: DriftRow, width: number): Line {
  if (row.type === 'target') return targetLine(row, width)
  if (row.type === 'note')
    return [
      '   ',
      span(row.unknown ? '? ' : '  ', 'unknown'),
      span(row.text, row.unknown ? 'unknown' : 'dim'),
    ]
  const { change } = row
  const [what = 0, finds = 0, cause = 0] = columnWidths(
    [{ min: 24, max: 90 }, { min: 8, max: 8 }, { min: 12 }],
    width - 5,
  )
  const name = `${change.kind} ${change.name}`
  const paths =
    change.operation === 'update' ? change.fields.map(field => field.path).join(', ') : change.operation
  return [
    '   ',
    span(operationSigns[change.operation], signRoles[change.operation]),
    ' ',
    ...spread([name, span(`  ${paths}`, 'dim')], [], what),
    ' ',
    worstSpan(row.findings, word => cell(word, finds)),
    ' ',
    span(cell(change.cause, cause), causeWords[change.cause].role),
  ]
}

function targetLine(row: Extract<DriftRow, { readonly type: 'target' }>, width: number): Line {
  const { target } = row
  const state =
    target.drift === null
      ? target.reach.state === 'failed'
        ? span('not known: no answer', 'unseen')
        : target.manifestProblems.length > 0
          ? span('not known: the manifest can’t be read', 'error')
          : span('being read', 'dim')
      : row.shown === 0
        ? target.drift.unknown.length === 0
          ? span('in sync', 'ok')
          : span('no change in what could be read', 'unknown')
        : span(plural(row.shown, 'change'), 'text')
  return [
    span(row.folded ? '+ ' : '- ', 'dim'),
    ...(row.production ? [span('PROD', 'production'), ' '] : []),
    span(cell(target.name, Math.min(22, Math.max(8, target.name.length, Math.floor(width / 6)))), 'strong'),
    '  ',
    state,
    ...(target.drift === null ? [] : [span(`  ${target.drift.equal} equal`, 'dim')]),
    span(
      row.age === '' ? '' : `  read ${row.age}${isStale(target) ? '!' : ''}`,
      isStale(target) ? 'stale' : 'dim',
    ),
  ]
}

/** Details of the selected row: a change with its fields, or a target. */
export function driftDetail(row: DriftRow | undefined, width: number, now: Date): readonly Line[] {
  if (row === undefined) return []
  if (row.type === 'note') return [[' ', row.text]]
  if (row.type === 'target') return targetDetail(row.target)
  const { change } = row
  const head: Line = [
    ' ',
    span(change.operation, signRoles[change.operation]),
    ' ',
    span(`${change.kind} ${change.name}`, 'strong'),
    '  ',
    span(change.cause, causeWords[change.cause].role),
    span(`  ${causeSentence(change, now)}`, 'dim'),
  ]
  return [
    head,
    placeLine(change, now),
    ...fieldTable(change.fields, width - 1).map((line): Line => [' ', ...line]),
    ...takes(change),
    ...findingLines(row.findings, width - 1).map((line): Line => [' ', ...line]),
  ]
}

function causeSentence(change: Change, now: Date): string {
  const live =
    change.liveUpdatedAt === undefined
      ? ''
      : `, live written ${agoText(new Date(change.liveUpdatedAt * 1000), now)}`
  return causeWords[change.cause].sentence({
    operation: change.operation,
    cutOffAt: change.cutOff?.at,
    liveWritten: live,
  })
}

function placeLine(change: Change, now: Date): Line {
  const place = change.fields[0]?.source ?? change.source
  if (!place) return [' ', span('in no manifest', 'dim')]
  const { commit } = change
  return [
    ' ',
    span(`${place.file}:${place.line}`, 'text'),
    ...(commit
      ? [
          span(
            `  ${commit.commit.slice(0, 7)} ${commit.author}, ${agoText(new Date(commit.at), now)}: ${commit.summary}`,
            'dim',
          ),
        ]
      : [span('  not committed', 'dim')]),
  ]
}

function takes(change: Change): readonly Line[] {
  if (change.cascades.length === 0) return []
  const names = change.cascades.map(ref => `${ref.kind} ${ref.key}`).join(', ')
  return [[' ', span('also deletes ', 'removed'), names]]
}

function targetDetail(target: TargetView): readonly Line[] {
  const labels = Object.entries(target.labels).map(([name, value]) => `${name} ${value}`)
  const lines: Line[] = [
    [
      ' ',
      span(target.name, 'strong'),
      `  ${target.address}`,
      span(target.gateway === null ? '' : `  ${target.gateway}`, 'dim'),
    ],
    [
      ' ',
      span(
        [target.environment, ...labels, target.protected ? 'protected' : ''].filter(Boolean).join('   '),
        'dim',
      ),
    ],
  ]
  lines.push([
    ' ',
    span('found  ', 'dim'),
    ...(target.findings === null ? [span('not known', 'unknown')] : severityCounts(target.findings)),
  ])
  if (target.reach.state === 'failed') {
    lines.push([' ', span(target.reach.problem.message, 'unseen')])
    if (target.reach.problem.hint) lines.push([' ', span(target.reach.problem.hint, 'dim')])
  }
  for (const problem of target.manifestProblems) {
    const where = problem.place ? `${problem.place.file}:${problem.place.line}:${problem.place.column} ` : ''
    lines.push([' ', span(`${where}${problem.message}`, 'error')])
  }
  return lines
}
