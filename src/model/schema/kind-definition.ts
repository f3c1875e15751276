import type { EntityRef, Kind } from '../entity-ref.ts'
import { isArray, isObject, type Json, type JsonObject } from '../json.ts'
import type { KindMeaning } from './kind-meaning.ts'

/** A foreign key of a kind. */
export interface ForeignField {
  readonly kind: Kind
  /** What the gateway does with this entity when the one that it points to is deleted. */
  readonly onDelete: 'cascade' | 'refuse'
  /**
   * This entity only uses the other one, as a service uses its client certificate. Absent: it is a part of the other
   * one, or acts on it, so the other one's effect depends on it.
   */
  readonly uses?: true
  /**
   * If the field isn't set, the entity still acts on entities of that kind: on `all` of them, so their existence
   * decides its effect; or on `any` that the rest of it applies to.
   */
  readonly unset?: 'all' | 'any'
}

/** What identity needs of an entity: its fields without secrets in clear text, and its resolved references. */
export interface IdentityView {
  readonly id: string | undefined
  /** A string field; undefined where it is empty or not a string. */
  text(field: string): string | undefined
  /** The digest of a secret field. */
  digest(field: string): string | undefined
  /** The end of a secret field, as decK shows it; undefined if that would reveal too much. */
  ending(field: string): string | undefined
  ref(field: string): EntityRef | undefined
}

/** What distinguishes an entity from others of its kind, and its name. */
export interface Identity {
  readonly key: string
  /** Undefined where nothing of what it is known by may be shown: see `KindIdentity.numberedUnder`. */
  readonly name: string | undefined
}

/** How a gateway keeps a secret that it doesn't keep as given. */
export interface HashedSecret {
  readonly field: string
  /** The field of a live entity that says which wanted one it is, to see what is kept there. */
  readonly known: string
  /** Whether a gateway with these fields keeps a hash: then nobody can read the secret back. */
  isHash(fields: JsonObject): boolean
  /**
   * What a gateway keeps of a secret: `owner` is the id of the entity that it belongs to, `kept` is the current value.
   * Undefined if it is kept as it is, or if that is unknown.
   */
  kept(value: string, fields: JsonObject, owner: string, kept: string | undefined): string | undefined
  /**
   * What a gateway will keep of a secret that is written now, if it doesn't compute it itself; undefined: it is kept as
   * it is.
   */
  stored(value: string, fields: JsonObject, owner: string): string | undefined
  /** The field that says whether the secret is hashed, if there is one. */
  readonly switchedBy?: string
}

/** What the entities of a kind are called, and what tells one from another. */
export interface KindIdentity {
  /** Several of them, for people and as the key in a manifest. */
  readonly plural: string
  /** What the kind was called before: ledgers, and files that people wrote, may say so still. */
  readonly formerNames?: readonly string[]
  /** The kind's name where a command line lists kinds to ask about; absent: it can't be listed. */
  readonly listedAs?: string
  /** Left alone, with everything that belongs to it, if a command should skip these. */
  readonly skippedAs?: string
  /**
   * The fields whose values others may use to refer to an entity, in addition to its id and key; the first that is set
   * is its name. By default `name`.
   */
  readonly referredBy?: readonly string[]
  /** Another unique field that identifies an entity without a name: a consumer's `custom_id`. */
  readonly alsoKnownBy?: string
  /**
   * The reference under which entities are numbered, as `#2 of consumer joe`, if they have no name that may be shown,
   * or share it with another one.
   */
  readonly numberedUnder?: string
  /** Fields, or references, that no two entities may share together; the first of each can be parked where that is said below. */
  readonly unique: readonly (readonly string[])[]
  /**
   * Unique fields that can temporarily hold another value, if theirs must go to another entity before this one can be
   * deleted or changed: the value, made from the id.
   */
  readonly parked?: Readonly<Record<string, (id: string) => Json>>
  /** The identity, or undefined where the entity has nothing to be known by. */
  identify(view: IdentityView): Identity | undefined
  /**
   * What an entity without an identity belongs to, if the gateway generates the value that would identify it: the first
   * such entity of a manifest is the first at the gateway that belongs to the same and to no other.
   */
  readonly slot?: (view: IdentityView) => string | undefined
}

