import type { EntityRef, Kind } from '../entity-ref.ts'
import type { JsonObject } from '../json.ts'

/**
 * What an entity is to whoever looks at a fleet, whatever its gateway calls it: a `route` says which requests it
 * answers, a `service` is where routes lead, and a `protection` decides who gets through to them.
 */
export type Facet = 'route' | 'service' | 'protection'

/** What the entities of a kind mean to whoever looks at a fleet. */
export interface KindMeaning {
  /** Absent: they are neither routes nor services nor protections. */
  readonly facet?: Facet
  /** The paths that a route with these fields answers for, as far as they say. */
  readonly pathsOf?: (fields: JsonObject) => readonly string[]
  /**
   * A field by which entities of another kind name the one that they lead to, as a service's host names an upstream: one
   * that none names is left over.
   */
  readonly namedBy?: { readonly kind: Kind; readonly field: string }
  /** Of a protection's key: which one it is, as `key-auth`, and what it acts on, all of it, as `route payouts`; or `(global)`. */
  readonly actsOn?: (key: string) => { readonly protection: string; readonly on: readonly string[] }
  /** The field that switches an entity off where it is false. */
  readonly switchedBy?: string
  /** Fields in which entities differ though the same is done to them, as the paths of routes. */
  readonly distinguishedBy?: readonly string[]
  /** What policies see of an entity besides its fields, and besides what they see of all with its facet. */
  readonly facts?: (fields: JsonObject, refs: Readonly<Record<string, EntityRef>>) => JsonObject
}
