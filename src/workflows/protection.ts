import type { State } from '../model/entity.ts'

/** The plugins that authenticate each route, by the route's key; undefined where plugins could not be read. */
export function authenticationByRoute(state: State): ReadonlyMap<string, readonly string[]> | undefined {
  return state.coverage.get('plugin')?.complete ? new Map() : undefined
}