/** How the gateway gives and takes the entities of a kind, as far as all gateways have it; a provider's kinds say more. */
export interface KindTransport {
  /** The gateway's list, without the leading slash: a word for the kind too. */
  readonly path: string
}

/** How the entities of a kind hang on others, and others on them. */
export interface KindReferences {
  /** Creates go up these levels, deletes down. */
  readonly level: 1 | 2 | 3 | 4
  readonly foreign: Readonly<Record<string, ForeignField>>
  /** Fields that hold a list of references to another kind, as objects with an `id` or `name` next to other fields. */
  readonly links?: Readonly<Record<string, Kind>>
  /**
   * Entities of this kind decide what those that they point to let pass, as a plugin does for its route and an ACL
   * group for its consumer: what belongs to those depends on them too.
   */
  readonly limits?: true
  /**
   * How entities of other kinds use this one without a foreign key or link, as the key-auth plugin uses API keys: by
   * kind, whether one with these fields does. `isNamed` says whether an entity of this kind is known to have a name.
   */
  readonly usedBy?: Readonly<
    Record<Kind, (fields: JsonObject, isNamed: (name: string) => boolean) => boolean>
  >
}

/** What is to be known of fields beyond the gateway's schema. */
export interface KindFields {
  /** The field that selects a variant of the schema, as a plugin's name does. */
  readonly variant?: string
  /** The field that holds what the variant makes of it, as a plugin's `config`: without a schema of the variant nobody knows what of it is secret. */
  readonly configuration?: string
  /** Whether entities carry tags. */
  readonly tagged?: true
  /** Fields that the gateway derives from others: never compared or written. */
  readonly derived?: readonly string[]
  /** Lists whose order is meaningless, although the gateway's schema doesn't call them sets. */
  readonly unordered?: readonly string[]
  /** Fields that count down: their presence can be compared, but not their value. */
  readonly countsDown?: readonly string[]
  /**
   * What the gateway does to fields when it stores them, beyond what its schema says; `given` are the fields as a
   * manifest has them, without defaults, and undefined for what a gateway holds.
   */
  readonly normalise?: (fields: JsonObject, given: JsonObject | undefined) => JsonObject
}

/** How manifests hold the entities of a kind. */
export interface KindInManifests {
  /** Compared only if manifests hold entities of this kind; undefined: always. */
  readonly onlyWith?: Kind
  /** Not dumped: it isn't part of a gateway's configuration. */
  readonly isNotDumped?: true
  /** Manifests can refer to entities of it that they do not hold, found by their tags. */
  readonly lookedUpByTags?: true
  /** Fields that the format asks for, even where they have the gateway's default. */
  readonly alwaysGiven?: readonly string[]
  /** An entity of a manifest in the form of this kind, where it has another one. */
  readonly fromManifest?: (fields: JsonObject) => JsonObject
  /** The reverse: an entity in the form of a manifest. */
  readonly toManifest?: (fields: JsonObject) => JsonObject
}

/** What of the entities of a kind is secret. */
export interface KindSecrets {
  /** Secret fields that the gateway's schema does not mark as such. */
  readonly fields: readonly string[]
  /** A secret that the gateway keeps as a hash. */
  readonly hashed?: HashedSecret
}

/** One entity kind: everything that gatewatch knows about it beyond the gateway's schema. */
export interface KindDefinition {
  /** The word for it everywhere. */
  readonly kind: Kind
  readonly identity: KindIdentity
  readonly meaning?: KindMeaning
  readonly references: KindReferences
  readonly transport?: KindTransport
  readonly fields?: KindFields
  readonly manifest?: KindInManifests
  readonly secrets?: KindSecrets
}

/** The fields by whose values others may refer to an entity, where its kind names none. */
export const usualNames: readonly string[] = ['name']

/** The identity of an entity with a name of its own, or else its id. */
export function identifyByName(field: string): (view: IdentityView) => Identity | undefined {
  return view => {
    const name = view.text(field) ?? view.id
    return name === undefined ? undefined : { key: name, name }
  }
}

/** A temporary name that nobody else has. */
export function parkedName(id: string): string {
  return `parked-${id}`
}

/** Whether a field of a record is meaningful: neither absent nor empty. */
export function isGivenIn(record: Json | undefined, field: string): boolean {
  const value = isObject(record) ? (record[field] ?? null) : null
  return value !== null && value !== '' && !(isArray(value) && value.length === 0)
}
