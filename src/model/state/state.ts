import type { Entity, EntityRef, EntitySet, Kind } from '../entity.ts'
import type { Routing } from '../routing/routing.ts'

/** What a gateway holds, or what manifests want of it: the entities of one target. Immutable. */
export interface State extends EntitySet {
  /** How its kind of gateway answers requests; absent: that is modelled of none of its gateways. */
  readonly routing?: Routing
}

/** Whether a kind was asked for and not seen completely, be it that it is absent. */
export function isIncomplete(state: Pick<State, 'coverage'>, kind: Kind): boolean {
  const coverage = state.coverage.get(kind)
  return coverage !== undefined && coverage.state !== 'complete'
}

/** All entities of one kind. */
export function entitiesOf(state: State, kind: Kind): readonly Entity[] {
  return [...(state.entities.get(kind)?.values() ?? [])]
}

/** The entity behind a reference, if it is there. */
export function entityAt(state: State, ref: EntityRef): Entity | undefined {
  return state.entities.get(ref.kind)?.get(ref.key)
}
