import { isObject, type Json, type JsonObject, jsonObject } from '../../json.ts'
import type { Checking, Field, Schema } from '../field.ts'
import { brokenLimit } from '../limits/limits.ts'
import { filled } from './fill.ts'
import { inWords, limitViolation, nullViolation, required, scalarTypeViolation } from './scalars.ts'
import { schemaFor } from './variant-of.ts'
import { isEmpty, noViolations, type Violation, type Violations } from './violations.ts'

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

/** What is wrong with the value's type and its content; true if the limits need no check any more. */
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
    default:
      return scalarTypeViolation(field, value)
  }
}

/** What is wrong with the value of one field, or undefined. */
export function fieldViolation(field: Field, value: Json | undefined, how: Checking): Violation | undefined {
  if (value === null) return nullViolation(field)
  if (field.eq === null) return field.err ?? 'value must be null'
  if (field.abstract) return 'error in schema definition: abstract field was not specialized'
  const violation = typeViolation(field, value, how)
  if (violation === true || value === undefined) return undefined
  return violation ?? limitViolation(field, value)
}

/** How Lua writes a value of the wrong type into a sentence. */
function variantName(key: Json): string {
  const first = Array.isArray(key) ? key[0] : isObject(key) ? undefined : key
  if (first === undefined) return 'nil'
  if (first === null) return 'userdata: NULL'
  return typeof first === 'object' ? 'table: 0x0000' : inWords(first)
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
