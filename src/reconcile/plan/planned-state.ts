import { type Entity, type EntityRef, refText } from '../../model/entity.ts'
import { asString, type JsonObject } from '../../model/json.ts'
import { tagsAmong } from '../../model/masking/masks.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { Schemas } from '../../model/schema/schema.ts'
import { recordFor } from '../../model/state/build-state.ts'
import { defaultsOf } from '../../model/state/normalise.ts'
import { entityAt, type State } from '../../model/state/state.ts'
import type { Change } from '../drift/drift.ts'
import { withValueAt } from '../drift/fields.ts'
import { stateDigest } from './make-plan.ts'
import type { Plan } from './plan.ts'

/**
 * The desired state according to the plan alone: a saved plan is applied as it was reviewed, whatever the manifests say
 * by now. `desired` itself if the plan was made from it. For a created entity, a plan holds only what the gateway would
 * not fill in: the rest are the schema's defaults.
 */
export function plannedState(
  { manifest, changes }: Pick<Plan, 'manifest' | 'changes'>,
  { desired, live, schemas }: { readonly desired: State; readonly live: State; readonly schemas: Schemas },
): State {
  if (stateDigest(desired) === manifest.digest) return desired
  const entities = new Map([...live.entities].map(([kind, byKey]) => [kind, new Map(byKey)]))
  const made = new Set(changes.filter(change => change.operation === 'create').map(refText))
  for (const change of changes) {
    const byKey = entities.get(change.kind) ?? new Map<string, Entity>()
    entities.set(change.kind, byKey)
    if (change.operation !== 'delete') byKey.set(change.key, wantedOf(change, live, schemas))
    else if (!made.has(refText(change))) byKey.delete(change.key)
  }
  return { ...live, entities }
}

function wantedOf(change: Change, live: State, schemas: Schemas): Entity {
  const { kind, key, name } = change
  const before = change.operation === 'update' ? entityAt(live, change) : undefined
  const refs: Record<string, EntityRef> = { ...before?.refs }
  const foreign = live.kinds.of(kind)?.references.foreign ?? {}
  let fields = before?.fields ?? defaultsFor(change, schemas, live.kinds)
  for (const { path, git } of change.fields) {
    const to = foreign[path]
    const key = asString(git ?? null)
    if (!to) fields = withValueAt(fields, path, git ?? null)
    else if (key === undefined) delete refs[path]
    // If what it points to is recreated, the key is the same and only the id changes.
    else if (!key.startsWith(`${refs[path]?.key} (id `)) refs[path] = { kind: to.kind, key }
  }
  return {
    kind,
    key,
    name,
    ...(before?.id === undefined ? {} : { id: before.id }),
    fields,
    refs,
    tags: tagsAmong(fields, live),
  }
}

function defaultsFor(change: Change, schemas: Schemas, kinds: Kinds): JsonObject {
  const definition = kinds.of(change.kind)
  const schema = schemas.get(change.kind)
  if (!definition || !schema) return {}
  const given = Object.fromEntries(change.fields.map(({ path, git }) => [path, git ?? null]))
  return defaultsOf(recordFor({ fields: given }, definition, schema))
}
