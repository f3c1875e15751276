import type { Api } from '../../model/api.ts'
import type { Json } from '../../model/json.ts'
import { problemText } from '../../model/problem.ts'
import { causeColumns } from '../../reconcile/drift/causes.ts'
import { countChanges } from '../../reconcile/drift/drift.ts'
import {
  causeCount,
  countText,
  findingCount,
  isPartlyKnown,
  openCount,
} from '../../workflows/fleet/fleet-counts.ts'
import type { FleetView, Need, TargetView } from '../../workflows/fleet/fleet-view.ts'
import { needKinds } from '../../workflows/fleet/need-kinds.ts'
import type { InventoryGap } from '../../workflows/meaning/inventory-gaps.ts'
import { describedJson } from './described-text.ts'
import { findingJson } from './findings-text.ts'
import { ageText, aligned, counted, type Paint, plain } from './text-parts.ts'

/** The fleet for people: what needs someone, then the targets. */
export function fleetText(fleet: FleetView, needs: readonly Need[], paint: Paint, now: Date): string {
  const { origin } = fleet
  const commit = origin.commit ? `${origin.branch ?? ''}@${origin.commit.slice(0, 7)}` : 'no commit'
  const edited = origin.edited > 0 ? ` +${origin.edited}` : ''
  const lines = [`${paint('bold', plain(fleet.name))}  ${plain(commit)}${edited}`, '']
  lines.push(needs.length === 0 ? 'NEEDS YOU  nothing' : `NEEDS YOU  ${needs.length}`)
  const told = aligned(
    needs.map(need => [
      `  ${paint(need.kind === 'exposed' ? 'red' : 'yellow', needKinds[need.kind].word)}`,
      plain(need.target),
      plain(need.title),
      need.since ? ageText(need.since, now) : '',
      plain(need.who),
    ]),
  )
  for (const [i, need] of needs.entries()) {
    lines.push(told[i] ?? '')
    // A person first needs to know who left it unfinished, and whether it is still running.
    if (need.kind !== 'half-done') continue
    for (const { label, text } of need.details)
      lines.push(`             ${plain(label.padEnd(8))} ${plain(text)}`)
  }
  lines.push('')
  const rows = [
    [
      'TARGET',
      'ENVIRONMENT',
      'REACH',
      ...causeColumns.map(({ head }) => head),
      'OPEN',
      'FIND',
      'LAST SYNC',
      'STATE',
    ],
    ...fleet.targets.map(target => targetCells(target, now)),
  ]
  lines.push(...aligned(rows))
  return `${lines.join('\n')}\n`
}

function targetCells(target: TargetView, now: Date): readonly string[] {
  const reach =
    target.reach.state === 'reached'
      ? `${target.reach.milliseconds}ms`
      : target.reach.state === 'failed'
        ? plain(target.reach.problem.code)
        : '…'
  // The ledger, which is read with the target, says whether there was one.
  const never = target.drift === null || target.drift.causesUnknown ? '?' : 'never'
  const last = target.lastSync ? `${ageText(target.lastSync.at, now)} ${plain(target.lastSync.by)}` : never
  const states =
    target.manifestProblems.length > 0
      ? ['manifest can’t be read']
      : [plain(target.blocked ?? (target.protected ? 'protected' : ''))].filter(text => text !== '')
  if (target.drift && isPartlyKnown(target))
    states.unshift(`${counted(target.drift.unknown.length, 'kind')} unknown`)
  if (target.cutOff) states.push(`cut off at ${target.cutOff.done} of ${target.cutOff.total}`)
  if (target.unmodelled !== null) states.push('router not modelled')
  if (!target.checksCertificate) states.push('certificate not checked')
  return [
    plain(target.name),
    plain(target.environment),
    reach,
    ...causeColumns.map(({ cause }) => countText(causeCount(target, cause))),
    countText(openCount(target)),
    countText(findingCount(target)),
    last,
    states.filter(state => state !== '').join(', '),
  ]
}

