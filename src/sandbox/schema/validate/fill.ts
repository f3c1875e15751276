import { randomBytes, randomUUID } from 'node:crypto'
import {
  copyJson,
  copyObject,
  isObject,
  type Json,
  type JsonObject,
  jsonObject,
  sameJson,
  valueAt,
} from '../../json.ts'
import type { Field, Schema, Shorthand } from '../field.ts'
import { inWords, scalarViolation } from './scalars.ts'
import { schemaFor } from './variant-of.ts'
import { isEmpty, noViolations, type Violations } from './violations.ts'

/** What the entity is completed for. An update only touches what it names; to select is to read what is stored. */
export type Purpose = 'insert' | 'update' | 'upsert' | 'select'

/** The completed entity, or what is wrong with its shorthand fields. */
export type Filled = { readonly entity: JsonObject } | { readonly violations: Violations }

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** 32 letters and digits: what Kong makes for a key or secret that is not given. */
function randomKey(): string {
  return Array.from(randomBytes(32), byte => alphabet[byte % alphabet.length]).join('')
}

function missing(field: Field): Json | undefined {
  if (field.default !== undefined) return copyJson(field.default)
  if (!field.required) return null
  if (field.type !== 'record' || field.abstract || field.record === undefined) return undefined
  const complete = filled(field.record, jsonObject(), 'insert')
  return 'entity' in complete ? complete.entity : undefined
}

/** A set keeps the first of duplicate values. Objects are never equal. */
const withoutDoubles = (list: Json[]): Json[] =>
  list.filter((part, i) => typeof part === 'object' || list.indexOf(part) === i)

function adjusted(
  field: Field,
  given: Json | undefined,
  purpose: Purpose,
  violations: Violations,
): Json | undefined {
  let value = given
  if (field.abstract) return value
  if (field.type === 'record' && field.record !== undefined) {
    const recurse = value !== null && (value !== undefined || (purpose !== 'update' && field.required))
    if (recurse) {
      value ??= missing(field)
      if (isObject(value)) return within(filled(field.record, value, purpose), violations)
    }
  } else if (Array.isArray(value)) {
    const list = field.type === 'set' ? withoutDoubles(value) : value
    const element = field.elements
    if (field.type !== 'array' && field.type !== 'set') return value
    return element === undefined
      ? list
      : list.map(part => adjusted(element, part, purpose, violations) ?? null)
  } else if (field.type === 'array' || field.type === 'set') {
    // Lua knows no difference between an empty list and an empty map.
    if (isObject(value) && Object.keys(value).length === 0) return []
  } else if (field.type === 'map' && isObject(value) && field.values !== undefined) {
    const map = jsonObject()
    for (const [name, part] of Object.entries(value)) {
      map[name] = adjusted(field.values, part, purpose, violations) ?? null
    }
    return map
  }
  return value === undefined && purpose !== 'update' ? missing(field) : value
}

function within(result: Filled, violations: Violations): Json | undefined {
  if ('entity' in result) return result.entity
  Object.assign(violations, result.violations)
  return undefined
}

function disagreement(entity: JsonObject, shorthand: Shorthand, value: Json): string | undefined {
  if (value === null || shorthand.replacedWith === undefined) return undefined
  const other = valueAt(entity, shorthand.replacedWith)
  if (other === undefined || other === null || other === false || sameJson(other, value)) return undefined
  return (
    'both deprecated and new field are used but their values mismatch: ' +
    `${shorthand.name} = ${inWords(value)} vs ${shorthand.replacedWith.join('.')} = ${inWords(other)}`
  )
}

function mergeShorthand(entity: JsonObject, shorthand: Shorthand, value: Json): void {
  for (const [name, part] of Object.entries(shorthand.expand(value))) {
    const there = entity[name]
    if (isObject(part)) {
      const merged = jsonObject()
      const given = isObject(there) ? there : {}
      Object.assign(merged, shorthand.deprecated ? part : given)
      for (const [key, inner] of Object.entries(shorthand.deprecated ? given : part)) {
        if (!shorthand.deprecated || merged[key] === undefined || inner !== null) merged[key] = inner
      }
      entity[name] = merged
    } else if (!shorthand.deprecated || there === undefined || there === null) entity[name] = part
  }
}

function expandShorthands(schema: Schema, entity: JsonObject, violations: Violations): void {
  for (const shorthand of schema.shorthands) {
    const value = entity[shorthand.name]
    if (value === undefined) continue
    const violation = scalarViolation(shorthand.field, value) ?? disagreement(entity, shorthand, value)
    if (violation !== undefined) {
      violations[shorthand.name] = violation
      continue
    }
    delete entity[shorthand.name]
    mergeShorthand(entity, shorthand, value)
  }
}

function automatic(field: Field, value: Json | undefined, purpose: Purpose): Json | undefined {
  const creates = purpose === 'insert' || purpose === 'upsert'
  if (field.uuid) return creates ? (value ?? (value === undefined ? randomUUID() : null)) : value
  if (field.type === 'string') return creates && value === undefined ? randomKey() : value
  const isNew = field.name === 'created_at' && creates && (value === null || value === undefined)
  if (!isNew && (field.name !== 'updated_at' || purpose === 'select')) return value
  return field.type === 'integer' ? Math.floor(Date.now() / 1000) : Date.now() / 1000
}

/**
 * Completes an entity before it is checked: shorthand fields give way to the fields they stand for, Kong's own
 * values and the defaults are put in, sets lose what they have twice, and fields without a value become null.
 */
export function filled(whole: Schema, given: JsonObject, purpose: Purpose): Filled {
  const entity = copyObject(given)
  const violations = noViolations()
  if (purpose !== 'select') expandShorthands(whole, entity, violations)
  if (!isEmpty(violations)) return { violations }
  const schema = schemaFor(whole, entity) ?? whole
  for (const field of schema.fields) {
    const own = field.auto ? automatic(field, entity[field.name], purpose) : entity[field.name]
    const value = adjusted(field, own, purpose, violations)
    if (value === undefined) delete entity[field.name]
    else entity[field.name] = value
  }
  return isEmpty(violations) ? { entity } : { violations }
}

/**
 * What reading makes of a stored entity: a shorthand field that is also a field by its own name is worked out again each
 * time. `algorithm` and `hash_on` of an upstream are, so that it never hashes on nothing.
 */
export function asRead(schema: Schema, stored: JsonObject): JsonObject {
  const again = schema.shorthands.filter(({ name }) => schema.byName.has(name))
  if (again.length === 0) return stored
  const read = copyObject(stored)
  for (const { name, expand } of again) {
    const value = read[name]
    if (value !== undefined) Object.assign(read, expand(value))
  }
  return read
}

/** The entity that is there, with what an update names laid over it; records are merged field by field. */
export function merged(whole: Schema, over: JsonObject, under: JsonObject): JsonObject {
  const result = jsonObject()
  Object.assign(result, under, over)
  for (const field of (schemaFor(whole, under) ?? whole).fields) {
    const part = over[field.name]
    if (field.type !== 'record' || field.abstract || field.record === undefined || !isObject(part)) continue
    const below = under[field.name]
    result[field.name] = merged(field.record, part, isObject(below) ? below : {})
  }
  return result
}
