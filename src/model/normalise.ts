import { canonicalText, isArray, isObject, type Json, type JsonObject } from './json.ts'
import type { FieldSchema, RecordSchema } from './schema.ts'

/**
 * Brings the fields of an entity into the one form in which equal things are equal: what the gateway
 * would fill in is filled in, sets hold each value once, nothing stands for an empty set or map.
 * It goes by the gateway's schema alone and never guesses; fields that the schema lacks stay as they are.
 */
export function normaliseRecord(given: JsonObject, schema: RecordSchema): JsonObject {
  const fields = replaceShorthands(given, schema)
  const result: Record<string, Json> = {}
  for (const [name, field] of schema.fields) {
    if (field.type === 'foreign') continue
    const value = normaliseField(fields[name], field)
    if (value !== undefined) result[name] = value
  }
  for (const [name, value] of Object.entries(fields)) {
    if (!schema.fields.has(name)) result[name] = value
  }
  return result
}

/** Undefined where the gateway makes up the value and none is given: nothing to compare. */
function normaliseField(given: Json | undefined, field: FieldSchema): Json | undefined {
  if (given === undefined || (given === null && field.required)) {
    if (field.default !== undefined) return normaliseValue(field.default, field)
    if (field.auto) return undefined
    if (field.type === 'record' && field.required && field.record) return normaliseRecord({}, field.record)
    return null
  }
  return normaliseValue(given, field)
}

function normaliseValue(value: Json, field: FieldSchema): Json {
  if (value === null) return null
  switch (field.type) {
    case 'record':
      return isObject(value) && field.record ? normaliseRecord(value, field.record) : value
    case 'set': {
      if (!isArray(value)) return value
      return value.length === 0 ? null : distinct(normaliseElements(value, field))
    }
    case 'array':
      return isArray(value) ? normaliseElements(value, field) : value
    case 'map': {
      if (!isObject(value)) return value
      const entries = Object.entries(value)
      if (entries.length === 0) return null
      const { elements } = field
      if (!elements) return value
      return Object.fromEntries(entries.map(([key, item]) => [key, normaliseValue(item, elements)]))
    }
    case 'integer':
    case 'number':
      // An env value in a manifest may still be text; -0 and 0 are one number.
      return typeof value === 'number' ? value + 0 : value
    default:
      return value
  }
}

function normaliseElements(values: readonly Json[], field: FieldSchema): readonly Json[] {
  const { elements } = field
  return elements ? values.map(value => normaliseValue(value, elements)) : values
}

/** Each value once; the order in which a set is written means nothing, and stays as people wrote it. */
function distinct(values: readonly Json[]): readonly Json[] {
  if (values.every(value => typeof value === 'string')) return [...new Set(values)]
  return [...new Map(values.map(value => [canonicalText(value), value])).values()]
}

/** The form of a value in which equal values are equal: sets in order, however deep. */
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

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Moves values from deprecated names to the fields that replace them, unless those are given too. */
function replaceShorthands(given: JsonObject, schema: RecordSchema): JsonObject {
  if (schema.shorthands.size === 0) return given
  let result: JsonObject = given
  for (const [name, { replacedWith }] of schema.shorthands) {
    const value = given[name]
    if (value === undefined || replacedWith.length === 0) continue
    const { [name]: _, ...rest } = result
    result = rest
    if (value === null) continue
    for (const path of replacedWith) result = withPath(result, path, value)
  }
  return result
}

/** The object with a value at a path, unless one is there already. */
function withPath(object: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [name, ...rest] = path
  if (name === undefined) return object
  const there = object[name]
  if (rest.length === 0) return there === undefined || there === null ? { ...object, [name]: value } : object
  return { ...object, [name]: withPath(isObject(there) ? there : {}, rest, value) }
}
