import { type Entity, type EntityRef, isSecretMark } from '../../../../model/entity.ts'
import { equalJson, isArray, isObject, type Json, type JsonObject } from '../../../../model/json.ts'
import type { FieldSchema, RecordSchema, Schemas } from '../../../../model/schema/schema.ts'
import { recordFor } from '../../../../model/state/build-state.ts'
import { defaultsOf } from '../../../../model/state/normalise.ts'
import type { Change } from '../../../../reconcile/drift/drift.ts'
import type { KongKind } from '../../kinds/kong-kind.ts'

/** The id by which the gateway knows what a reference points to. */
export type IdOf = (ref: EntityRef) => string

/** What has to be sent for a create: all that is not what the gateway fills in anyway. */
export function givenFields(entity: Entity, kind: KongKind, schemas: Schemas, idOf: IdOf): JsonObject {
  const record = recordOf(entity, kind, schemas)
  const own = record ? withoutDefaults(entity.fields, defaultsOf(record), record) : entity.fields
  const refs = Object.entries(entity.refs).map(([field, ref]) => [field, { id: idOf(ref) }])
  const body = { ...linked(own, kind, idOf), ...entity.sent, ...Object.fromEntries(refs) }
  return kind.transport.toBody ? kind.transport.toBody(body) : body
}

/**
 * Whether an entity becomes one of another variant, as another plugin under the same id: what is there is not to be
 * merged with what comes, which knows other fields.
 */
export function becomesAnother(change: Change, { fields: { variant } = {} }: KongKind): boolean {
  return (
    variant !== undefined &&
    change.operation === 'update' &&
    change.fields.some(({ path }) => path === variant)
  )
}

/** Just the changed fields. Kong merges records and replaces lists, sets and maps as a whole. */
export function changedFields(
  change: Change,
  wanted: Entity,
  live: Entity,
  kind: KongKind,
  schemas: Schemas,
  idOf: IdOf,
): JsonObject {
  const record = recordOf(wanted, kind, schemas) ?? { fields: new Map(), shorthands: new Map() }
  let body: JsonObject = {}
  for (const { path } of change.fields) {
    if (path in kind.references.foreign) {
      const ref = wanted.refs[path]
      body = { ...body, [path]: ref ? { id: idOf(ref) } : null }
    } else {
      body = copyPath(body, wanted.fields, path.split('.'), record)
    }
  }
  body = { ...body, ...rehashed(change, wanted, live, kind), ...switched(body, wanted, live, kind) }
  for (const field in wanted.sent) {
    const value = wanted.sent[field]
    if (value !== undefined && field in body) body = { ...body, [field]: value }
  }
  return linked(body, kind, idOf)
}

/** A secret and the field that says whether it is hashed go together: Kong refuses an update that has only one of them. */
function switched(body: JsonObject, wanted: Entity, live: Entity, { secrets }: KongKind): JsonObject {
  const { field, switchedBy } = secrets?.hashed ?? {}
  if (field === undefined || switchedBy === undefined || !(field in body || switchedBy in body)) return {}
  const [secret, isHashed] = [field, switchedBy].map(name => wanted.fields[name] ?? live.fields[name] ?? null)
  const isTakenAway = body[field] === null
  return isTakenAway || secret === undefined || isHashed === undefined
    ? {}
    : { [field]: secret, [switchedBy]: isHashed }
}

/** A secret that is hashed with the id of its owner is sent again when it gets another owner. */
function rehashed(change: Change, wanted: Entity, live: Entity, kind: KongKind): JsonObject {
  const field = kind.secrets?.hashed?.field
  const moves = change.fields.some(({ path }) => path in kind.references.foreign)
  const value = field === undefined ? undefined : (wanted.fields[field] ?? live.fields[field])
  return field !== undefined && moves && value !== undefined ? { [field]: value } : {}
}

/** Lists of references as the gateway wants them: by id. */
function linked(body: JsonObject, kind: KongKind, idOf: IdOf): JsonObject {
  let result = body
  for (const [field, to] of Object.entries(kind.references.links ?? {})) {
    const list = body[field]
    if (!isArray(list)) continue
    const items = list.map((item): Json => {
      if (!isObject(item) || typeof item.name !== 'string') return item
      const { name, ...rest } = item
      return { ...rest, id: idOf({ kind: to, key: name }) }
    })
    result = { ...result, [field]: items }
  }
  return result
}

function recordOf(entity: Entity, kind: KongKind, schemas: Schemas): RecordSchema | undefined {
  const schema = schemas.get(kind.kind)
  return schema ? recordFor(entity, kind, schema) : undefined
}

function withoutDefaults(fields: JsonObject, defaults: JsonObject, schema: RecordSchema): JsonObject {
  const result: Record<string, Json> = {}
  for (const [name, value] of Object.entries(fields)) {
    const field = schema.fields.get(name)
    const usual = defaults[name] ?? null
    if (equalJson(value, usual)) continue
    result[name] =
      field?.type === 'record' && field.record && isObject(value) && isObject(usual) && !isSecretMark(value)
        ? withoutDefaults(value, usual, field.record)
        : value
  }
  return result
}

/** Copies the value at a path, as deep as records go: below that the whole list or map. */
function copyPath(
  into: JsonObject,
  from: JsonObject,
  path: readonly string[],
  schema: RecordSchema,
): JsonObject {
  const [name, ...rest] = path
  if (name === undefined) return into
  const field: FieldSchema | undefined = schema.fields.get(name)
  const value = from[name] ?? null
  if (rest.length > 0 && field?.record && isObject(value) && !isSecretMark(value)) {
    const there = into[name]
    return { ...into, [name]: copyPath(isObject(there) ? there : {}, value, rest, field.record) }
  }
  return { ...into, [name]: value }
}
