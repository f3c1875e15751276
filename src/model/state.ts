import type { Coverage, Entity, EntityRef, Kind, RawEntity, State } from './entity.ts'
import { asString, isArray, isObject, type Json, type JsonObject } from './json.ts'
import type { IdentityView, KindDefinition } from './kinds/definition.ts'
import { kindOf, kinds } from './kinds/index.ts'
import { normaliseRecord } from './normalise.ts'
import type { Problem } from './problem.ts'
import type { FieldSchema, KindSchema, RecordSchema, Schemas } from './schema.ts'
import { hideSecrets, type SecretSink } from './secrets.ts'

/** What `buildState` makes a state from. */
export interface StateInput {
  readonly raws: readonly RawEntity[]
  readonly coverage: ReadonlyMap<Kind, Coverage>
  readonly schemas: Schemas
  readonly secrets: SecretSink
  /** Values that a manifest's `_info.defaults` fills in before the gateway's own, by kind. */
  readonly defaults?: Readonly<Record<Kind, JsonObject>>
  /** Tags that every entity gets, and is owned by. */
  readonly selectTags?: readonly string[]
  /** Keys by id that win over names, so that a renamed entity keeps its identity: `service 09f7…` to `payments`. */
  readonly knownKeys?: ReadonlyMap<string, string>
  /** Finds an entity that is not among `raws` by name or id; its key, or undefined. */
  readonly lookup?: (kind: Kind, nameOrId: string) => string | undefined
}

/** Fields that the gateway keeps for itself. */
const ownFields = new Set(['id', 'created_at', 'updated_at'])

/**
 * Makes a state of entities as they were read: references resolved to names, fields normalised by the
 * schemas, secrets replaced by marks. What can't be placed is told as a problem and left out.
 */
export function buildState(input: StateInput): {
  readonly state: State
  readonly problems: readonly Problem[]
} {
  const problems: Problem[] = []
  const entities = new Map<Kind, ReadonlyMap<string, Entity>>()
  const keys = new Map<string, string>()
  const rawsByKind = Map.groupBy(input.raws, raw => raw.kind)
  for (const definition of kinds) {
    const raws = rawsByKind.get(definition.kind) ?? []
    const schema = input.schemas.get(definition.kind)
    const found = new Map<string, Entity>()
    for (const raw of raws) {
      // Without a schema nothing can be compared, but others may still point to it.
      if (!schema) {
        registerNames(keys, definition.kind, raw)
        continue
      }
      const entity = buildEntity(raw, definition, schema, input, keys, problems)
      if (!entity) continue
      const twin = found.get(entity.key)
      if (twin) {
        if (raw.source) {
          const other = twin.source?.place()
          const where = other ? `, first at ${other.file}:${other.line}` : ''
          problems.push(
            withPlace(raw, 'duplicate', `the ${definition.kind} ${entity.name} is there twice${where}`),
          )
          continue
        }
        found.set(`${entity.key} (id ${entity.id ?? '?'})`, {
          ...entity,
          key: `${entity.key} (id ${entity.id ?? '?'})`,
        })
        continue
      }
      found.set(entity.key, entity)
      register(keys, definition.kind, entity, raw)
    }
    if (found.size > 0 || input.coverage.has(definition.kind)) entities.set(definition.kind, found)
  }
  for (const [kind, raws] of rawsByKind) {
    const [raw] = raws
    if (raw && !known.has(kind)) {
      problems.push({
        ...withPlace(raw, 'unsupported-kind', `entities of the kind ${kind} can't be compared yet`),
        hint: 'Take them out of the manifests of this target, or keep them in files of their own.',
      })
    }
  }
  return { state: { entities, coverage: input.coverage }, problems }
}

const known = new Set(kinds.map(kind => kind.kind))

function register(keys: Map<string, string>, kind: Kind, entity: Entity, raw: RawEntity): void {
  if (entity.id !== undefined) keys.set(`${kind} ${entity.id}`, entity.key)
  keys.set(`${kind} ${entity.key}`, entity.key)
  registerNames(keys, kind, raw, entity.key)
}

/** The names that others may refer to an entity by; a plugin is referred to by none. */
function registerNames(keys: Map<string, string>, kind: Kind, raw: RawEntity, key?: string): void {
  if (kind === 'plugin') return
  for (const field of ['name', 'username', 'custom_id', 'id']) {
    const name = asString(raw.fields[field])
    if (name !== undefined && !keys.has(`${kind} ${name}`)) keys.set(`${kind} ${name}`, key ?? name)
  }
}

function withPlace(raw: RawEntity, code: string, message: string, path?: string): Problem {
  const place = raw.source?.place(path)
  return place ? { code, message, place } : { code, message }
}

