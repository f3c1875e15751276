import type { Kind, State } from '../../model/entity.ts'
import { unreadableKinds } from '../../model/masks.ts'
import type { Problem } from '../../model/problem.ts'
import { posture, type RoutePosture } from '../../providers/kong/posture/index.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import { notModelledHere, routerOf } from './traffic.ts'

const known = new WeakMap<State, ReadonlyMap<string, RoutePosture>>()

/**
 * What protects each route of a state, by the route's key; undefined where it can't be told, because routes,
 * services or plugins were not read completely.
 */
export function protectionOf(state: State): ReadonlyMap<string, RoutePosture> | undefined {
  if (protectionUnknown(state) !== null) return undefined
  const before = known.get(state)
  if (before) return before
  const router = routerOf(state)
  if (!router) return undefined
  const routes = posture(router).flatMap(each =>
    each.routeId === null ? [] : [[each.routeId, each] as const],
  )
  const result = new Map(routes)
  known.set(state, result)
  return result
}

/** The kinds that say what protects a route. */
const protecting: readonly Kind[] = ['route', 'service', 'plugin']

/** Whether a plan changes anything of which what protects routes hangs on. */
export function touchesRouting({ changes }: Pick<Plan, 'changes'>): boolean {
  return changes.some(({ kind }) => protecting.includes(kind))
}

/** Why it can't be told what protects routes and how requests are answered, a clause; null: it can. */
export function protectionUnknown(state: State): string | null {
  const unmodelled = notModelledHere(state)
  if (unmodelled !== null) return unmodelled
  const plural = (kind: Kind): string => state.kinds.pluralOf(kind)
  const missing = protecting.filter(kind => state.coverage.get(kind)?.state !== 'complete')
  if (missing.length > 0) return `${missing.map(plural).join(' and ')} could not be read completely`
  const unreadable = protecting.filter(kind => unreadableKinds(state).has(kind))
  if (unreadable.length === 0) return null
  return `values of ${unreadable.map(plural).join(' and ')} are masked, and not known here`
}

/** A gateway of whose requests nothing can be told, as a warning; undefined: its router is modelled. */
export function routerWarning(target: string, unmodelled: string | null): Problem | undefined {
  if (unmodelled === null) return undefined
  return {
    code: 'router-not-modelled',
    target,
    message: `what protects routes and how requests are answered is not known from here: ${unmodelled}`,
  }
}

/** The plugins that authenticate a route; empty: it is open; null: not known. */
export function authenticationOf(route: RoutePosture | undefined): readonly string[] | null {
  if (!route || route.authentication.state === 'unknown') return null
  return route.open ? [] : route.authentication.plugins.map(each => each.plugin)
}
