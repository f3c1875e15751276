import { counts } from '../../governance/finding.ts'
import { holderText } from '../../ledger/locks/lock-holder.ts'
import { counted } from '../../model/counted.ts'
import { problemText } from '../../model/problem.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import { causesByRank, causeWords } from '../../reconcile/drift/causes.ts'
import type { Change, Unknown } from '../../reconcile/drift/drift.ts'
import type { Exposure } from '../meaning/exposure.ts'
import type { CutOffView } from '../reading/unrecorded.ts'
import { processText } from '../syncing/sync-outcome.ts'
import type { FleetView, Need, TargetView } from './fleet-view.ts'
import { type NeedKind, needNames } from './need-kinds.ts'
import { timeText } from './time-text.ts'

/**
 * What needs a person: production before the rest, then by kind, then by how many routes are affected, then the
 * newest. Pure.
 */
export function needsOf(fleet: FleetView, now: Date): readonly Need[] {
  return fleet.targets
    .flatMap(target => needsOfTarget(target, fleet, now))
    .sort(
      (a, b) =>
        Number(b.production) - Number(a.production) ||
        needNames.indexOf(a.kind) - needNames.indexOf(b.kind) ||
        b.routesAffected - a.routesAffected ||
        (b.since?.getTime() ?? 0) - (a.since?.getTime() ?? 0),
    )
}

function needsOfTarget(target: TargetView, fleet: FleetView, now: Date): readonly Need[] {
  const production = fleet.production.includes(target.environment)
  const common = { target: target.name, production }
  const needs: Need[] = []
  const changes = target.drift?.changes ?? []
  const explained = new Set<string>()
  for (const exposure of target.exposures ?? []) {
    for (const id of exposure.changes) explained.add(id)
    needs.push({ ...common, ...exposedNeed(exposure, changes) })
  }
  const { lastSync, cutOff } = target
  if (cutOff) needs.push({ ...common, ...cutOffNeed(cutOff, target, changes) })
  else if (lastSync && lastSync.done < lastSync.total) {
    needs.push({
      ...common,
      kind: 'half-done',
      title: `sync stopped at ${lastSync.done} of ${lastSync.total}`,
      since: lastSync.at,
      who: lastSync.by,
      routesAffected: 0,
      details: [{ label: 'left', text: `${changes.length} changes still differ` }],
      changes: changes.map(change => change.id),
    })
  }
  if (target.reach.state === 'failed') needs.push({ ...common, ...unseenNeed(target, now) })
  for (const problem of target.manifestProblems) {
    needs.push({
      ...common,
      kind: 'unseen',
      title: 'manifest can’t be read',
      since: null,
      who: problem.place ? `${problem.place.file}:${problem.place.line}` : '',
      routesAffected: 0,
      details: [{ label: 'problem', text: problemText(problem) }],
      changes: [],
    })
  }
  if (target.drift && target.drift.unknown.length > 0)
    needs.push({ ...common, ...unknownNeed(target, target.drift.unknown, fleet.kinds) })
  if (target.drift?.causesUnknown) {
    needs.push({
      ...common,
      kind: 'unseen',
      title: 'ledger can’t be read, so causes are unknown',
      since: null,
      who: '',
      routesAffected: 0,
      details: [{ label: 'problem', text: problemText(target.drift.causesUnknown) }],
      changes: [],
    })
  }
  // What a sync left behind is reported with that sync.
  const isTold = (change: Change): boolean =>
    cutOff?.sync === change.cutOff?.sync && change.cause === 'cut off'
  const rest = changes.filter(change => !explained.has(change.id) && !isTold(change))
  needs.push(...causeNeeds(common, rest, fleet.kinds), ...findingsNeed(common, target, fleet.kinds))
  return needs
}

const lockStates = { alive: 'runs', dead: 'is dead', unknown: 'can’t be seen from here' } as const

