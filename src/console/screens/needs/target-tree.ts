import { causeColumns, causesByRank, causeWords } from '../../../reconcile/drift/causes.ts'
import {
  causeCount,
  countText,
  type FleetCount,
  findingCount,
  isPartlyKnown,
} from '../../../workflows/fleet/fleet-counts.ts'
import type { FleetView, TargetView } from '../../../workflows/fleet/fleet-view.ts'
import { secondsLeft } from '../../../workflows/reading/waits.ts'
import { columnWidths } from '../../components/columns.ts'
import { cell, type Line, type Span, span } from '../../components/line.ts'
import { plural } from '../../components/plural.ts'
import { ageText, agoText } from '../../store/age.ts'
import type { Role } from '../../theme/roles.ts'

/** One line of the tree: an environment, or a target in it. */
export type TreeRow =
  | {
      readonly type: 'environment'
      readonly key: string
      readonly name: string
      readonly production: boolean
      readonly summary: readonly (Span | string)[]
      readonly folded: boolean
    }
  | {
      readonly type: 'target'
      readonly key: string
      readonly target: TargetView
      readonly age: string
      readonly synced: string
      /** Such as `waits 12s`; empty: it isn't waiting. */
      readonly waits: string
    }

/** Whether the data of a target is current: a target that didn't answer last time shows old data. */
export function isStale(target: TargetView): boolean {
  return target.reach.state === 'failed'
}

/**
 * The tree, production first. Where not all rows have room, an environment is folded unless it is production;
 * a person may fold and unfold each.
 */
export function treeRows(
  fleet: FleetView,
  now: Date,
  toggled: ReadonlySet<string>,
  room: number,
): readonly TreeRow[] {
  const named = [...fleet.environments].reverse()
  const others = [...new Set(fleet.targets.map(target => target.environment))].filter(
    name => !named.includes(name),
  )
  const environments = [...named, ...others].sort(
    (a, b) => Number(fleet.production.includes(b)) - Number(fleet.production.includes(a)),
  )
  return environments.flatMap((name): readonly TreeRow[] => {
    const targets = fleet.targets.filter(target => target.environment === name)
    if (targets.length === 0) return []
    const production = fleet.production.includes(name)
    const open = production || fleet.targets.length + environments.length <= room
    const folded = toggled.has(name) ? open : !open
    return [
      {
        type: 'environment',
        key: `environment ${name}`,
        name,
        production,
        summary: summaryOf(targets, now),
        folded,
      },
      ...(folded ? [] : targets.map(target => targetRow(target, now))),
    ]
  })
}

function targetRow(target: TargetView, now: Date): TreeRow {
  return {
    type: 'target',
    key: `target ${target.name}`,
    target,
    age: target.readAt === null ? '?' : ageText(target.readAt, now),
    waits: target.waiting === null ? '' : `waits ${secondsLeft(target.waiting, now)} s`,
    synced: target.lastSync === null ? '-' : `${ageText(target.lastSync.at, now)} ${target.lastSync.by}`,
  }
}

function summaryOf(targets: readonly TargetView[], now: Date): readonly (Span | string)[] {
  const reading = targets.filter(target => target.reach.state === 'reading').length
  const failed = targets.filter(target => target.reach.state === 'failed').length
  const unknown = targets.filter(target => target.drift === null || isPartlyKnown(target)).length
  const exposed = targets.reduce(
    (sum, target) =>
      sum + (target.exposures ?? []).reduce((routes, exposure) => routes + exposure.routes.length, 0),
    0,
  )
  const parts: Span[] = []
  if (exposed > 0) parts.push(span(`${plural(exposed, 'route')} exposed`, 'exposed'))
  for (const cause of causesByRank) {
    const n = targets.reduce((sum, target) => sum + (causeCount(target, cause).n ?? 0), 0)
    const { tally, role } = causeWords[cause]
    if (n > 0) parts.push(span(`${n} ${tally}`, role))
  }
  const found = targets.reduce((sum, target) => sum + (findingCount(target).n ?? 0), 0)
  if (found > 0) parts.push(span(plural(found, 'finding'), 'findings'))
  if (parts.length === 0 && unknown === 0) parts.push(span('in sync', 'ok'))
  const partly = targets.filter(isPartlyKnown).length
  if (partly > 0) parts.push(span(`${partly} of ${targets.length} partly unknown`, 'unknown'))
  if (failed > 0) parts.push(span(`${failed} of ${targets.length} unseen`, 'unseen'))
  const oldest = targets
    .filter(target => target.reach.state === 'reached' && target.readAt !== null)
    .map(target => target.readAt?.getTime() ?? 0)
  if (oldest.length > 0)
    parts.push(
      span(
        `${oldest.length} of ${targets.length} read ${agoText(new Date(Math.min(...oldest)), now)}`,
        'dim',
      ),
    )
  if (reading > 0) parts.push(span(`${reading} being read`, 'dim'))
  return parts.flatMap((part, at) => (at === 0 ? [part] : [span(', ', 'dim'), part]))
}

