import type { Kind } from '../../model/entity.ts'
import { unreadableKinds } from '../../model/masking/masks.ts'
import type { Problem } from '../../model/problem.ts'
import type { RoutePosture } from '../../model/routing/posture.ts'
import type { State } from '../../model/state/state.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import { notModelledHere } from './traffic.ts'

const known = new WeakMap<State, ReadonlyMap<string, RoutePosture>>()

/**
 * What protects each route of a state, by the route's key; undefined if unknown, because routes, services or plugins
 * were not read completely.
 */
export function protectionOf(state: State): ReadonlyMap<string, RoutePosture> | undefined {
  if (protectionUnknown(state) !== null) return undefined
  const before = known.get(state)
  if (before) return before
  const { routing } = state
  if (!routing) return undefined
  const routes = routing
    .posture(state)
    .flatMap(each => (each.routeId === null ? [] : [[each.routeId, each] as const]))
  const result = new Map(routes)
  known.set(state, result)
  return result
}

/**
 * Whether a plan changes anything that the protection of routes depends on; false for a gateway whose protection is
 * unknown.
 */
export function touchesRouting({ changes }: Pick<Plan, 'changes'>, { routing }: State): boolean {
  return changes.some(({ kind }) => routing?.protecting.includes(kind) ?? false)
}

/** Why it is unknown what protects routes and how requests are answered, as a clause; null: it is known. */
export function protectionUnknown(state: State): string | null {
  const unmodelled = notModelledHere(state)
  if (unmodelled !== null) return unmodelled
  const protecting = state.routing?.protecting ?? []
  const plural = (kind: Kind): string => state.kinds.pluralOf(kind)
  const missing = protecting.filter(kind => state.coverage.get(kind)?.state !== 'complete')
  if (missing.length > 0) return `${missing.map(plural).join(' and ')} could not be read completely`
  const unreadable = protecting.filter(kind => unreadableKinds(state).has(kind))
  if (unreadable.length === 0) return null
  return `values of ${unreadable.map(plural).join(' and ')} are masked, and unknown here`
}

/**
 * A warning for a gateway whose router isn't modelled, so that nothing is known about its requests; undefined: it is
 * modelled.
 */
export function routerWarning(target: string, unmodelled: string | null): Problem | undefined {
  if (unmodelled === null) return undefined
  return {
    code: 'router-not-modelled',
    target,
    message: `what protects routes and how requests are answered is not known from here: ${unmodelled}`,
  }
}

/** The plugins that authenticate a route; empty: it is open; null: unknown. */
export function authenticationOf(route: RoutePosture | undefined): readonly string[] | null {
  if (!route || route.authentication.state === 'unknown') return null
  return route.open ? [] : route.authentication.plugins.map(each => each.plugin)
}
