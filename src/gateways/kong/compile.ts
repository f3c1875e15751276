import {
  type Entity,
  type EntityRef,
  entityAt,
  isSecretMark,
  type Kind,
  refText,
  type State,
} from '../../model/entity.ts'
import { isObject, type Json, type JsonObject } from '../../model/json.ts'
import type { KindDefinition } from '../../model/kinds/definition.ts'
import { kindOf } from '../../model/kinds/index.ts'
import { normaliseRecord } from '../../model/normalise.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import type { FieldSchema, RecordSchema, Schemas } from '../../model/schema.ts'
import { digestsIn } from '../../model/secrets.ts'
import { recordFor } from '../../model/state.ts'
import type { Change } from '../../reconcile/drift.ts'
import type { Step } from '../gateway.ts'

/** One call to the Admin API. Secrets in the body stand as marks. */
export interface KongPayload extends JsonObject {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  /** Where the entity itself is read. */
  readonly entity: string
  readonly body: JsonObject | null
  readonly kind: Kind
  /** The name behind `/schemas/`, to ask for validation. */
  readonly schema: string
  /** What the call is about, for people: `route payouts-list`. */
  readonly title: string
}

interface Context {
  readonly desired: State
  readonly live: State
  readonly schemas: Schemas
  readonly newId: (ref: EntityRef) => string
  readonly created: ReadonlySet<string>
}

/**
 * The calls that carry out changes: a PUT with an id of our own for a create, a PATCH of just the changed
 * fields for an update, a DELETE. Creates and updates come by level upwards, deletes downwards after them,
 * but for deletes that free a unique value which another change takes.
 */
export function compile(
  changes: readonly Change[],
  desired: State,
  live: State,
  schemas: Schemas,
  newId: (ref: EntityRef) => string,
): Result<readonly Step<KongPayload>[]> {
  const created = new Set(changes.filter(change => change.operation === 'create').map(refText))
  const context: Context = { desired, live, schemas, newId, created }
  const freed = freedFirst(changes, desired, live)
  const steps: Step<KongPayload>[] = []
  const problems: Problem[] = []
  for (const change of changes) {
    const kind = kindOf(change.kind)
    if (!kind) continue
    const step = compileChange(change, kind, freed, context)
    if ('code' in step) problems.push(step)
    else steps.push(step)
  }
  return problems.length > 0 ? fail(problems) : succeed(steps.sort((a, b) => a.order - b.order))
}

function compileChange(
  change: Change,
  kind: KindDefinition,
  freed: ReadonlySet<string>,
  context: Context,
): Step<KongPayload> | Problem {
  const title = `${change.kind} ${change.name}`
  if (change.operation === 'delete') {
    const entity = entityAt(context.live, change)
    if (!entity?.id) return notThere(title)
    const path = pathOf(kind, entity, entity.id, context)
    const secrets = digestsIn(entity.fields)
    return {
      ...stepOf(change, 'DELETE', path, null, kind, title),
      order: (freed.has(change.id) ? 0 : 20) + (9 - kind.level),
      reversible: secrets.length === 0 ? true : 'a secret of it can’t be read back from Git or the ledger',
    }
  }
  const entity = entityAt(context.desired, change)
  if (!entity) return notThere(title)
  if (change.operation === 'create') {
    const id = entity.id ?? context.newId(change)
    const body = { ...givenFields(entity, kind, context.schemas), ...foreignIds(entity, context) }
    const path = pathOf(kind, entity, id, context)
    const step = kind.createdByPost
      ? stepOf(change, 'POST', path, { ...body, id }, kind, title)
      : stepOf(change, 'PUT', path, body, kind, title)
    return { ...step, order: 10 + kind.level }
  }
  const live = entityAt(context.live, change)
  if (!live?.id) return notThere(title)
  const body = changedFields(change, entity, kind, context)
  return {
    ...stepOf(change, 'PATCH', pathOf(kind, live, live.id, context), body, kind, title),
    order: 10 + kind.level,
  }
}

function notThere(title: string): Problem {
  return {
    code: 'not-there',
    message: `${title} is not there to be changed`,
    hint: 'Read the gateway again.',
  }
}

function stepOf(
  change: Change,
  method: KongPayload['method'],
  entity: string,
  body: JsonObject | null,
  kind: KindDefinition,
  title: string,
): Omit<Step<KongPayload>, 'order'> {
  const path = method === 'POST' ? entity.slice(0, entity.lastIndexOf('/')) : entity
  return {
    id: change.id,
    payload: { method, path, entity, body, kind: kind.kind, schema: kind.schema, title },
    covers: [change.id],
    cascades: change.cascades,
    secrets: body === null ? [] : digestsIn(body),
    preview: `${method} ${path}${body === null ? '' : ` ${previewText(body)}`}`,
    repeatable: true,
    reversible: true,
  }
}

