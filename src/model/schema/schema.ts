import type { Json } from '../json.ts'
import type { EntityCheck } from './entity-checks.ts'
import type { Limits } from './limits.ts'

/**
 * One field of a kind, as the gateway's own schema describes it (Kong: `GET /schemas/{kind}`). What reading, comparing
 * and masking need, and the limits that it states without code.
 */
export interface FieldSchema {
  readonly type:
    | 'string'
    | 'integer'
    | 'number'
    | 'boolean'
    | 'set'
    | 'array'
    | 'map'
    | 'record'
    | 'foreign'
    | 'json'
  readonly required: boolean
  /** What the gateway fills in if the field is left out. */
  readonly default?: Json
  /** The gateway generates a value: a time, an id, a key. */
  readonly auto: boolean
  /** The value is a secret: never shown in clear text. */
  readonly secret: boolean
  /** Of sets and arrays: the schema of an element; of maps: of a value. */
  readonly elements?: FieldSchema
  /** Of records. */
  readonly record?: RecordSchema
  /** For foreign fields: the Admin API's plural of the kind that it points to. */
  readonly reference?: string
  readonly limits?: Limits | undefined
}

/** The fields of an entity or a nested record. */
export interface RecordSchema {
  readonly fields: ReadonlyMap<string, FieldSchema>
  /** Deprecated other names of fields: `redis_host` stands for `redis.host`. */
  readonly shorthands: ReadonlyMap<string, Shorthand>
  /** Rules about several fields, except those that are code at the gateway. */
  readonly checks?: readonly EntityCheck[]
}

/** A name that a gateway still takes in place of other fields. */
export interface Shorthand {
  /** Paths of the fields that it stands for, such as `['redis', 'host']`; undefined if unknown. */
  readonly replacedWith: readonly (readonly string[])[] | undefined
  /** The value that these fields then have, where it is another one. */
  convert?(value: Json): Json
}

/** The schema of a kind at one gateway; for plugins, the `config` differs with the plugin's name. */
export interface KindSchema {
  readonly record: RecordSchema
  /** The schema of one plugin (`config` and its narrower fields), or undefined where the gateway lacks that plugin. */
  readonly variant?: (name: string) => RecordSchema | undefined
}

/** The schemas of all kinds at one gateway, keyed by kind. */
export type Schemas = ReadonlyMap<string, KindSchema>
