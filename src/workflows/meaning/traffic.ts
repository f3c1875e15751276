import { maskerOf } from '../../model/masking/masks.ts'
import type { ProxyRequest } from '../../model/routing/request.ts'
import type { Router, Routing } from '../../model/routing/routing.ts'
import type { TrafficGroup } from '../../model/routing/traffic-group.ts'
import { entitiesOf, type State } from '../../model/state/state.ts'
import type { Change } from '../../reconcile/drift/drift.ts'
import type { PlanMeaning } from './plan-view.ts'

/** Whether states are unknown regardless of how they were read: their entities are examined once. */
const unmodelled = new WeakMap<State, { readonly why: string | null }>()

/**
 * Why the routing model can't evaluate a state, as a clause; null: it can. Manifests alone name no gateway, and may
 * hold what only an unmodelled gateway accepts.
 */
export function notModelledHere(state: State): string | null {
  if (state.unmodelled !== undefined) return state.unmodelled
  const { routing } = state
  if (!routing) return noModel
  const known = unmodelled.get(state) ?? { why: routing.notModelled(kind => entitiesOf(state, kind)) }
  unmodelled.set(state, known)
  return known.why
}

/** Why nothing is reported about requests for a kind of gateway without a model. */
export const noModel = 'gatewatch has no model of how this kind of gateway answers them'

/** The routing model of a state; undefined: it has none, for the reason that `notModelledHere` returns. */
export function routerOf(state: State): Router | undefined {
  return notModelledHere(state) === null ? state.routing?.of(state) : undefined
}

/**
 * The requests that two states answer differently: the routes' own paths of both, and those of an access log or
 * specification if given. Worst first; empty if nothing differs; null if unknown.
 */
export function trafficBetween(
  before: State,
  after: State,
  more: readonly ProxyRequest[] = [],
): readonly TrafficGroup[] | null {
  if (!routerOf(before) || !routerOf(after)) return null
  const groups = after.routing?.traffic(before, after, more) ?? []
  return groups.map(group => withoutMasked(group, before, after))
}

/** A group whose words and requests contain nothing that either state masks. */
function withoutMasked(group: TrafficGroup, before: State, after: State): TrafficGroup {
  const [was, is] = [maskerOf(before), maskerOf(after)]
  const masked = (text: string): string => was(is(text))
  return {
    ...group,
    before: masked(group.before),
    after: masked(group.after),
    requests: group.requests.map(request => ({
      ...request,
      host: masked(request.host),
      path: masked(request.path),
    })),
  }
}

/** A request as people write it: `GET api.pay.example/disputes`. */
export function requestText(request: ProxyRequest): string {
  return `${request.method} ${request.host}${request.path}`
}

const words: Readonly<Record<TrafficGroup['change'], string>> = {
  'authentication lost': 'LOSES AUTHENTICATION',
  'no route': 'now 404, no route',
  refused: 'refused now',
  'limit weaker': 'weaker limit',
  unreachable: 'unreachable, another route always wins',
  'upstream changed': 'another upstream',
  'route changed': 'another route, same upstream',
  answered: 'answered now',
  'limit stricter': 'stricter limit',
  'authentication gained': 'gains authentication',
}

/** How many requests a line names before it only counts. */
const named = 3

/** Traffic for a review: a line for each way in which answers change. */
export function trafficLines(
  groups: readonly TrafficGroup[],
  changes: readonly Change[],
  routing: Routing | undefined,
): PlanMeaning['traffic'] {
  // The same change on several routes is one line.
  const alike = Map.groupBy(groups, group => JSON.stringify([group.change, ...withoutRoute(group)]))
  const index = changesByRoute(changes, routing)
  return [...alike.values()].flatMap(same => {
    const [first] = same
    if (!first) return []
    const requests = same.flatMap(group => group.requests)
    const routes = same.flatMap(group => group.routes.map(route => route.id ?? route.name))
    const shown = requests.slice(0, named).map(requestText)
    const more = requests.length > named ? ` and ${requests.length - named} more` : ''
    const [before, after] = withoutRoute(first)
    const what = shown.length > 0 ? shown.join(', ') : routes.join(', ')
    return [
      {
        text: `${what}${more} ${words[first.change]}: ${before} → ${after}`,
        worse: first.worse,
        changes: [...new Set(routes.flatMap(route => index.get(route ?? '') ?? []))],
      },
    ]
  })
}

/** The ids of the changes to routes and to what protects only them, by the route's key. */
function changesByRoute(
  changes: readonly Change[],
  routing: Routing | undefined,
): ReadonlyMap<string, readonly string[]> {
  const index = new Map<string, string[]>()
  for (const change of changes) {
    const [scope = '', more] = routing?.actsOn(change)?.on ?? []
    if (more !== undefined || !scope.startsWith(routeScope)) continue
    const route = scope.slice(routeScope.length)
    const there = index.get(route)
    if (there) there.push(change.id)
    else index.set(route, [change.id])
  }
  return index
}

const routeScope = 'route '

/** Both sides in words; the route's name is left out where it is the same on both. */
function withoutRoute({ before, after }: TrafficGroup): readonly [string, string] {
  const [, route, was] = /^route ([^:]+): (.*)$/.exec(before) ?? []
  const [, still, is] = /^route ([^:]+): (.*)$/.exec(after) ?? []
  return route !== undefined && route === still && was !== undefined && is !== undefined
    ? [was, is]
    : [before, after]
}
