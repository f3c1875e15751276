import type { Entity, EntityRef } from '../../model/entity.ts'
import { entityAt, type State } from '../../model/state/state.ts'
import type { Change } from '../drift/drift.ts'

interface After {
  readonly live: State
  readonly desired: State
  readonly state: State
}

const known = new WeakMap<readonly Change[], After>()

/**
 * What a gateway will hold once these changes are applied: creates and updates as the manifest wants them, deleted
 * entities gone with everything that the gateway deletes with them. Pure; `live` is not modified. The same changes
 * return the same state, so that what is computed from it is computed once.
 */
export function stateAfter(live: State, desired: State, changes: readonly Change[]): State {
  const before = known.get(changes)
  if (before?.live === live && before.desired === desired) return before.state
  const state = applied(live, desired, changes)
  known.set(changes, { live, desired, state })
  return state
}

function applied(live: State, desired: State, changes: readonly Change[]): State {
  const entities = new Map([...live.entities].map(([kind, byKey]) => [kind, new Map(byKey)]))
  const put = (entity: Entity): void => {
    const byKey = entities.get(entity.kind) ?? new Map<string, Entity>()
    entities.set(entity.kind, byKey)
    byKey.set(entity.key, entity)
  }
  const remove = ({ kind, key }: EntityRef): void => {
    entities.get(kind)?.delete(key)
  }
  // Deletes first: an entity that is recreated under another id is deleted and created.
  for (const change of changes) {
    if (change.operation !== 'delete') continue
    remove(change)
    for (const ref of change.cascades) remove(ref)
  }
  for (const change of changes) {
    if (change.operation === 'delete') continue
    const wanted = entityAt(desired, change)
    if (!wanted) continue
    const id = wanted.id ?? entityAt(live, change)?.id
    put(id === undefined ? wanted : { ...wanted, id })
  }
  return { ...live, entities }
}
