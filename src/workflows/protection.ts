import type { Kind, State } from '../model/entity.ts'
import { posture, type RoutePosture } from '../posture/index.ts'
import { pluralOf } from '../reconcile/unknown-kinds.ts'
import { routerOf } from './traffic.ts'

const known = new WeakMap<State, ReadonlyMap<string, RoutePosture>>()

/**
 * What protects each route of a state, by the route's key; undefined where it can't be told, because routes,
 * services or plugins were not read completely.
 */
export function protectionOf(state: State): ReadonlyMap<string, RoutePosture> | undefined {
  if (protectionUnknown(state) !== null) return undefined
  const before = known.get(state)
  if (before) return before
  const routes = posture(routerOf(state)).flatMap(each =>
    each.routeId === null ? [] : [[each.routeId, each] as const],
  )
  const result = new Map(routes)
  known.set(state, result)
  return result
}

/** The kinds that say what protects a route. */
const protecting: readonly Kind[] = ['route', 'service', 'plugin']

/** Why it can't be told what protects routes and how requests are answered, a clause; null: it can. */
export function protectionUnknown(state: State): string | null {
  const missing = protecting.filter(kind => !state.coverage.get(kind)?.complete)
  if (missing.length === 0) return null
  return `${missing.map(pluralOf).join(' and ')} could not be read completely`
}

/** The plugins that authenticate a route; empty: it is open; null: not known. */
export function authenticationOf(route: RoutePosture | undefined): readonly string[] | null {
  if (!route || route.authentication.state === 'unknown') return null
  return route.open ? [] : route.authentication.plugins.map(each => each.plugin)
}
