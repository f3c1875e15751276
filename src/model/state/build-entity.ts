import type { Entity, EntityRef, FieldPath, Kind, RawEntity } from '../entity.ts'
import { asString, isArray, isObject, type Json, type JsonObject } from '../json.ts'
import { maskNamed, textsMasked } from '../masking/mask-named.ts'
import {
  type FinishedFields,
  type KnownBy,
  ownFields,
  variablesOf,
  withoutVariables,
} from '../masking/mask-variables.ts'
import { hideAll, hideSecrets, type SecretSink } from '../masking/secret-marks.ts'
import type { Problem } from '../problem.ts'
import type { ProblemCode } from '../problems/problem-code.ts'
import type { IdentityView, KindDefinition } from '../schema/kind-definition.ts'
import type { Kinds } from '../schema/kinds.ts'
import type { FieldSchema, KindSchema, RecordSchema } from '../schema/schema.ts'
import { normaliseRecord } from './normalise.ts'
import type { Names, StateInput, UnbuiltEntity } from './state-input.ts'

const none: readonly string[] = []

/** An entity as it was read; undefined, with a problem, if it can't be resolved. */
export function buildEntity(
  raw: RawEntity,
  definition: KindDefinition,
  input: StateInput,
  names: Names,
  problems: Problem[],
): UnbuiltEntity | undefined {
  const given =
    input.from === 'manifest' && definition.manifest?.fromManifest
      ? definition.manifest.fromManifest(raw.fields)
      : raw.fields
  const id = asString(given.id)
  const refs = referencesOf(raw, given, definition, input, names, problems)
  if (!refs) return undefined
  const tags = tagsOf(given, input.selectTags ?? [])
  const finished = input.ahead?.get(raw) ?? finishedWithNames(given, definition, input, names)
  const { fields } = finished
  const variables = variablesIn(raw, definition, input)
  const asked = variables.length > 0 ? new Set<string>() : undefined
  const view = identityView(fields, id, refs, given, input.secrets, asked)
  const identity = definition.identity.identify(view)
  // Something that a manifest leaves to the gateway is identified by its position; at the gateway it has a value of its
  // own.
  const slot = input.from === 'gateway' || !identity ? definition.identity.slot?.(view) : undefined
  if (!identity && slot === undefined) {
    problems.push(
      withPlace(raw, 'no-identity', `a ${definition.kind} has neither a name nor an id`, undefined),
    )
    return undefined
  }
  const shown = asked ? masking(variables, finished, definition, { identity, asked }, input) : finished
  const updatedAt = raw.fields.updated_at
  const createdAt = raw.fields.created_at
  const entity: Entity = {
    kind: definition.kind,
    key: identity?.key ?? slot ?? '',
    name: (identity ? identity.name : slot) ?? '',
    ...(id === undefined ? {} : { id }),
    fields: shown.fields,
    refs,
    tags,
    ...(shown.sent ? { sent: shown.sent } : {}),
    ...(shown.masked ? { masked: shown.masked } : {}),
    ...(raw.source ? { source: raw.source } : {}),
    ...(typeof updatedAt === 'number' ? { updatedAt } : {}),
    ...(typeof createdAt === 'number' ? { createdAt } : {}),
  }
  return { raw, entity, slot }
}

function finishedWithNames(
  given: JsonObject,
  definition: KindDefinition,
  input: StateInput,
  names: Names,
): FinishedFields {
  const own = ownFieldsOf(given, definition, input)
  if (definition.references.links) linkNames(own, definition.references.links, input, names)
  return finished(own, definition, input)
}

function isEmpty(value: Json): boolean {
  return isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0
}

