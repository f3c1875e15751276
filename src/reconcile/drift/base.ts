import type { EntityRef } from '../../model/entity.ts'
import type { JsonObject } from '../../model/json.ts'

/** What was last applied to one entity. */
export interface BaseEntry {
  /** Normalised fields, secrets as marks. */
  readonly fields: JsonObject
  readonly refs: Readonly<Record<string, EntityRef>>
  /** The commit that the fields came from; null outside Git. */
  readonly commit: string | null
}

/** What was last applied to a target: the third side of a three-way comparison. */
export interface Base {
  readonly entries: ReadonlyMap<string, BaseEntry>
  /** Whether the whole scope was recorded once, so that an entity without an entry is known to be new. */
  readonly whole: boolean
}

/** A target for which nothing has been recorded yet. */
export const noBase: Base = { entries: new Map(), whole: false }
