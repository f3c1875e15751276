import type { Coverage, EntityRef, Kind } from './entity-ref.ts'
import type { Json, JsonObject } from './json.ts'
import type { Place } from './problem.ts'
import type { Kinds } from './schema/kinds.ts'

export type { Coverage, EntityRef, Kind }

/** Where an entity was written down. Lines are worked out only when asked for. */
export interface Source {
  readonly file: string
  /** The place of the entity, or of one of its fields (`config.minute`) where that is known. */
  place(path?: string): Place
}

/**
 * An entity as a manifest or a gateway provides it: fields as written, foreign keys as a name, an id, `{id}` or
 * `{name}`. Exists only between an edge and `buildState`; may hold secrets.
 */
export interface RawEntity {
  readonly kind: Kind
  readonly fields: JsonObject
  readonly source?: Source
  /** Where values of variables (`${{ env "DECK_X" }}`) are in a manifest's entity. */
  readonly variables?: readonly FieldPath[]
}

/** The path to a value: names of fields and keys of maps; `*` matches every item of a list. */
export type FieldPath = readonly string[]

/** The end of a path to a mapping whose very keys came from variables. */
export const wholeMapping = '{}'

/**
 * Why a value is masked although the gateway's schema doesn't declare it secret: it came from a variable, or its name
 * marks it as a credential, such as a header that carries one. Although masked, it still affects how requests are
 * answered.
 */
export type MaskReason = 'variable' | 'name'

/** A secret in an entity: only its digest (HMAC) is kept, so that secrets can be compared but never shown. */
export interface SecretMark extends JsonObject {
  readonly $secret: string
  /** Absent: it is a secret by the schema or the kind. */
  readonly $why?: MaskReason
  /** The digest is that of JSON: the value isn't a text. */
  readonly $json?: true
  /** What may be shown of it, such as `Authorization: ••••`. */
  readonly $shown?: string
}

/** Whether a value is the mark of a secret. */
export function isSecretMark(value: Json | undefined): value is SecretMark {
  return (
    typeof value === 'object' && value !== null && '$secret' in value && typeof value.$secret === 'string'
  )
}

/** One entity of a target, normalised: defaults filled in, sets ordered, secrets replaced by their marks. */
export interface Entity extends EntityRef {
  /** The gateway's id; absent in a manifest without ids. */
  readonly id?: string
  /** The name for people and decK: `payments`, `rate-limiting for service payments`. */
  readonly name: string
  /** All fields of the schema except foreign keys, ids and times. */
  readonly fields: JsonObject
  /** Foreign keys that are set, by field name. */
  readonly refs: Readonly<Record<string, EntityRef>>
  readonly tags: readonly string[]
  /** What is sent for fields of which only their presence can be compared: seconds that count down. */
  readonly sent?: JsonObject
  /** Whether marks with a `MaskReason` are among the fields. */
  readonly masked?: true
  readonly source?: Source
  /** Seconds since the epoch, if the gateway reports it. */
  readonly updatedAt?: number
  readonly createdAt?: number
}

/** The entities of one target, by kind and key. Immutable. */
export interface EntitySet {
  /** The kinds that its provider has. */
  readonly kinds: Kinds
  readonly entities: ReadonlyMap<Kind, ReadonlyMap<string, Entity>>
  /** For each kind: read completely, or why not. A kind without an entry was not requested. */
  readonly coverage: ReadonlyMap<Kind, Coverage>
  /** Why the way in which the gateway answers requests is not known, a clause; absent: it is known. */
  readonly unmodelled?: string
  /** What a mark's digest stands for, if that is known: for computations in memory, and never shown. */
  readonly resolve?: (digest: string) => string | undefined
}

/** One text for a reference, for use in maps: `service payments`. */
export function refText(ref: EntityRef): string {
  return `${ref.kind} ${ref.key}`
}