function buildEntity(
  raw: RawEntity,
  definition: KindDefinition,
  schema: KindSchema,
  input: StateInput,
  keys: ReadonlyMap<string, string>,
  problems: Problem[],
): Entity | undefined {
  const record = recordFor(raw, definition, schema)
  const id = asString(raw.fields.id)
  const refs: Record<string, EntityRef> = {}
  for (const [field, foreign] of Object.entries(definition.foreign)) {
    const named = foreignName(raw.fields[field])
    if (named === undefined) continue
    const key = keys.get(`${foreign.kind} ${named}`) ?? input.lookup?.(foreign.kind, named)
    if (key === undefined && raw.source) {
      const message = `the ${definition.kind} refers to ${foreign.kind} ${named}, which is in no manifest and not at the gateway`
      problems.push({
        ...withPlace(raw, 'missing-reference', message, field),
        hint: `Add that ${foreign.kind}, or correct the name.`,
      })
      return undefined
    }
    refs[field] = { kind: foreign.kind, key: key ?? named }
  }
  const tags = tagsOf(raw, input.selectTags ?? [])
  const own: Record<string, Json> = {
    ...input.defaults?.[definition.kind],
    ...withoutForeign(raw.fields, definition),
  }
  if (definition.tagged) own.tags = tags
  const normal = normaliseRecord(own, record)
  const shown = hideSecrets(
    definition.normalise?.(normal) ?? normal,
    record,
    definition.secrets,
    input.secrets,
  )
  const view = identityView(shown, id, refs, raw, input.secrets)
  const identity = definition.identify(view)
  if (!identity) {
    problems.push(withPlace(raw, 'no-identity', `a ${definition.kind} has neither a name nor an id`))
    return undefined
  }
  const key = keyOf(identity.key, id, shown, definition, input.knownKeys)
  const updatedAt = raw.fields.updated_at
  const createdAt = raw.fields.created_at
  return {
    kind: definition.kind,
    key,
    name: identity.name,
    ...(id === undefined ? {} : { id }),
    fields: shown,
    refs,
    tags,
    ...(raw.source ? { source: raw.source } : {}),
    ...(typeof updatedAt === 'number' ? { updatedAt } : {}),
    ...(typeof createdAt === 'number' ? { createdAt } : {}),
  }
}

/**
 * The keys of a state's entities, for another state in which they may have other names: by id, and by what else a
 * kind is known by. A name that is itself known means the entity of that name.
 */
export function knownKeys(state: State): ReadonlyMap<string, string> {
  const keys = new Map<string, string>()
  for (const [kind, entities] of state.entities) {
    const also = kindOf(kind)?.alsoKnownBy
    for (const entity of entities.values()) {
      keys.set(`${kind} ${entity.key}`, entity.key)
      if (entity.id !== undefined) keys.set(`${kind} ${entity.id}`, entity.key)
      const value = also === undefined ? undefined : asString(entity.fields[also])
      if (value !== undefined) keys.set(`${kind} ${also}=${value}`, entity.key)
    }
  }
  return keys
}

function keyOf(
  own: string,
  id: string | undefined,
  fields: JsonObject,
  { kind, alsoKnownBy }: KindDefinition,
  known: ReadonlyMap<string, string> | undefined,
): string {
  if (!known) return own
  const byId = id === undefined ? undefined : known.get(`${kind} ${id}`)
  if (byId !== undefined) return byId
  const value = alsoKnownBy === undefined ? undefined : asString(fields[alsoKnownBy])
  if (value === undefined || known.has(`${kind} ${own}`)) return own
  return known.get(`${kind} ${alsoKnownBy}=${value}`) ?? own
}

/** The schema of one entity: a plugin's own config in place of the abstract one. */
export function recordFor(
  raw: { readonly fields: JsonObject },
  definition: KindDefinition,
  schema: KindSchema,
): RecordSchema {
  const variant = definition.variant ? asString(raw.fields[definition.variant]) : undefined
  const special = variant === undefined ? undefined : schema.variant?.(variant)
  const fields = new Map<string, FieldSchema>()
  for (const [name, field] of schema.record.fields) {
    if (ownFields.has(name) || definition.derived.includes(name)) continue
    fields.set(name, special?.fields.get(name) ?? field)
  }
  return { fields, shorthands: schema.record.shorthands }
}

function withoutForeign(fields: JsonObject, definition: KindDefinition): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([name]) => !(name in definition.foreign) && !ownFields.has(name) && !definition.derived.includes(name),
    ),
  )
}

/** The name or id that a foreign key gives: a string, `{id}` or `{name}`. */
export function foreignName(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (!isObject(value)) return undefined
  return asString(value.id) ?? asString(value.name) ?? asString(value.username)
}

function tagsOf(raw: RawEntity, selectTags: readonly string[]): readonly string[] {
  const given = raw.fields.tags
  const own = isArray(given) ? given.filter(tag => typeof tag === 'string') : []
  return [...new Set([...own, ...selectTags])]
}

function identityView(
  fields: JsonObject,
  id: string | undefined,
  refs: Readonly<Record<string, EntityRef>>,
  raw: RawEntity,
  secrets: SecretSink,
): IdentityView {
  return {
    id,
    text: field => asString(fields[field]) || undefined,
    digest(field) {
      const value = fields[field]
      return isObject(value) ? asString(value.$secret) : undefined
    },
    ending(field) {
      const value = asString(raw.fields[field])
      return value === undefined ? undefined : secrets.ending(value)
    },
    ref: field => refs[field],
  }
}
