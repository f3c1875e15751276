import type { JsonObject } from '../../../model/json.ts'
import type { KindDefinition, KindTransport } from '../../../model/schema/kind-definition.ts'

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

/** A kind of Kong's: what the engine knows of it, and how Kong's interfaces have it. */
export interface KongKind extends KindDefinition {
  readonly transport: KongTransport
}
