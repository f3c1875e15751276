import type { FieldPath, Kind, RawEntity } from '../../../model/entity.ts'
import type { JsonObject } from '../../../model/json.ts'
import type { Problem } from '../../../model/problem.ts'

/** A manifest file as it was read; the path is how it is named to people. */
export interface ManifestFile {
  readonly path: string
  readonly text: string
}

/** What reading manifests needs from outside. */
export interface ManifestOptions {
  /** The environment that `${{ env "DECK_X" }}` is taken from. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Variables are not looked up: their names, `42` and `false` stand for their values, as in decK's render. */
  readonly mocked?: boolean
  /** Variables are not looked up: `$DECK_X` stands for each, whatever type its value is of. */
  readonly named?: boolean
  /** Lines that begin with # stay, and variables in them are not looked up. */
  readonly keepComments?: boolean
  /**
   * Takes what decK's file tools take and a sync does not: older format versions or none, keys that are there
   * twice. Each becomes a warning. What only a gateway would not take is no problem.
   */
  readonly tolerant?: boolean
}

/** Everything that one set of decK files says, merged. */
export interface Manifest {
  /**
   * All entities, flat: what was nested has its parent in the foreign field, as `{name}` or, where the parent has
   * none, `{id}`. Foreign keys written as text are one of the two as well. A consumer's `{name}` is its
   * username or else its custom_id. Holds secrets in clear.
   */
  readonly entities: readonly RawEntity[]
  /** `_info.select_tags`: the entities that these manifests own; empty: all. Not yet added to the entities' tags. */
  readonly selectTags: readonly string[]
  /** `_info.defaults` by kind, not yet applied. */
  readonly defaults: Readonly<Record<Kind, JsonObject>>
  /** Where values of variables stand in `defaults`. */
  readonly defaultVariables: Readonly<Record<Kind, readonly FieldPath[]>>
  /** `_info.default_lookup_tags` by kind: entities that may be referred to though these manifests do not hold them. */
  readonly lookupTags: Readonly<Record<Kind, readonly string[]>>
  /** `_workspace`. */
  readonly workspace?: string
  /** `_konnect.control_plane_name`. */
  readonly controlPlane?: string
  readonly files: readonly string[]
  /** What is odd but no error. */
  readonly warnings: readonly Problem[]
}
