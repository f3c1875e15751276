import type { EntityRef, Kind } from '../entity-ref.ts'
import { isArray, isObject, type Json, type JsonObject } from '../json.ts'
import type { KindMeaning } from './kind-meaning.ts'

/** A foreign key of a kind. */
export interface ForeignField {
  readonly kind: Kind
  /** What the gateway does with this entity when the one that it points to is deleted. */
  readonly onDelete: 'cascade' | 'refuse'
  /**
   * This entity only makes use of the other one, as a service of its client certificate. Absent: it is a part of the
   * other one, or acts upon it, so that what the other one does hangs on it.
   */
  readonly uses?: true
  /**
   * Where the field is not set, the entity acts upon entities of that kind all the same: upon `all` of them, so that
   * which there are decides what it does; or upon `any` that the rest of it comes to concern.
   */
  readonly unset?: 'all' | 'any'
}

/** What identity needs to see of an entity: its fields without secrets in clear, and its resolved references. */
export interface IdentityView {
  readonly id: string | undefined
  /** A string field; undefined where it is empty or not a string. */
  text(field: string): string | undefined
  /** The digest of a secret field. */
  digest(field: string): string | undefined
  /** The end of a secret field, as decK shows it; undefined where that would give away too much. */
  ending(field: string): string | undefined
  ref(field: string): EntityRef | undefined
}

/** What tells an entity from others of its kind, and what it is called. */
export interface Identity {
  readonly key: string
  /** Undefined where nothing of what it is known by may be shown: see `KindIdentity.numberedUnder`. */
  readonly name: string | undefined
}

/** How a gateway keeps a secret that it does not keep as it was given. */
export interface HashedSecret {
  readonly field: string
  /** The field of a live entity that tells which wanted one it is, to see what is kept there. */
  readonly known: string
  /** Whether a gateway that has these fields keeps a hash: then nobody can read the secret back. */
  isHash(fields: JsonObject): boolean
  /**
   * What a gateway keeps of a secret: `owner` is the id of the entity that it belongs to, `kept` what is there now.
   * Undefined where it is kept as it is, or where that can't be told.
   */
  kept(value: string, fields: JsonObject, owner: string, kept: string | undefined): string | undefined
  /**
   * What a gateway comes to keep of a secret that is written now, for one that does not work it out itself; undefined:
   * it is kept as it is.
   */
  stored(value: string, fields: JsonObject, owner: string): string | undefined
  /** The field that says whether the secret is hashed, where one does. */
  readonly switchedBy?: string
}

/** What the entities of a kind are called, and what tells one from another. */
export interface KindIdentity {
  /** Several of them, for people and as the key in a manifest. */
  readonly plural: string
  /** What the kind was called before: ledgers, and files that people wrote, may say so still. */
  readonly formerNames?: readonly string[]
  /** What the kind is called where a command line lists kinds to be asked about; absent: it can't be listed. */
  readonly listedAs?: string
  /** Left alone with all that belongs to it where a command is to skip these. */
  readonly skippedAs?: string
  /**
   * The fields by whose values others may refer to an entity besides by its id and key, the first that is set its name;
   * `name` unless given.
   */
  readonly referredBy?: readonly string[]
  /** Another unique field by which an entity is known where its name is not: a consumer's `custom_id`. */
  readonly alsoKnownBy?: string
  /**
   * The reference under which entities are told by their number, as `#2 of consumer joe`, where they have no name that
   * may be shown, or another one has the same.
   */
  readonly numberedUnder?: string
  /** Fields, or references, that no two entities may share together; the first of each can be parked where that is said below. */
  readonly unique: readonly (readonly string[])[]
  /**
   * Unique fields that can hold another value for a while, where theirs must go to another entity before this one can
   * be deleted or changed: the value, made from the id.
   */
  readonly parked?: Readonly<Record<string, (id: string) => Json>>
  /** The identity, or undefined where the entity has nothing to be known by. */
  identify(view: IdentityView): Identity | undefined
  /**
   * What an entity without an identity belongs to, where the gateway makes up the value that it would be known by: the
   * first such entity of a manifest is the first at the gateway that belongs to the same and to no other.
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
  /** Fields that hold a list of references to another kind, as objects with an `id` or `name` beside other fields. */
  readonly links?: Readonly<Record<string, Kind>>
  /**
   * Entities of this kind decide what those that they point to let pass, as a plugin does for its route and an ACL group
   * for its consumer: what belongs to those hangs on them too.
   */
  readonly limits?: true
  /**
   * How entities of other kinds make use of this one without a foreign key or link, as the key-auth plugin of API keys:
   * by kind, whether one with these fields does. `isNamed` tells whether an entity of this kind goes by a name, as far
   * as is known.
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
  /** Fields that the gateway works out from others: never compared or written. */
  readonly derived?: readonly string[]
  /** Lists of which the order means nothing, though the gateway's schema does not call them sets. */
  readonly unordered?: readonly string[]
  /** Fields that count down: that one is set can be compared, and its value can't. */
  readonly countsDown?: readonly string[]
  /**
   * What the gateway makes of fields when it stores them, beyond what its schema says; `given` are the fields as a
   * manifest has them, without defaults, and undefined for what a gateway holds.
   */
  readonly normalise?: (fields: JsonObject, given: JsonObject | undefined) => JsonObject
}

/** How manifests hold the entities of a kind. */
export interface KindInManifests {
  /** Compared only where manifests hold entities of this kind; undefined: always. */
  readonly onlyWith?: Kind
  /** Not dumped: it is no part of a gateway's configuration. */
  readonly isNotDumped?: true
  /** Manifests can refer to entities of it that they do not hold, found by their tags. */
  readonly lookedUpByTags?: true
  /** Fields that the format asks for, even where they have the gateway's default. */
  readonly alwaysGiven?: readonly string[]
  /** An entity of a manifest in the form of this kind, where it has another one. */
  readonly fromManifest?: (fields: JsonObject) => JsonObject
  /** The other way round: an entity as a manifest has it. */
  readonly toManifest?: (fields: JsonObject) => JsonObject
}

/** What of the entities of a kind is secret. */
export interface KindSecrets {
  /** Secret fields that the gateway's schema does not mark as such. */
  readonly fields: readonly string[]
  /** A secret that the gateway keeps as a hash. */
  readonly hashed?: HashedSecret
}

/** One entity kind: all that gatewatch knows of it beyond the gateway's schema. */
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

/** The identity of an entity that has a name of its own, or else its id. */
export function identifyByName(field: string): (view: IdentityView) => Identity | undefined {
  return view => {
    const name = view.text(field) ?? view.id
    return name === undefined ? undefined : { key: name, name }
  }
}

/** A name that stands for a while, and that nobody else has. */
export function parkedName(id: string): string {
  return `parked-${id}`
}

/** Whether a field of a record says anything: neither absent nor empty. */
export function isGivenIn(record: Json | undefined, field: string): boolean {
  const value = isObject(record) ? (record[field] ?? null) : null
  return value !== null && value !== '' && !(isArray(value) && value.length === 0)
}