const countColumns: readonly string[] = [...causeColumns.map(({ head }) => head), 'FIND']
const columnsFor = (width: number) => [
  { min: 10, max: width < 100 ? 12 : 20 },
  { min: 7, max: width < 100 ? 7 : 10 },
  { min: 5, max: 5 },
  ...countColumns.map(name => ({ min: name.length, max: name.length })),
  { min: 9, max: width < 100 ? 12 : 22 },
  { min: 8 },
]

/** The heads of the tree's columns. */
export function treeHeads(width: number): Line {
  const [target = 0, reach = 0, read = 0, ...rest] = columnWidths(columnsFor(width), width - 2)
  const counts = countColumns.map((name, at) => cell(name, rest[at] ?? 0, 'right'))
  return [
    span(
      [
        `  ${cell('TARGET', target)}`,
        cell('REACH', reach),
        cell('READ', read, 'right'),
        ...counts,
        cell(' LAST SYNC', rest[countColumns.length] ?? 0),
        'STATE',
      ].join(' '),
      'dim',
    ),
  ]
}

export function drawTreeRow(row: TreeRow, width: number): Line {
  if (row.type === 'environment') {
    const name = row.production
      ? [span('PROD', 'production'), span(row.name.toLowerCase() === 'prod' ? '' : ` ${row.name}`, 'strong')]
      : [span(row.name, 'strong')]
    return [span(row.folded ? '+' : '-', 'dim'), ...name, '  ', ...row.summary]
  }
  const { target, age, synced, waits } = row
  const [name = 0, reach = 0, read = 0, ...rest] = columnWidths(columnsFor(width + 1), width - 1)
  const stale = isStale(target)
  const numbers: readonly (readonly [FleetCount, Role])[] = [
    ...causeColumns.map(({ cause }) => [causeCount(target, cause), causeWords[cause].role] as const),
    [findingCount(target), 'findings'],
  ]
  const told = numbers.flatMap(([count, role], at): readonly (Span | string)[] => {
    const shown = countText(count)
    const text = cell(shown, rest[at] ?? 0, 'right')
    return [' ', span(text, shown === '?' ? 'unknown' : stale ? 'stale' : count.n === 0 ? 'dim' : role)]
  })
  return [
    ' ',
    cell(target.name, name),
    ' ',
    reachSpan(target, reach),
    ' ',
    span(
      cell(stale && target.readAt !== null ? `${age}!` : age, read, 'right'),
      stale ? 'stale' : target.readAt === null ? 'unknown' : 'text',
    ),
    ...told,
    ' ',
    cell(` ${synced}`, rest[countColumns.length] ?? 0),
    ' ',
    ...stateSpans(target, waits),
  ]
}

function reachSpan(target: TargetView, width: number): Span {
  if (target.reach.state === 'reading') return span(cell('reading', width), 'dim')
  if (target.reach.state === 'reached')
    return span(cell(`${Math.round(target.reach.milliseconds)}ms`, width), 'ok')
  return span(cell(target.reach.problem.code, width), 'unseen')
}

function stateSpans(target: TargetView, waits: string): readonly Span[] {
  const states: Span[] = waits === '' ? [] : [span(waits, 'unseen')]
  if (target.cutOff !== null)
    states.push(span(`cut off at ${target.cutOff.done} of ${target.cutOff.total}`, 'halfDone'))
  if (target.blocked !== null) states.push(span(target.blocked, 'halfDone'))
  if (target.manifestProblems.length > 0) states.push(span('manifest unreadable', 'error'))
  if (target.drift !== null && target.drift.unknown.length > 0)
    states.push(span(`${plural(target.drift.unknown.length, 'kind')} unknown`, 'unknown'))
  if (target.unmodelled !== null) states.push(span('router not modelled', 'unknown'))
  if (!target.checksCertificate) states.push(span('no TLS check', 'error'))
  if (target.protected) states.push(span('protected', 'protected'))
  return states.flatMap((state, at) => (at === 0 ? [state] : [span(', ', 'dim'), state]))
}