function cutOffNeed(
  { at, by, process, done, unknown, notSent, total }: CutOffView,
  { drift, lock }: TargetView,
  changes: readonly Change[],
): Omit<Need, 'target' | 'production'> {
  const where = processText(process)
  const asLeft = changes.filter(change => change.cause === 'cut off').length
  const left = drift
    ? `${changes.length} changes still differ${asLeft > 0 ? `, ${asLeft} of them as it left them` : ''}`
    : 'what differs is unknown'
  return {
    kind: 'half-done',
    title: `sync cut off at ${done} of ${total}: ${unknown} unknown, ${notSent} not sent`,
    since: at,
    who: by,
    routesAffected: 0,
    details: [
      {
        label: 'known',
        text: `${done} took effect, ${unknown} were sent with an unknown outcome, ${notSent} were not sent`,
      },
      ...(where === '' ? [] : [{ label: 'process', text: where }]),
      { label: 'lock', text: lock ? `${holderText(lock)}, which ${lockStates[lock.process]}` : 'free' },
      { label: 'left', text: left },
    ],
    changes: changes.map(change => change.id),
  }
}

/** Findings that fail a check, except those that an exposure already reports. */
function findingsNeed(
  common: { readonly target: string; readonly production: boolean },
  { findings, exposures }: TargetView,
  kinds: Kinds,
): readonly Need[] {
  const exposed = new Set(exposures?.flatMap(exposure => exposure.routes))
  const told = (findings ?? []).filter(
    finding =>
      counts(finding, 'error') && !(kinds.facetOf(finding.kind) === 'route' && exposed.has(finding.name)),
  )
  const [first] = told
  if (!first) return []
  const rules = [...new Set(told.map(finding => finding.rule))]
  return [
    {
      ...common,
      kind: 'findings',
      title:
        told.length === 1 ? `${first.name}: ${first.rule}` : `${told.length} findings: ${rules.join(', ')}`,
      since: null,
      who: '',
      routesAffected: told.filter(finding => kinds.facetOf(finding.kind) === 'route').length,
      details: told.slice(0, 4).map(({ severity, kind, name, message, place }) => ({
        label: severity,
        text: `${kind} ${name}: ${message}${place ? `  ${place.file}:${place.line}` : ''}`,
      })),
      changes: [],
    },
  ]
}

function exposedNeed(exposure: Exposure, changes: readonly Change[]): Omit<Need, 'target' | 'production'> {
  const n = exposure.routes.length
  const sources = changes.filter(change => exposure.changes.includes(change.id) && change.source)
  const details = [
    { label: 'open', text: `${exposure.routes.join(', ')}: ${exposure.what}` },
    ...(exposure.requests.length > 0 ? [{ label: 'open to', text: exposure.requests.join('  ') }] : []),
    ...(sources.length > 0 ? [{ label: 'Git has it', text: sourcesText(sources) }] : []),
    ...(exposure.since
      ? [{ label: 'since', text: `after ${timeText(exposure.since)}, when it was last seen closed` }]
      : []),
  ]
  return {
    kind: 'exposed',
    title: `${counted(n, 'route')} ${exposure.what.startsWith('no ') ? 'without authentication' : `lost ${exposure.what.split(' ')[1] ?? 'authentication'}`}`,
    since: exposure.since,
    who: exposure.who ?? 'who unknown',
    routesAffected: n,
    details,
    changes: exposure.changes,
  }
}

/** Where changes are in Git, grouped by commit: `kong/a.yaml:3, kong/b.yaml:9  a1b2c3d mira`. */
function sourcesText(changes: readonly Change[]): string {
  const byCommit = Map.groupBy(changes, ({ commit }) =>
    commit ? `  ${commit.commit.slice(0, 7)} ${commit.author}` : '',
  )
  return [...byCommit]
    .map(([commit, group]) => {
      const places = group.flatMap(({ source }) => (source ? [`${source.file}:${source.line}`] : []))
      return `${places.slice(0, 3).join(', ')}${commit}`
    })
    .join('; ')
}