function previewText(body: JsonObject): string {
  return JSON.stringify(body, (_key, value: unknown) =>
    isObject(value) && isSecretMark(value) ? '••••' : value,
  )
}

function pathOf(kind: KindDefinition, entity: Entity, id: string, context: Context): string {
  if (kind.writtenUnder) {
    const ref = entity.refs[kind.writtenUnder.field]
    const parent = ref && kindOf(ref.kind)
    if (ref && parent) return `/${parent.path}/${idOf(ref, context)}/${kind.writtenUnder.segment}/${id}`
  }
  return `/${kind.path}/${id}`
}

/** The id of an entity: the gateway's, the manifest's, or the one that it is about to get. */
function idOf(ref: EntityRef, context: Context): string {
  const live = entityAt(context.live, ref)?.id
  const wanted = entityAt(context.desired, ref)?.id
  if (context.created.has(refText(ref))) return wanted ?? context.newId(ref)
  return live ?? wanted ?? ref.key
}

function foreignIds(entity: Entity, context: Context): JsonObject {
  return Object.fromEntries(
    Object.entries(entity.refs).map(([field, ref]) => [field, { id: idOf(ref, context) }]),
  )
}

/** What has to be sent for a create: all that is not what the gateway fills in anyway. */
function givenFields(entity: Entity, kind: KindDefinition, schemas: Schemas): JsonObject {
  const schema = schemas.get(kind.kind)
  if (!schema) return entity.fields
  const record = recordFor(entity, kind, schema)
  return withoutDefaults(entity.fields, normaliseRecord({}, record), record)
}

function withoutDefaults(fields: JsonObject, defaults: JsonObject, schema: RecordSchema): JsonObject {
  const result: Record<string, Json> = {}
  for (const [name, value] of Object.entries(fields)) {
    const field = schema.fields.get(name)
    const usual = defaults[name] ?? null
    if (sameShape(value, usual)) continue
    result[name] =
      field?.type === 'record' && field.record && isObject(value) && isObject(usual) && !isSecretMark(value)
        ? withoutDefaults(value, usual, field.record)
        : value
  }
  return result
}

function sameShape(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Just the changed fields. Kong merges records and replaces lists, sets and maps as a whole. */
function changedFields(change: Change, entity: Entity, kind: KindDefinition, context: Context): JsonObject {
  const schema = context.schemas.get(kind.kind)
  const record = schema ? recordFor(entity, kind, schema) : { fields: new Map(), shorthands: new Map() }
  let body: JsonObject = {}
  for (const { path } of change.fields) {
    if (path in kind.foreign) {
      const ref = entity.refs[path]
      body = { ...body, [path]: ref ? { id: idOf(ref, context) } : null }
    } else {
      body = copyPath(body, entity.fields, path.split('.'), record)
    }
  }
  return body
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

/** The deletes that must come first, because another change takes a unique value that they free. */
function freedFirst(changes: readonly Change[], desired: State, live: State): ReadonlySet<string> {
  const wanted = new Set<string>()
  for (const change of changes) {
    const entity = change.operation === 'delete' ? undefined : entityAt(desired, change)
    if (entity) for (const value of uniqueValues(entity)) wanted.add(value)
  }
  const first = new Set<string>()
  for (const change of changes) {
    if (change.operation !== 'delete') continue
    const entity = entityAt(live, change)
    if (entity && uniqueValues(entity).some(value => wanted.has(value))) first.add(change.id)
  }
  // What must be gone before such an entity can be deleted goes first as well.
  const byId = new Map(changes.map(change => [change.id, change]))
  for (const id of first) for (const need of byId.get(id)?.needs ?? []) first.add(need)
  return first
}

function uniqueValues(entity: Entity): readonly string[] {
  const values: string[] = []
  for (const field of [
    'name',
    'username',
    'custom_id',
    'key',
    'instance_name',
    'prefix',
    'client_id',
    'target',
  ]) {
    const value = entity.fields[field]
    if (entity.kind === 'plugin' && field === 'name') values.push(`plugin ${entity.key}`)
    else if (typeof value === 'string') values.push(`${entity.kind} ${field} ${value}`)
    else if (isSecretMark(value)) values.push(`${entity.kind} ${field} ${value.$secret}`)
  }
  return values
}
