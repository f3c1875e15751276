import type { EntityRef, Kind } from '../entity.ts'
import type { JsonObject } from '../json.ts'

/** A foreign key of a kind. */
export interface ForeignField {
  readonly kind: Kind
  /** What the gateway does with this entity when the one that it points to is deleted. */
  readonly onDelete: 'cascade' | 'refuse'
}

/** What identity needs to see of an entity: its fields without secrets in clear, and its resolved references. */
export interface IdentityView {
  readonly id: string | undefined
  /** A string field; undefined where it is empty or not a string. */
  text(field: string): string | undefined
  /** The digest of a secret field. */
  digest(field: string): string | undefined
  /** The end of a secret field, short enough to show: what decK shows too. */
  ending(field: string): string | undefined
  ref(field: string): EntityRef | undefined
}

/** What tells an entity from others of its kind, and what it is called. */
export interface Identity {
  readonly key: string
  readonly name: string
}

/** One entity kind: all that gatewatch knows of it beyond the gateway's schema. */
export interface KindDefinition {
  /** The word for it everywhere; the same as decK's. */
  readonly kind: Kind
  /** Several of them, for people and as the key in a manifest. */
  readonly plural: string
  /** The Admin API's list, without the leading slash; also its name as a `reference` in schemas. */
  readonly path: string
  /** The name behind `/schemas/`. */
  readonly schema: string
  /** Where the list hangs below another kind's entity, as targets do: the foreign field. */
  readonly listedUnder?: string
  /** Where entities are written below another kind's entity: the foreign field, and the path's segment. */
  readonly writtenUnder?: { readonly field: string; readonly segment: string }
  /** Created by POST to the list: the gateway takes no PUT of an id that is not there yet, as with targets. */
  readonly createdByPost?: boolean
  /** Creates go up these levels, deletes down. */
  readonly level: 1 | 2 | 3 | 4
  readonly foreign: Readonly<Record<string, ForeignField>>
  /** Secret fields that the gateway's schema does not mark as such. */
  readonly secrets: readonly string[]
  /** Fields that the gateway works out from others: never compared or written. */
  readonly derived: readonly string[]
  /** A secret that the gateway keeps as a hash: its field, and the hash of a value for the owner with an id. */
  readonly hashed?: { readonly field: string; hash(value: string, ownerId: string): string }
  /** What the gateway makes of fields when it stores them, beyond what its schema says. */
  normalise?(fields: JsonObject): JsonObject
  /** Fields that decK's format asks for, even where they have the gateway's default. */
  readonly alwaysGiven?: readonly string[]
  /** The field that selects a variant of the schema, as a plugin's name does. */
  readonly variant?: string
  /** Another unique field by which an entity is known where its name is not: a consumer's `custom_id`. */
  readonly alsoKnownBy?: string
  /** Whether entities carry tags. */
  readonly tagged: boolean
  /** The identity, or undefined where the entity has nothing to be known by. */
  identify(view: IdentityView): Identity | undefined
}

/** The identity of an entity that has a name of its own, or else its id. */
export function identifyByName(field: string): (view: IdentityView) => Identity | undefined {
  return view => {
    const name = view.text(field) ?? view.id
    return name === undefined ? undefined : { key: name, name }
  }
}
