import { type Entity, type EntityRef, refText } from '../../model/entity.ts'
import { isObject, type Json, type JsonObject } from '../../model/json.ts'
import type { Schemas } from '../../model/schema/schema.ts'
import { entityAt, type State } from '../../model/state/state.ts'
import { givenLeaves } from '../drift/changes.ts'
import type { Change } from '../drift/drift.ts'

/** What a gateway generated for one entity, by the paths of the fields. Secrets are marks. */
export interface MadeUpValues extends EntityRef {
  readonly values: JsonObject
}

/** A target as it is after a sync, compared with what was wanted. */
interface After {
  readonly live: State
  readonly desired: State
  readonly schemas: Schemas
  readonly drift: { readonly changes: readonly Change[] }
}

/** What a gateway generated for entities that changes created: what nobody wrote and isn't a default. */
export function madeUpFor(created: readonly Change[], after: After): readonly MadeUpValues[] {
  const differing = new Set(after.drift.changes.map(refText))
  return created.flatMap(change => {
    const entity = entityAt(after.live, change)
    if (!entity) return []
    const wanted = differing.has(refText(change)) ? undefined : entityAt(after.desired, change)
    const written = new Set(change.fields.map(field => field.path))
    // For what matches the desired state, only the fields left to the gateway are unknown.
    const found = wanted ? leftTo(wanted.fields, entity.fields) : leavesOf(entity, after)
    const values = found.filter(([path]) => !written.has(path))
    if (values.length === 0) return []
    return [{ kind: change.kind, key: change.key, values: Object.fromEntries(values) }]
  })
}

function leavesOf(entity: Entity, { schemas, live }: After): readonly (readonly [string, Json])[] {
  return givenLeaves(entity, schemas, live.kinds).map(({ path, value }) => [path, value])
}

/** The values of fields that nothing is wanted of. */
function leftTo(wanted: JsonObject, there: JsonObject, prefix = ''): readonly (readonly [string, Json])[] {
  const found: (readonly [string, Json])[] = []
  for (const name in there) {
    const [value, want] = [there[name] ?? null, wanted[name]]
    if (value === null) continue
    if (want === undefined) found.push([prefix + name, value])
    else if (isObject(want) && isObject(value)) found.push(...leftTo(want, value, `${prefix + name}.`))
  }
  return found
}