/** The fleet for programs. */
export function fleetJson(fleet: FleetView, needs: readonly Need[]): Json {
  return {
    name: fleet.name,
    origin: { ...fleet.origin },
    needs: needs.map(need => ({
      kind: need.kind,
      target: need.target,
      title: need.title,
      since: need.since?.toISOString() ?? null,
      who: need.who,
      routesAffected: need.routesAffected,
      changes: [...need.changes],
    })),
    targets: fleet.targets.map(target => ({
      name: target.name,
      environment: target.environment,
      protected: target.protected,
      checksCertificate: target.checksCertificate,
      labels: { ...target.labels },
      address: target.address,
      gateway: target.gateway,
      reach: target.reach.state,
      problem: target.reach.state === 'failed' ? problemText(target.reach.problem) : null,
      readAt: target.readAt?.toISOString() ?? null,
      // What could not be read of it: the numbers below don't include it.
      unknown:
        target.drift?.unknown.map(({ kind, reason }) => ({ kind, reason: problemText(reason) })) ?? null,
      summary: target.drift ? { ...countChanges(target.drift.changes) } : null,
      findings: target.findings?.map(findingJson) ?? null,
      unmodelled: target.unmodelled,
      open: target.exposures?.flatMap(exposure => [...exposure.routes]) ?? null,
      lastSync: target.lastSync ? { ...target.lastSync, at: target.lastSync.at.toISOString() } : null,
      cutOff: target.cutOff
        ? {
            ...target.cutOff,
            at: target.cutOff.at.toISOString(),
            process: target.cutOff.process && { ...target.cutOff.process },
          }
        : null,
      lock: target.lock ? { ...target.lock } : null,
      blocked: target.blocked,
      manifestProblems: target.manifestProblems.map(problemText),
    })),
  }
}

/** The inventory for people. */
export function inventoryText(apis: readonly Api[], unread: readonly InventoryGap[], paint: Paint): string {
  const rows = apis.map(api => [
    plain(api.target),
    plain(api.service ?? '-'),
    plain(api.route ?? '(no route)'),
    plain(api.methods.join(',') || (api.expression === null ? 'any' : '?')),
    plain(api.expression ?? (`${api.hosts.join(',')}${api.paths.join(',')}` || '-')),
    api.authentication === null
      ? '?'
      : api.authentication.length === 0
        ? paint('red', 'open')
        : plain(api.authentication.join(',')),
    api.managed === null ? '?' : api.managed ? 'in Git' : paint('yellow', 'not in Git'),
    plain(specificationText(api)),
    api.unreachable === null ? '' : paint('yellow', `unreachable: ${plain(api.unreachable)}`),
  ])
  const lines = aligned([
    [
      'TARGET',
      'SERVICE',
      'ROUTE',
      'METHODS',
      'HOSTS AND PATHS',
      'AUTHENTICATION',
      'MANAGED',
      'SPECIFICATION',
    ],
    ...rows,
  ])
  const missing = unread.map(
    ({ target, what, reason }) =>
      `${plain(target)}: ${what === null ? '' : `${what} `}not known, ${plain(reason)}`,
  )
  return `${[...lines, ...missing, counted(apis.length, 'row')].join('\n')}\n`
}

function specificationText({ specification }: Api): string {
  return specification ? `${specification.place.file}:${specification.place.line}` : '-'
}

/** The inventory for programs. */
export function inventoryJson(apis: readonly Api[], unread: readonly InventoryGap[]): Json {
  return {
    apis: apis.map(api => ({
      ...api,
      hosts: [...api.hosts],
      paths: [...api.paths],
      methods: [...api.methods],
      protocols: [...api.protocols],
      tags: [...api.tags],
      authentication: api.authentication ? [...api.authentication] : null,
      specification: api.specification && describedJson(api.specification),
    })),
    unknown: unread.map(each => ({ ...each })),
  }
}
