import type { RawEntity } from '../../../model/entity.ts'
import { asString, isArray, isObject, type Json, type JsonObject } from '../../../model/json.ts'
import { revealSecrets } from '../../../model/masking/secret-marks.ts'
import type { FieldSchema, RecordSchema, Schemas } from '../../../model/schema/schema.ts'
import { recordFor } from '../../../model/state/build-state.ts'
import type { SecretResolver } from '../../session.ts'
import { kinds } from '../kinds/index.ts'
import type { KongKind } from '../kinds/kong-kind.ts'
import type { DocumentPayload, Edit } from './compile.ts'

/*
 * A gateway's whole configuration in Kong's declarative format: flat lists by the names of Kong's entities, references
 * as ids. Entities stand in it as the gateway keeps them (`_transform: false`, as Kong itself exports them), for the
 * hashes of passwords must not be hashed again: https://developer.konghq.com/gateway/db-less-mode/
 */

/** What a gateway holds, read at one moment. */
export interface Holding {
  /** Entities of the kinds that gatewatch knows. */
  readonly raws: readonly RawEntity[]
  /** Lists of entities that it does not know, by their names in the format. */
  readonly others: Readonly<Record<string, Json>>
}

/** An edit that does not fit what the gateway holds, in words. */
export interface Misfit {
  readonly misfit: string
}

/** What a document is made with. */
export interface DocumentInput {
  readonly holding: Holding
  readonly payload: DocumentPayload
  readonly schemas: Schemas
  readonly secrets: SecretResolver
  /** Seconds since the epoch. */
  readonly now: number
}

/** A new document, or why there is none: an edit that does not fit, or secrets that are not known any more. */
export type Documented = { readonly document: JsonObject } | Misfit | { readonly missing: Edit }

/** Entities by id, by kind. */
type Entities = Map<string, Map<string, JsonObject>>

/** What a gateway is to hold: all that it holds, with the edits. */
export function documentOf(input: DocumentInput): Documented {
  const { payload, holding } = input
  const entities = entitiesOf(input)
  for (const edit of payload.edits) {
    if (edit.operation === 'delete') entities.get(edit.kind)?.delete(edit.id)
  }
  for (const edit of payload.edits) {
    if (edit.operation === 'delete') continue
    const written = applied(edit, entities, input)
    if ('misfit' in written || 'missing' in written) return written
    put(entities, edit.kind, edit.id, written.fields)
  }
  const dangling = withoutCascades(entities, payload)
  if (dangling) return dangling
  const lists = [...entities].map(([kind, byId]): readonly [string, Json] => [
    kinds.of(kind)?.transport.schema ?? kind,
    [...byId.values()],
  ])
  const others = Object.entries(holding.others).map(([name, list]): readonly [string, Json] => [
    name,
    isArray(list)
      ? list.map(item => (isObject(item) ? { ...item, ...expiry(item, input.now) } : item))
      : list,
  ])
  return {
    document: {
      _format_version: '3.0',
      _transform: false,
      ...Object.fromEntries([...others, ...lists.filter(([, list]) => isArray(list) && list.length > 0)]),
    },
  }
}

function put(entities: Entities, kind: string, id: string, fields: JsonObject): void {
  const byId = entities.get(kind) ?? new Map<string, JsonObject>()
  entities.set(kind, byId.set(id, fields))
}

function entitiesOf({ holding, schemas, now }: DocumentInput): Entities {
  const entities: Entities = new Map()
  for (const raw of holding.raws) {
    const kind = kinds.of(raw.kind)
    const id = asString(raw.fields.id)
    if (!kind || id === undefined) continue
    const schema = schemas.get(raw.kind)
    const record = schema && recordFor(raw, kind, schema)
    put(entities, raw.kind, id, carried(raw.fields, kind, record, now))
  }
  return entities
}

/** Fields of every entity that are of no schema, or the gateway's own. */
const common = new Set(['id', 'created_at', 'updated_at', 'ws_id'])

/** An entity of a list as the format has it: lists show more, as the names of a certificate, which are entities. */
function carried(
  fields: JsonObject,
  kind: KongKind,
  record: RecordSchema | undefined,
  now: number,
): JsonObject {
  const kept: Record<string, Json> = {}
  const own = record ? withoutNeedless(fields, record) : fields
  for (const [name, value] of Object.entries(own)) {
    if (kind.fields?.derived?.includes(name) || name === 'ttl') continue
    if (record && !common.has(name) && !record.fields.has(name)) continue
    kept[name] = name in kind.references.foreign ? idIn(value) : value
  }
  return { ...kept, ...expiry(fields, now), ...kind.transport.inDocument?.(kept) }
}

/**
 * A record without what says nothing: older names of fields, which Kong would take for other values once a field has
 * another, and nulls where there is no default. That is half of a large document, and Kong takes 10 MB as it comes.
 */
