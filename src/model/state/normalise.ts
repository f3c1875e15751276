import { compareTexts } from '../compare-texts.ts'
import { canonicalText, isArray, isObject, type Json, type JsonObject } from '../json.ts'
import type { FieldSchema, RecordSchema } from '../schema/schema.ts'

/**
 * Where fields come from. A manifest's `null` is a field left out, as in decK; at a gateway it is a value. What both
 * leave out, a gateway fills in.
 */
export type StateSource = 'manifest' | 'gateway'

/**
 * Brings the fields of an entity into a canonical form in which equal things are equal: defaults of the gateway are
 * filled in, sets hold each value once, deprecated names are replaced. It relies on the gateway's schema alone and
 * never guesses; fields that the schema lacks stay unchanged.
 */
export function normaliseRecord(given: JsonObject, schema: RecordSchema, from: StateSource): JsonObject {
  const fields = replaceShorthands(given, schema)
  const result: Record<string, Json> = {}
  for (const [name, field] of schema.fields) {
    if (field.type === 'foreign') continue
    const value = normaliseField(fields[name], field, from)
    if (value !== undefined) result[name] = value
  }
  for (const name in fields) {
    const value = fields[name]
    if (value !== undefined && !schema.fields.has(name)) result[name] = value
  }
  return result
}

const knownDefaults = new WeakMap<RecordSchema, JsonObject>()

/** The fields of an entity of which nothing is given. */
export function defaultsOf(schema: RecordSchema): JsonObject {
  const known = knownDefaults.get(schema)
  if (known) return known
  const defaults = normaliseRecord({}, schema, 'manifest')
  knownDefaults.set(schema, defaults)
  return defaults
}

/** Undefined if the gateway generates the value and none is given: nothing to compare. */
function normaliseField(given: Json | undefined, field: FieldSchema, from: StateSource): Json | undefined {
  if (given === undefined) return missing(field)
  if (given !== null) return normaliseValue(given, field, from)
  return from === 'manifest' ? missing(field) : null
}

const knownMissing = new WeakMap<FieldSchema, Json>()

function missing(field: FieldSchema): Json | undefined {
  if (field.default === undefined) {
    if (field.auto) return undefined
    if (field.type !== 'record' || !field.required || !field.record) return null
    return defaultsOf(field.record)
  }
  const known = knownMissing.get(field)
  if (known !== undefined) return known
  const value = normaliseValue(field.default, field, 'gateway')
  knownMissing.set(field, value)
  return value
}

function normaliseValue(value: Json, field: FieldSchema, from: StateSource): Json {
  if (value === null) return null
  switch (field.type) {
    case 'record':
      return isObject(value) && field.record ? normaliseRecord(value, field.record, from) : value
    case 'set':
      return isArray(value) ? distinct(normaliseElements(value, field, from)) : value
    case 'array':
      return isArray(value) ? normaliseElements(value, field, from) : value
    case 'map': {
      const { elements } = field
      if (!elements || !isObject(value) || isPlain(elements)) return value
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, normaliseValue(item, elements, from)]),
      )
    }
    case 'integer':
    case 'number':
      // -0 and 0 are one number.
      return typeof value === 'number' ? value + 0 : value
    default:
      return value
  }
}

function normaliseElements(values: readonly Json[], field: FieldSchema, from: StateSource): readonly Json[] {
  const { elements } = field
  return elements && !isPlain(elements) ? values.map(value => normaliseValue(value, elements, from)) : values
}

/** Whether values of a field stay as they are. */
function isPlain({ type }: FieldSchema): boolean {
  return type === 'string' || type === 'boolean' || type === 'json'
}

/** Each value once; the order in which a set is written is meaningless, and stays as people wrote it. */
function distinct(values: readonly Json[]): readonly Json[] {
  if (values.length < 2) return values
  if (values.every(value => typeof value === 'string')) {
    const once = new Set(values)
    return once.size === values.length ? values : [...once]
  }
  return [...new Map(values.map(value => [canonicalText(value), value])).values()]
}

/** The canonical form of a value: sets in order, however deep. */
export function canonicalForm(value: Json, field: FieldSchema | undefined): Json {
  if (value === null || !field) return value
  const { elements, record } = field
  if (isArray(value)) {
    const items = elements ? value.map(item => canonicalForm(item, elements)) : value
    if (field.type !== 'set') return items
    return items.toSorted((a, b) => compareTexts(canonicalText(a), canonicalText(b)))
  }
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      canonicalForm(item, record?.fields.get(name) ?? elements),
    ]),
  )
}

/** Moves values from deprecated names to the fields that replace them, unless those are given too. */
function replaceShorthands(given: JsonObject, schema: RecordSchema): JsonObject {
  let result: Record<string, Json> | undefined
  for (const [name, { replacedWith, convert }] of schema.shorthands) {
    const value = given[name]
    if (value === undefined || !replacedWith) continue
    result ??= { ...given }
    delete result[name]
    if (value === null) continue
    const converted = convert ? convert(value) : value
    for (const path of replacedWith) result = { ...withPath(result, path, converted) }
  }
  return result ?? given
}

/** The object with a value at a path, unless one is there already. */
function withPath(object: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [name, ...rest] = path
  if (name === undefined) return object
  const there = object[name]
  if (rest.length === 0) return there === undefined || there === null ? { ...object, [name]: value } : object
  return { ...object, [name]: withPath(isObject(there) ? there : {}, rest, value) }
}
