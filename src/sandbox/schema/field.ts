import type { Json, JsonObject } from '../json.ts'
import type { Limit } from './limits/limits.ts'
import type { Rule } from './rules/rule.ts'
import type { Violations } from './validate/violations.ts'

export const fieldTypes = [
  'string',
  'integer',
  'number',
  'boolean',
  'array',
  'set',
  'map',
  'record',
  'foreign',
  'json',
  'function',
] as const
export type FieldType = (typeof fieldTypes)[number]

/** One field of a schema, ready to check values against. */
export interface Field {
  readonly name: string
  readonly type: FieldType
  readonly required: boolean
  /** Undefined where there is none; null is a default too. */
  readonly default: Json | undefined
  /** The only allowed value, and a forbidden one: undefined if the schema has none. */
  readonly eq: Json | undefined
  readonly ne: Json | undefined
  /** Kong makes the value itself: ids, times, random keys. */
  readonly auto: boolean
  readonly uuid: boolean
  readonly unique: boolean
  /** Given by the schema of the plugin or vault. */
  readonly abstract: boolean
  /** May be a reference to a vault: `{vault://…}`. */
  readonly referenceable: boolean
  /** Not kept: the certificate's list of names. */
  readonly transient: boolean
  /** Kind that a foreign field points to, and its schema. */
  readonly reference: string | undefined
  readonly parent: () => Schema | undefined
  readonly onDelete: 'cascade' | 'restrict'
  readonly elements: Field | undefined
  readonly keys: Field | undefined
  readonly values: Field | undefined
  /** Fields of a record. */
  readonly record: Schema | undefined
  /** The sentence for any violated limit. */
  readonly err: string | undefined
  /** Limits in the order in which Kong checks them. */
  readonly limits: readonly Limit[]
  /** The check that Kong makes by a function. */
  readonly rule: Rule | undefined
  /** Limits that come after the function. */
  readonly lateLimits: readonly Limit[]
  /** The field as the schema says it; conditions are laid over it. */
  readonly raw: JsonObject
}

/** The fields of an entity or of a record, and the checks over several of them. */
export interface Schema {
  /** Where it stands: `routes`, `plugins/cors`, `plugins/cors.config`. */
  readonly place: string
  readonly fields: readonly Field[]
  readonly byName: ReadonlyMap<string, Field>
  readonly checks: readonly EntityCheck[]
  readonly shorthands: readonly Shorthand[]
  /** How the rest of the schema depends on a field's value: a plugin's name, a route's protocols. */
  readonly variants: Variants | undefined
}

/** Schemas that are chosen by the value of a field. */
export interface Variants {
  readonly key: string
  /** `%s` stands for the value that no variant is known for. */
  readonly unknown: string
  /** The whole schema for one value, or undefined for an unknown one. */
  of(value: string): Schema | undefined
}

/** How an entity is checked. */
export interface Checking {
  /** Whether all required fields must be present: not if only some are updated. */
  readonly full: boolean
  /** Sentences about missing fields then start with "when updating". */
  readonly updating: boolean
  /** Fields that are not checked though the schema has no such field: `ttl` of keys that expire. */
  readonly besides?: readonly string[]
}

/** A check over several fields of an entity. */
export interface EntityCheck {
  run(entity: JsonObject, how: Checking, violations: Violations): void
}

/** A field that is written instead of others: a service's `url`, a plugin's older field names. */
export interface Shorthand {
  readonly name: string
  readonly field: Field
  /** An older name: the new fields take precedence, and the two must not contradict each other. */
  readonly deprecated: boolean
  /** The field that it stands for, shown under the old name too. */
  readonly replacedWith: readonly string[] | undefined
  /** The fields that the value stands for. */
  expand(value: Json): JsonObject
}