function withoutNeedless(fields: JsonObject, record: RecordSchema): JsonObject {
  const kept: Record<string, Json> = {}
  for (const [name, value] of Object.entries(fields)) {
    const field = record.fields.get(name)
    if (!field && record.shorthands.has(name)) continue
    if (value === null && field && isNullAnyway(field)) continue
    kept[name] = field?.record && isObject(value) ? withoutNeedless(value, field.record) : value
  }
  return kept
}

/** Whether a field that is left out is null: it has no default, in it or below, and none is made up. */
function isNullAnyway(field: FieldSchema): boolean {
  return field.type !== 'record' && !field.auto && field.default === undefined
}

/**
 * When an entity expires: without a database Kong takes the field for a time, though its lists tell the seconds that are
 * left: https://github.com/Kong/kong/blob/3.9.1/kong/db/strategies/off/init.lua
 */
function expiry({ ttl }: JsonObject, now: number): JsonObject {
  return typeof ttl === 'number' && ttl > 0 ? { ttl: now + ttl } : {}
}

function idIn(value: Json): Json {
  return isObject(value) ? (value.id ?? null) : value
}

type Applied = { readonly fields: JsonObject } | Misfit | { readonly missing: Edit }

function applied(edit: Edit, entities: Entities, { schemas, secrets, now }: DocumentInput): Applied {
  const kind = kinds.of(edit.kind)
  const before = edit.operation === 'update' ? entities.get(edit.kind)?.get(edit.id) : {}
  if (!kind || !before) return { misfit: `${edit.title} is not there any more` }
  const revealed = revealSecrets(edit.body ?? {}, secrets)
  if (revealed.missing.length > 0 || !isObject(revealed.value)) return { missing: edit }
  const { value: body } = revealed
  const schema = schemas.get(edit.kind)
  const record = schema && recordFor({ fields: { ...before, ...body } }, kind, schema)
  const stays = isOfVariant(before, body, kind) ? before : { created_at: before.created_at ?? null }
  const { updated_at: _, ...merged } = merge(stays, body, record)
  const linked = Object.fromEntries(
    Object.entries(merged).map(([name, value]) => [
      name,
      name in kind.references.foreign ? idIn(value) : value,
    ]),
  )
  const whole: JsonObject = { ...linked, id: edit.id, ...expiry(body, now) }
  return { fields: { ...whole, ...hashed(body, whole, kind), ...kind.transport.inDocument?.(whole) } }
}

/** Whether what is there is of the variant that it is to be, as the same plugin: only then are the two merged. */
function isOfVariant(before: JsonObject, body: JsonObject, { fields: { variant } = {} }: KongKind): boolean {
  return variant === undefined || (body[variant] ?? before[variant]) === before[variant]
}

/** Records are merged; lists, sets and maps are replaced, as in a PATCH. */
function merge(before: JsonObject, body: JsonObject, record: RecordSchema | undefined): JsonObject {
  const merged: Record<string, Json> = { ...before }
  for (const [name, value] of Object.entries(body)) {
    const below = record?.fields.get(name)?.record
    const there = merged[name]
    merged[name] = below && isObject(value) && isObject(there) ? merge(there, value, below) : value
  }
  return merged
}

/** What the gateway is to keep of a secret that is written, or that is hashed from now on. */
function hashed(body: JsonObject, whole: JsonObject, kind: KongKind): JsonObject {
  const { secrets: { hashed: how } = {} } = kind
  const [owner] = Object.keys(kind.references.foreign)
  if (!how || owner === undefined) return {}
  const isWritten = how.field in body || (how.switchedBy !== undefined && how.switchedBy in body)
  const value = whole[how.field]
  if (!isWritten || typeof value !== 'string') return {}
  const stored = how.stored(value, whole, asString(whole[owner]) ?? '')
  return stored === undefined ? {} : { [how.field]: stored }
}

/** Takes out what goes with deleted entities; what hangs on one and is not in the preview stands against it. */
function withoutCascades(entities: Entities, payload: DocumentPayload): Misfit | undefined {
  const deleted = new Set(payload.edits.flatMap(edit => (edit.operation === 'delete' ? [edit.id] : [])))
  if (deleted.size === 0) return undefined
  const previewed = new Set(payload.cascades)
  for (const [name, byId] of entities) {
    const foreign = Object.entries(kinds.of(name)?.references.foreign ?? {})
    for (const [id, fields] of byId) {
      const gone = foreign.find(([field, { kind }]) => {
        const to = asString(fields[field])
        return to !== undefined && deleted.has(to) && !entities.get(kind)?.has(to)
      })
      if (!gone) continue
      if (!previewed.has(id)) return { misfit: hangsOn(name, fields, gone[0], payload) }
      byId.delete(id)
    }
  }
  return undefined
}

function hangsOn(kind: string, fields: JsonObject, field: string, payload: DocumentPayload): string {
  const owner = payload.edits.find(edit => edit.operation === 'delete' && edit.id === fields[field])
  const name = asString(fields.name) ?? asString(fields.username) ?? asString(fields.id) ?? '?'
  return `${kind} ${name} hangs on ${owner?.title ?? field}, which is to be deleted, and was not there when the plan was made`
}
