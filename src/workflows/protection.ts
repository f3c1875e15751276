import type { State } from '../model/entity.ts'
import { posture, type RoutePosture } from '../posture/index.ts'
import { routerOf } from './traffic.ts'

const known = new WeakMap<State, ReadonlyMap<string, RoutePosture>>()

/**
 * What protects each route of a state, by the route's key; undefined where it can't be told, because routes,
 * services or plugins were not read completely.
 */
export function protectionOf(state: State): ReadonlyMap<string, RoutePosture> | undefined {
  const complete = ['route', 'service', 'plugin'].every(kind => state.coverage.get(kind)?.complete)
  if (!complete) return undefined
  const before = known.get(state)
  if (before) return before
  const routes = posture(routerOf(state)).flatMap(each =>
    each.routeId === null ? [] : [[each.routeId, each] as const],
  )
  const result = new Map(routes)
  known.set(state, result)
  return result
}

/** The plugins that authenticate a route; empty: it is open; null: not known. */
export function authenticationOf(route: RoutePosture | undefined): readonly string[] | null {
  if (!route || route.authentication.state === 'unknown') return null
  return route.open ? [] : route.authentication.plugins.map(each => each.plugin)
}