function unseenNeed(target: TargetView, now: Date): Omit<Need, 'target' | 'production'> {
  const problem = target.reach.state === 'failed' ? target.reach.problem : undefined
  const attempts = target.reach.state === 'failed' ? target.reach.attempts : 0
  const age = target.readAt ? `last read ${timeText(target.readAt)}` : 'never read'
  return {
    kind: 'unseen',
    title: `no answer, ${age}`,
    since: target.readAt,
    who: `${problem?.code ?? 'no answer'}, try ${attempts}`,
    routesAffected: 0,
    details: problem
      ? [
          { label: 'problem', text: problemText(problem) },
          { label: 'as of', text: timeText(now) },
        ]
      : [],
    changes: [],
  }
}

/** What could not be read of a target that answers. */
function unknownNeed(
  { exposures }: TargetView,
  unknown: readonly Unknown[],
  kinds: Kinds,
): Omit<Need, 'target' | 'production'> {
  const plurals = [...new Set(unknown.map(({ kind }) => kinds.pluralOf(kind)))]
  const shown =
    plurals.length > 3
      ? `${plurals.slice(0, 2).join(', ')} and ${plurals.length - 2} more`
      : plurals.join(', ')
  const codes = [...new Set(unknown.map(({ reason }) => reason.code))]
  return {
    kind: 'unseen',
    title: `not known: ${shown}`,
    since: null,
    who: codes.join(', '),
    routesAffected: 0,
    details: [
      ...(exposures === null ? [{ label: 'open', text: 'not known' }] : []),
      ...unknown.slice(0, 4).map(({ kind, reason }) => ({ label: kind, text: problemText(reason) })),
    ],
    changes: [],
  }
}

function causeNeeds(
  common: { readonly target: string; readonly production: boolean },
  changes: readonly Change[],
  kinds: Kinds,
): readonly Need[] {
  return causesByRank.flatMap((cause): Need[] => {
    const { need } = causeWords[cause]
    if (!need) return []
    const { kind, words } = need
    const group = changes.filter(change => change.cause === cause)
    const [first] = group
    if (!first) return []
    const single = group.length === 1
    return [
      {
        ...common,
        kind,
        title: single ? oneTitle(first) : `${group.length} ${words}`,
        since: newest(group, kind),
        who: whoOf(group, kind),
        routesAffected: group.filter(change => kinds.facetOf(change.kind) === 'route').length,
        details: group
          .slice(0, 4)
          .map(change => ({ label: change.operation, text: `${change.kind} ${change.name}` })),
        changes: group.map(change => change.id),
      },
    ]
  })
}

function oneTitle(change: Change): string {
  const [field] = change.fields
  const short = (value: unknown): string => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return text !== undefined && text.length <= 16 ? text : '…'
  }
  if (change.operation !== 'update' || !field) {
    const verb = change.operation === 'create' ? 'does not exist' : 'is in no manifest'
    return `${change.kind} ${change.name} ${verb}`
  }
  const more = change.fields.length > 1 ? ` and ${change.fields.length - 1} more` : ''
  return `${change.name} ${field.path} ${short(field.git)}/${short(field.live)}${more}`
}

/** When it happened: at the gateway for live edits, in Git for what waits there. */
function newest(changes: readonly Change[], kind: NeedKind): Date | null {
  const times = changes.flatMap(change => {
    if (kind === 'ahead') return change.commit ? [Date.parse(change.commit.at)] : []
    return change.liveUpdatedAt === undefined ? [] : [change.liveUpdatedAt * 1000]
  })
  return times.length === 0 ? null : new Date(Math.max(...times))
}

function whoOf(changes: readonly Change[], kind: NeedKind): string {
  const authors = [...new Set(changes.flatMap(change => change.commit?.author ?? []))]
  if (kind === 'edited') return 'who unknown'
  if (kind === 'conflict') return [...authors.slice(0, 1), 'live'].join(' + ')
  return authors.slice(0, 2).join(', ')
}
