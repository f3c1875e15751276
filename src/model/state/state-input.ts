import type { Coverage, Entity, FieldPath, Kind, RawEntity } from '../entity.ts'
import type { JsonObject } from '../json.ts'
import type { FinishedFields } from '../masking/mask-variables.ts'
import type { SecretSink } from '../masking/secret-marks.ts'
import type { Routing } from '../routing/routing.ts'
import type { Kinds } from '../schema/kinds.ts'
import type { Schemas } from '../schema/schema.ts'
import type { KnownKeys } from './known-keys.ts'
import type { StateSource } from './normalise.ts'

/** The input of `buildState`. */
export interface StateInput {
  readonly kinds: Kinds
  readonly routing: Routing | undefined
  readonly raws: readonly RawEntity[]
  readonly from: StateSource
  readonly coverage: ReadonlyMap<Kind, Coverage>
  readonly schemas: Schemas
  readonly secrets: SecretSink
  /** Values that a manifest's `_info.defaults` fills in before the gateway's own, by kind. */
  readonly defaults?: Readonly<Record<Kind, JsonObject>>
  /** Where values of variables are in `defaults`. */
  readonly defaultVariables?: Readonly<Record<Kind, readonly FieldPath[]>>
  /** Tags that every entity gets, and is owned by. */
  readonly selectTags?: readonly string[]
  /** Keys of the state that this one is compared with, so that a renamed entity keeps its identity. */
  readonly known?: KnownKeys
  /** Fields that were finished while others were still being read. */
  readonly ahead?: ReadonlyMap<RawEntity, FinishedFields>
  /** Finds an entity that is not among `raws` by name or id; its key, or undefined. */
  readonly lookup?: (kind: Kind, nameOrId: string) => string | undefined
}

/** The keys that names and ids resolve to, by kind. */
export type Names = ReadonlyMap<Kind, ReadonlyMap<string, string>>

/** An entity whose key may still become another one. */
export interface UnbuiltEntity {
  readonly raw: RawEntity
  readonly entity: Entity
  /** What it belongs to, if the gateway generates what would identify it: see `KindDefinition.slot`. */
  readonly slot: string | undefined
}
