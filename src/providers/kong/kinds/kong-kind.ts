import type { JsonObject } from '../../../model/json.ts'
import type { KindDefinition, KindInManifests, KindTransport } from '../../../model/schema/kind-definition.ts'
import type { Checked, Fields, Shape } from './manifest-shape.ts'

/** How the Admin API gives and takes the entities of a kind. */
export interface KongTransport extends KindTransport {
  /** The Admin API's list, without the leading slash; also its name as a `reference` in schemas. */
  readonly path: string
  /** The name behind `/schemas/`, and of the list in a document. */
  readonly schema: string
  /** Only gateways of this edition have it; undefined: all do. */
  readonly edition?: 'enterprise' | 'konnect'
  /** Every gateway has it, whatever its edition and plugins: an answer that there is none tells nothing. */
  readonly everywhere?: true
  /** Where the list hangs below another kind's entity, as targets do: the foreign field. */
  readonly listedUnder?: string
  /** Where entities are written below another kind's entity: the foreign field, and the path's segment. */
  readonly writtenUnder?: { readonly field: string; readonly segment: string }
  /** Created only in the list below another kind's entity, as targets. */
  readonly createdByPost?: true
  /**
   * Entities that have no id of their own, as the membership of a consumer in a group: the end of their path, from
   * their fields and the ids of their references.
   */
  readonly addressedBy?: (fields: JsonObject, idOf: (field: string) => string) => string
  /** An item of the gateway's list in the form of this kind, where it has another one; `parent` is the id that it is listed under. */
  readonly fromList?: (item: JsonObject, parent: string) => JsonObject
  /** The body of a create in the gateway's form, where that is another one. */
  readonly toBody?: (body: JsonObject) => JsonObject
  /** Fields that must be otherwise than lists tell them where an entity is written in a document of all. */
  readonly inDocument?: (fields: JsonObject) => JsonObject
}

/** How decK's files hold the entities of a kind, in a list that is called by its plural. */
export interface KongManifest extends KindInManifests {
  readonly fields: Fields
  /** The foreign keys that may be written, and what of each must be in the files. */
  readonly references?: Readonly<Record<string, Checked>>
  /** Foreign keys are written as mere names, and not as `{name: …}`. */
  readonly referencesAsText?: true
  /** The foreign keys below whose entities the list may stand. */
  readonly nestedIn?: readonly string[]
  /** The list can't stand at the top of a file. */
  readonly onlyNested?: true
  /** Lists that name entities of other kinds, and what they say of each. */
  readonly members?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  /** At least one of these must be there. */
  readonly oneOf?: readonly string[]
  /** The fields that others may refer to it by, the best first. */
  readonly known?: readonly string[]
  /** The field that it is called by where nothing refers to it. */
  readonly calledBy?: string
  /** A dump in many files gives each entity one of its own; others share one a list. */
  readonly ownFiles?: true
  /** Rendering keeps the id beside a name. */
  readonly keepsId?: true
  /** The defaults that decK knows without a gateway; `_info.defaults` can hold others in their place. */
  readonly defaults?: JsonObject
  /** Files may hold twice what a gateway takes once: it is for the gateway to refuse. */
  readonly mayRepeat?: true
  /** Unique fields that are never told, though they are no secrets. */
  readonly untold?: readonly string[]
  /** Whether decK's tools pass over these entities where no selector is given, though they carry tags. */
  readonly selectedByTools?: 'not' | 'not, and counted'
}

/** A kind of Kong's: what the engine knows of it, and how Kong's interfaces have it. */
export interface KongKind extends KindDefinition {
  readonly transport: KongTransport
  /** Absent: files hold these entities among the fields of others. */
  readonly manifest?: KongManifest
}
