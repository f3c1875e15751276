import { counted } from '../../model/counted.ts'
import type { EntityRef } from '../../model/entity.ts'
import { maskerOf } from '../../model/masking/masks.ts'
import type { PostureChange, RoutePosture } from '../../model/routing/posture.ts'
import type { Routing } from '../../model/routing/routing.ts'
import type { Change } from '../../reconcile/drift/drift.ts'
import { countChanges } from '../../reconcile/drift/drift.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import { guardedDeletions } from '../../reconcile/plan/plan-guards.ts'
import { stateAfter } from '../../reconcile/plan/state-after.ts'
import type { Compared } from '../reading/compare-target.ts'
import type { DescribedRequest } from './described-requests.ts'
import { exposuresOf } from './exposures.ts'
import type { PlanMeaning } from './plan-view.ts'
import { protectionOf, protectionUnknown, touchesRouting } from './protection.ts'
import { notModelledHere, trafficBetween, trafficLines } from './traffic.ts'

/** What a plan means for protection and requests, before anything is sent. Pure. */
export function meaningOf(
  compared: Compared,
  plan: Plan,
  described: readonly DescribedRequest[] = [],
  { findings = null, sealedTo = null }: Partial<Pick<PlanMeaning, 'findings' | 'sealedTo'>> = {},
): PlanMeaning {
  const { drift, desired, live } = compared
  const after = stateAfter(live, desired, plan.changes)
  const before = protectionOf(live)
  const then = protectionOf(after)
  const compares =
    (before && then && live.routing?.comparePosture([...before.values()], [...then.values()])) ?? []
  const [was, is] = [maskerOf(live), maskerOf(after)]
  const posture = compares.map(each => ({ ...each, before: was(each.before), after: is(each.after) }))
  // What is unknown counts as lost.
  const told = before !== undefined && then !== undefined
  const weaker =
    (!told && (notModelledHere(after) === null || touchesRouting(plan, live))) ||
    posture.some(each => each.effect === 'weaker')
  const requests = described.map(each => each.request)
  const traffic = before && then && trafficBetween(live, after, requests)
  const deletes = countChanges(plan.changes).delete > 0 || plan.cascades.length > 0
  const guarded = guardedDeletions({ drift, desired, live, taken: plan.changes, cascades: plan.cascades })
  return {
    unknown: protectionUnknown(after),
    posture: postureLines(posture, plan.changes, then ?? new Map(), live.routing),
    reaches: reachesText(plan),
    traffic: traffic && before && then ? trafficLines(traffic, plan.changes, live.routing) : [],
    onlyTheFix: fixOf(compared, plan),
    confirmByName:
      compared.target.protected && plan.steps.length > 0 && (deletes || weaker || plan.unknown !== undefined),
    guarded: guarded ?? null,
    sealedTo,
    findings,
  }
}

/** Such as `45 changes: 39 routes, 3 plugins`. */
export function reachesText(plan: Plan): string {
  const n = plan.changes.length
  return `${counted(n, 'change')}: ${countKinds(plan.changes) || 'nothing'}`
}

/** The changes that are enough to close what is exposed, with all that they need. */
function fixOf(compared: Compared, plan: Plan): readonly string[] {
  const byId = new Map(plan.changes.map(change => [change.id, change]))
  const fix = new Set<string>()
  const take = (id: string): void => {
    const change = byId.get(id)
    if (!change || fix.has(id)) return
    fix.add(id)
    for (const need of change.needs) take(need)
  }
  for (const exposure of exposuresOf(compared) ?? []) for (const id of exposure.changes) take(id)
  return [...fix]
}

type Line = PlanMeaning['posture'][number]

/** One line for all routes that change alike, losses first. */
function postureLines(
  posture: readonly PostureChange[],
  changes: readonly Change[],
  routes: ReadonlyMap<string, RoutePosture>,
  routing: Routing | undefined,
): readonly Line[] {
  const alike = Map.groupBy(posture, each => `${each.aspect}\n${each.before}\n${each.after}`)
  const index = scopeIndex(changes, routing)
  const lines = [...alike.values()].flatMap((group): readonly Line[] => {
    const [first] = group
    if (!first) return []
    const names = group.map(each => each.routeName ?? each.routeId ?? '?')
    const who = names.length <= 2 ? names.join(', ') : `${names.length} routes`
    return [
      {
        text: `${who} ${sentence(first)}`,
        weaker: first.effect === 'weaker',
        changes: [...new Set(group.flatMap(each => actingOn(each, routes, index)))],
      },
    ]
  })
  return [...lines.filter(line => line.weaker), ...lines.filter(line => !line.weaker)]
}

function sentence(change: PostureChange): string {
  const { aspect, before, after, effect, factor } = change
  if (aspect === 'authentication') {
    if (effect === 'stronger')
      return after === 'no route' ? 'no longer open: the route goes' : `protected: ${before} → ${after}`
    if (effect === 'weaker')
      return before === 'no route' ? `new and open: ${after}` : `LOSES AUTHENTICATION: ${before} → ${after}`
  }
  const times =
    factor === null || factor === 1
      ? ''
      : Number.isFinite(factor)
        ? factor > 1
          ? `, ${short(factor)}x weaker`
          : `, ${short(1 / factor)}x stricter`
        : ', no limit any more'
  return `${aspect} ${before} → ${after}${times}`
}

function short(factor: number): string {
  return factor >= 10 ? String(Math.round(factor)) : factor.toFixed(1).replace(/\.0$/, '')
}

/** What routes and services themselves define, without plugins. */
const ownAspects: ReadonlySet<PostureChange['aspect']> = new Set([
  'TLS',
  'upstream TLS',
  'hosts',
  'reachability',
])

/** A change, and whether it affects a protection or what is protected. */
interface ActingChange {
  readonly change: Change
  readonly isProtection: boolean
}

/** Changes by what they act on: `route payouts-list`, `service payouts`, `(global)`. */
type ScopeIndex = ReadonlyMap<string, readonly ActingChange[]>

function scopeIndex(changes: readonly Change[], routing: Routing | undefined): ScopeIndex {
  const index = new Map<string, ActingChange[]>()
  for (const change of changes) {
    const acting = routing?.actsOn(change)
    for (const scope of acting?.on ?? []) {
      const item = { change, isProtection: acting?.protection !== null }
      const there = index.get(scope)
      if (there) there.push(item)
      else index.set(scope, [item])
    }
  }
  return index
}

/** The changes that bring about a change of posture. */
function actingOn(
  posture: PostureChange,
  routes: ReadonlyMap<string, RoutePosture>,
  index: ScopeIndex,
): readonly string[] {
  const service = routes.get(posture.routeId ?? '')?.serviceId
  const scopes = ['(global)', `route ${posture.routeId}`, `service ${service}`]
  return scopes
    .flatMap(scope => index.get(scope) ?? [])
    .filter(
      // A route's own fields don't affect what its plugins do, unless the route is created or deleted.
      ({ change, isProtection }) =>
        isProtection || ownAspects.has(posture.aspect) || change.operation !== 'update',
    )
    .map(({ change }) => change.id)
}

/** References in words, such as `2 credentials, 1 plugin`. */
export function countKinds(refs: readonly EntityRef[]): string {
  const counts = new Map<string, number>()
  for (const ref of refs) counts.set(ref.kind, (counts.get(ref.kind) ?? 0) + 1)
  return [...counts].map(([kind, n]) => counted(n, kind)).join(', ')
}
