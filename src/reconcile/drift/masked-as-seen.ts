import { type Entity, type EntityRef, type Kind, refText } from '../../model/entity.ts'
import type { JsonObject } from '../../model/json.ts'
import { fieldsMaskedLike, maskedLike } from '../../model/masking/masks.ts'
import type { SecretSink } from '../../model/masking/secret-marks.ts'
import { entityAt, type State } from '../../model/state/state.ts'
import type { Plan } from '../plan/plan.ts'
import type { Base } from './base.ts'
import { asApplied } from './changes.ts'
import type { Change } from './drift.ts'
import { valueAt, withValueAt } from './fields.ts'

/**
 * A target with the values masked that came from variables when they were last applied: for entities that are in no
 * manifest any more, and for those that changes touch, since a value that is literal now wasn't always.
 */
export function maskedAsApplied(
  { live, desired }: { readonly live: State; readonly desired: State },
  changes: readonly Change[],
  base: Base,
  secrets: SecretSink,
): State {
  let entities: Map<Kind, Map<string, Entity>> | undefined
  const mask = (entity: Entity | undefined): void => {
    const masked = entity && asApplied(entity, { base, secrets })
    if (!masked || masked === entity) return
    entities ??= copied(live)
    entities.get(masked.kind)?.set(masked.key, masked)
  }
  for (const [kind, byKey] of live.entities) {
    const wanted = desired.entities.get(kind)
    for (const entity of byKey.values()) if (!wanted?.has(entity.key)) mask(entity)
  }
  for (const change of changes) if (change.operation === 'update') mask(entityAt(live, change))
  return entities ? { ...live, entities } : live
}

function copied({ entities }: State): Map<Kind, Map<string, Entity>> {
  return new Map([...entities].map(([kind, byKey]) => [kind, new Map(byKey)]))
}

/**
 * A target with the values masked that a plan saw or wrote masked, so that the two can be compared: the manifest that
 * took them from variables may have changed or disappeared.
 */
export function maskedAsSeen(
  live: State,
  { changes, preconditions }: Pick<Plan, 'changes' | 'preconditions'>,
  secrets: SecretSink,
): State {
  const entities = copied(live)
  const mask = (ref: EntityRef, maskedFields: (fields: JsonObject) => JsonObject): void => {
    const entity = entities.get(ref.kind)?.get(ref.key)
    const fields = entity && maskedFields(entity.fields)
    if (fields && fields !== entity.fields)
      entities.get(ref.kind)?.set(ref.key, { ...entity, fields, masked: true })
  }
  const seen = new Map(preconditions.map(({ entity, id }) => [refText(entity), id]))
  for (const { entity, fields: like } of preconditions)
    if (like) mask(whereNow(entity, seen, live), fields => fieldsMaskedLike(fields, like, secrets))
  for (const change of changes)
    mask(whereNow(change, seen, live), fields => maskedAsWritten(fields, change, secrets))
  return { ...live, entities }
}

function maskedAsWritten(fields: JsonObject, change: Change, secrets: SecretSink): JsonObject {
  let masked = fields
  for (const { path, git } of change.fields) {
    const value = git === undefined ? undefined : valueAt(masked, path)
    if (value === undefined || git === undefined) continue
    const hidden = maskedLike(value, git, secrets)
    if (hidden !== value) masked = withValueAt(masked, path, hidden)
  }
  return masked
}

/** The entity by its key, or by its id if its name has changed. */
function whereNow(ref: EntityRef, seen: ReadonlyMap<string, string | null>, live: State): EntityRef {
  const id = entityAt(live, ref) ? null : seen.get(refText(ref))
  if (!id) return ref
  return [...(live.entities.get(ref.kind)?.values() ?? [])].find(entity => entity.id === id) ?? ref
}
