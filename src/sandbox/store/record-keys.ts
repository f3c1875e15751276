import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Field } from '../schema/field.ts'
import { fieldViolation } from '../schema/validate/validate.ts'
import type { Kind } from './kinds.ts'
import {
  done,
  failed,
  invalidOption,
  invalidPrimaryKey,
  invalidUnique,
  type Outcome,
  type Problem,
} from './problems.ts'

/** How an entity is named: by its id, or by the value of its endpoint key. */
export interface Key {
  readonly field: string
  readonly value: string
}

const longestTtl = 100_000_000

/** Seconds that the entity lives, taken out of the body; a problem where they are no such number. */
export function takeTtl(kind: Kind, body: JsonObject): Outcome<number | undefined> {
  if (!kind.ttl || body.ttl === undefined) return done(undefined)
  const ttl = body.ttl
  delete body.ttl
  // A real gateway fails on null (500); here it means that the entity does not expire.
  if (ttl === null) return done(undefined)
  if (typeof ttl === 'number' && Number.isInteger(ttl) && ttl >= 0 && ttl <= longestTtl) return done(ttl)
  return failed(invalidOption('ttl', `must be an integer between 0 and ${longestTtl}`))
}

/** Where and why one value may not stand in a path. */
export function keyProblem(field: Field | undefined, key: Key): Problem | undefined {
  if (field === undefined) return undefined
  const violation = fieldViolation(field, key.value, { full: true, updating: false })
  if (violation === undefined) return undefined
  if (key.field === 'id') return invalidPrimaryKey({ id: violation })
  return invalidUnique(key.field, typeof violation === 'string' ? violation : 'invalid value')
}

/** Of a foreign value only the id is kept. */
export function keyOnly(field: Field, value: Json | undefined): Json | undefined {
  if (field.reference === undefined || !isObject(value)) return value
  return { id: typeof value.id === 'string' ? value.id.toLowerCase() : null }
}
