import { isObject, type Json, type JsonObject, jsonObject } from '../json.ts'
import { luaNumber } from '../lua-text.ts'
import type { Field, Schema } from './field.ts'
import { filled } from './fill.ts'
import { brokenLimit } from './limits.ts'
import { isEmpty, noViolations, type Violation, type Violations } from './violations.ts'

/** How an entity is checked. */
export interface Checking {
  /** Whether all required fields must be there: not when only some are updated. */
  readonly full: boolean
  /** Sentences about missing fields then start with "when updating". */
  readonly updating: boolean
  /** Fields that are not checked though the schema has no such field: `ttl` of keys that expire. */
  readonly besides?: readonly string[]
}

const required = 'required field missing'
const vaultReference = /^\{vault:\/\/.+\}$/s

/** In Lua an empty table is list and map at once. */
const isList = (value: Json | undefined): value is Json[] =>
  Array.isArray(value) || (isObject(value) && Object.keys(value).length === 0)

const items = (value: Json): Json[] => (Array.isArray(value) ? value : [])

/** A list where named fields are wanted has its positions as names. */
function asRecord(value: Json | undefined): JsonObject | undefined {
  if (isObject(value)) return value
  if (!Array.isArray(value)) return undefined
  const record = jsonObject()
  value.forEach((part, i) => {
    record[i + 1] = part
  })
  return record
}

function elementsViolation(element: Field, value: Json, how: Checking): Violation | undefined {
  let found: Violations | undefined
  items(value).forEach((part, i) => {
    const violation = part === null ? required : fieldViolation(element, part, how)
    if (violation === undefined) return
    found ??= noViolations()
    found[i + 1] = violation
  })
  return found
}

function mapViolation(field: Field, given: Json | undefined, how: Checking): Violation | undefined {
  const value = asRecord(given)
  if (value === undefined) return 'expected a map'
  // The positions of a list are numbers, and names of a map are text.
  if (Array.isArray(given) && given.length > 0) return 'expected a string'
  for (const [name, part] of Object.entries(value)) {
    const violation =
      (field.keys && fieldViolation(field.keys, name, how)) ??
      (part === null ? required : field.values && fieldViolation(field.values, part, how))
    if (violation !== undefined) return violation
  }
  return undefined
}

function recordViolation(record: Schema, value: JsonObject, how: Checking): Violation | undefined {
  const complete = filled(record, value, 'insert')
  if ('violations' in complete) return complete.violations
  const found = entityViolations(record, complete.entity, { ...how, full: true })
  return isEmpty(found) ? undefined : found
}

function keyViolation(value: Json | undefined): Violation | undefined {
  const key = isObject(value) ? value.id : undefined
  const found = noViolations()
  if (key === undefined || key === false) found.id = 'missing primary key'
  else if (key === null) found.id = required
  else if (typeof key !== 'string') found.id = 'expected a string'
  else if (brokenLimit(key, [{ name: 'uuid', to: true }]) !== undefined) found.id = 'expected a valid UUID'
  return isEmpty(found) ? undefined : found
}

/** An entity is pointed to by its id; what else stands there must at least be fields that it has. */
function foreignViolation(field: Field, value: Json | undefined, how: Checking): Violation | undefined {
  const violation = keyViolation(value)
  const parent = field.parent()
  const named = asRecord(value)
  if (violation === undefined || parent === undefined || named === undefined) return violation
  const inside = entityViolations(parent, named, { ...how, full: false })
  return isEmpty(inside) ? violation : inside
}

/** What is wrong with the value's type and with what is inside it; true where the limits need no look any more. */
function typeViolation(field: Field, value: Json | undefined, how: Checking): Violation | true | undefined {
  switch (field.type) {
    case 'array':
    case 'set':
      if (!isList(value)) return field.type === 'array' ? 'expected an array' : 'expected a set'
      return field.elements && elementsViolation(field.elements, value, how)
    case 'map':
      return mapViolation(field, value, how)
    case 'record': {
      const record = asRecord(value)
      if (record === undefined) return 'expected a record'
      return field.record && recordViolation(field.record, record, how)
    }
    case 'foreign':
      return foreignViolation(field, value, how)
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) ? undefined : 'expected an integer'
    case 'number':
      return typeof value === 'number' ? undefined : 'expected a number'
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'expected a boolean'
    case 'string':
      if (typeof value !== 'string') return 'expected a string'
      return field.referenceable && vaultReference.test(value) ? true : undefined
    case 'function':
      return 'expected a function'
    case 'json':
      return undefined
  }
}

/** What is wrong with the value of one field, or undefined. */
export function fieldViolation(field: Field, value: Json | undefined, how: Checking): Violation | undefined {
  if (value === null) {
    if (field.ne === null) return field.err ?? 'value must not be null'
    if (field.eq !== undefined && field.eq !== null) return `value must be ${shown(field.eq)}`
    return field.required ? required : undefined
  }
  if (field.eq === null) return field.err ?? 'value must be null'
  if (field.abstract) return 'error in schema definition: abstract field was not specialized'
  const violation = typeViolation(field, value, how)
  if (violation === true || value === undefined) return undefined
  if (violation !== undefined) return violation
  const broken =
    brokenLimit(value, field.limits) ?? field.rule?.(value) ?? brokenLimit(value, field.lateLimits)
  return broken === undefined ? undefined : (field.err ?? broken)
}

const shown = (value: Json): string => (typeof value === 'number' ? luaNumber(value) : String(value))

/** The schema for this entity: the one of its plugin, vault or protocols, where they have their own. */
export function schemaFor(schema: Schema, entity: JsonObject): Schema | undefined {
  if (schema.variants === undefined) return schema
  const key = entity[schema.variants.key]
  if (typeof key === 'string') return schema.variants.of(key)
  for (const part of items(key ?? null)) {
    const found = typeof part === 'string' ? schema.variants.of(part) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** How Lua writes a value of the wrong type into a sentence. */
function variantName(key: Json): string {
  const first = Array.isArray(key) ? key[0] : isObject(key) ? undefined : key
  if (first === undefined) return 'nil'
  if (first === null) return 'userdata: NULL'
  return typeof first === 'object' ? 'table: 0x0000' : shown(first)
}

/** What is wrong with an entity: each field, then the checks over several. */
export function entityViolations(whole: Schema, entity: JsonObject, how: Checking): Violations {
  const violations = noViolations()
  const schema = schemaFor(whole, entity)
  if (schema === undefined && whole.variants !== undefined) {
    const { key, unknown } = whole.variants
    const value = entity[key]
    violations[key] =
      value === undefined || value === null ? required : unknown.replace('%s', () => variantName(value))
    return violations
  }
  if (schema === undefined) return violations
  for (const [name, value] of Object.entries(entity)) {
    if (name === 'updated_at' || how.besides?.includes(name)) continue
    const field = schema.byName.get(name)
    const violation = field === undefined ? 'unknown field' : fieldViolation(field, value, how)
    if (violation !== undefined) violations[name] = violation
  }
  for (const field of schema.fields) {
    const value = entity[field.name]
    if (field.required && (value === null || (how.full && value === undefined)))
      violations[field.name] = required
  }
  for (const check of schema.checks) check.run(entity, how, violations)
  return violations
}