/** References as kinds and keys; undefined, with a problem, where one leads nowhere. */
function referencesOf(
  raw: RawEntity,
  given: JsonObject,
  definition: KindDefinition,
  input: StateInput,
  names: Names,
  problems: Problem[],
): Readonly<Record<string, EntityRef>> | undefined {
  const refs: Record<string, EntityRef> = {}
  for (const field in definition.references.foreign) {
    const foreign = definition.references.foreign[field]
    const named = foreign && foreignName(given[field], foreign.kind, input.kinds)
    if (named === undefined || !foreign) continue
    const key = names.get(foreign.kind)?.get(named) ?? input.lookup?.(foreign.kind, named)
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
  return refs
}

/** Lists of references with the names of their targets. */
function linkNames(
  fields: Record<string, Json>,
  links: Readonly<Record<string, string>>,
  input: StateInput,
  names: Names,
): void {
  for (const [field, kind] of Object.entries(links)) {
    const list = fields[field]
    if (!isArray(list)) continue
    fields[field] = list.map(item => {
      const named = foreignName(item, kind, input.kinds)
      if (!isObject(item) || named === undefined) return item
      const { id: _, ...rest } = item
      return { ...rest, name: names.get(kind)?.get(named) ?? input.lookup?.(kind, named) ?? named }
    })
  }
}

/**
 * Finishes the fields of an entity that was read from a gateway, which is most of the work of building it, before
 * anything else is known about its state. Undefined if its references affect them.
 */
export function finishAhead(
  raw: RawEntity,
  definition: KindDefinition,
  input: Pick<StateInput, 'schemas' | 'secrets'>,
): FinishedFields | undefined {
  for (const field in definition.references.links) {
    const list = raw.fields[field] ?? null
    if (list !== null && !isEmpty(list)) return undefined
  }
  const from = 'gateway'
  return finished(ownFieldsOf(raw.fields, definition, { from }), definition, { ...input, from })
}

/** All fields except references and what the gateway keeps for itself. */
function ownFieldsOf(
  given: JsonObject,
  definition: KindDefinition,
  input: Pick<StateInput, 'from' | 'defaults' | 'selectTags'>,
): Record<string, Json> {
  const own: Record<string, Json> = { ...input.defaults?.[definition.kind] }
  for (const name in given) {
    const value = given[name]
    if (value === undefined || ownFields.has(name) || name in definition.references.foreign) continue
    // An empty list or mapping in a manifest counts as missing, as in decK; in a plugin's own configuration it is a
    // value.
    if (input.from === 'manifest' && isEmpty(value)) continue
    if (!definition.fields?.derived?.includes(name)) own[name] = value
  }
  const tags = tagsOf(given, input.selectTags ?? [])
  if (definition.fields?.tagged && tags.length > 0) own.tags = tags
  return own
}

function finished(
  own: JsonObject,
  definition: KindDefinition,
  input: Pick<StateInput, 'from' | 'schemas' | 'secrets'>,
): FinishedFields {
  const schema = input.schemas.get(definition.kind)
  if (!schema) return named(withoutSchema(own, definition, input.secrets), noSchema, undefined, input.secrets)
  const record = recordFor({ fields: own }, definition, schema)
  let normal = normaliseRecord(own, record, input.from)
  if (definition.fields?.normalise)
    normal = definition.fields.normalise(normal, input.from === 'manifest' ? own : undefined)
  let sent: Record<string, Json> | undefined
  for (const field of definition.fields?.countsDown ?? []) {
    const value = normal[field] ?? null
    if (value !== null) sent = { ...sent, [field]: value }
    normal = { ...normal, [field]: value === null ? null : true }
  }
  const hidden = hideSecrets(normal, record, definition.secrets?.fields ?? none, input.secrets)
  const shown = isDescribed(own, definition, schema)
    ? hidden
    : withoutTexts(hidden, definition, input.secrets)
  return { ...named(shown, record, sent, input.secrets), ...(shown === hidden ? {} : { masked: true }) }
}

/** Whether there is a schema for what a plugin or a vault holds, rather than only for plugins and vaults. */
function isDescribed(
  own: JsonObject,
  { fields: { variant } = {} }: KindDefinition,
  schema: KindSchema,
): boolean {
  if (variant === undefined || schema.variant === undefined) return true
  const name = asString(own[variant])
  return name === undefined || schema.variant(name) !== undefined
}

/**
 * The same as without a schema, except that computations in memory may use the texts: nothing says that they are
 * secret.
 */
function withoutTexts(fields: JsonObject, definition: KindDefinition, secrets: SecretSink): JsonObject {
  const name = definition.fields?.configuration
  if (name === undefined) return fields
  const configuration = fields[name] ?? null
  const masked = textsMasked(configuration, secrets)
  return masked === configuration ? fields : { ...fields, [name]: masked }
}

function named(
  fields: JsonObject,
  record: RecordSchema,
  sent: JsonObject | undefined,
  secrets: SecretSink,
): FinishedFields {
  const shown = maskNamed(fields, record, secrets)
  return { fields: shown, sent, masked: shown === fields ? undefined : true }
}

/** Where values of variables are in an entity of a manifest. */
function variablesIn(
  raw: RawEntity,
  definition: KindDefinition,
  { from, defaultVariables }: StateInput,
): readonly FieldPath[] {
  const ofDefaults = from === 'gateway' ? undefined : defaultVariables?.[definition.kind]
  if (!raw.variables && !ofDefaults) return noVariables
  return variablesOf(raw, ofDefaults ?? noVariables, definition)
}

const noVariables: readonly FieldPath[] = []

/** An entity of a manifest without the values of its variables. */
function masking(
  variables: readonly FieldPath[],
  finished: FinishedFields,
  definition: KindDefinition,
  known: KnownBy,
  { schemas, secrets }: StateInput,
): FinishedFields {
  const schema = schemas.get(definition.kind)
  const record = schema && recordFor({ fields: finished.fields }, definition, schema)
  return withoutVariables(finished, variables, definition, known, record, secrets)
}

/**
 * Without a schema it is unknown which parts of a plugin's or a vault's own configuration are secret: everything is
 * hidden.
 */
function withoutSchema(own: JsonObject, definition: KindDefinition, secrets: SecretSink): JsonObject {
  const hidden = hideSecrets(own, noSchema, definition.secrets?.fields ?? none, secrets)
  const name = definition.fields?.configuration
  const configuration = name === undefined ? undefined : hidden[name]
  return name === undefined || configuration === undefined
    ? hidden
    : { ...hidden, [name]: hideAll(configuration, secrets) }
}

const noSchema: RecordSchema = { fields: new Map(), shorthands: new Map() }

const knownRecords = new WeakMap<KindSchema, Map<string, RecordSchema>>()

/**
 * The schema of one entity: a plugin's own config replaces the abstract one, and the gateway's own fields are left out.
 */
export function recordFor(
  raw: { readonly fields: JsonObject },
  definition: KindDefinition,
  schema: KindSchema,
): RecordSchema {
  const variant = definition.fields?.variant ? (asString(raw.fields[definition.fields.variant]) ?? '') : ''
  const records = knownRecords.get(schema) ?? new Map<string, RecordSchema>()
  knownRecords.set(schema, records)
  const known = records.get(variant)
  if (known) return known
  const special = variant === '' ? undefined : schema.variant?.(variant)
  const fields = new Map<string, FieldSchema>()
  for (const [name, field] of schema.record.fields) {
    if (ownFields.has(name) || definition.fields?.derived?.includes(name)) continue
    const own = special?.fields.get(name) ?? field
    fields.set(name, definition.fields?.unordered?.includes(name) ? { ...own, type: 'set' } : own)
  }
  let checks: RecordSchema['checks']
  const record: RecordSchema = {
    fields,
    shorthands: schema.record.shorthands,
    get checks() {
      checks ??= [...(schema.record.checks ?? []), ...(special?.checks ?? [])]
      return checks
    },
  }
  records.set(variant, record)
  return record
}

/** The name or id that a foreign key gives: a string, `{id}`, `{name}`, or by the field that the other kind has its name in. */
export function foreignName(value: Json | undefined, kind: Kind, kinds: Kinds): string | undefined {
  if (typeof value === 'string') return value
  if (!isObject(value)) return undefined
  const known = asString(value.id) ?? asString(value.name)
  return known ?? asString(value[kinds.of(kind)?.identity.referredBy?.[0] ?? ''])
}

function tagsOf(fields: JsonObject, selectTags: readonly string[]): readonly string[] {
  const given = fields.tags
  const own = isArray(given) ? given.filter(tag => typeof tag === 'string') : []
  return own.length === 0 && selectTags.length === 0 ? noTags : [...new Set([...own, ...selectTags])]
}

const noTags: readonly string[] = []

function withPlace(raw: RawEntity, code: ProblemCode, message: string, path: string | undefined): Problem {
  const place = raw.source?.place(path)
  return place ? { code, message, place } : { code, message }
}

function identityView(
  fields: JsonObject,
  id: string | undefined,
  refs: Readonly<Record<string, EntityRef>>,
  given: JsonObject,
  secrets: SecretSink,
  asked: Set<string> | undefined,
): IdentityView {
  return {
    id,
    text(field) {
      asked?.add(field)
      return asString(fields[field]) || undefined
    },
    digest(field) {
      const value = fields[field]
      return isObject(value) ? asString(value.$secret) : undefined
    },
    ending(field) {
      const value = asString(given[field])
      return value === undefined ? undefined : secrets.ending(value)
    },
    ref: field => refs[field],
  }
}
