import type { Kind } from '../../../model/entity.ts'

/**
 * What a field of a manifest holds. `object` and `json` are not looked into; `names`, `tags` and `numbers` are lists,
 * `name-lists` is a mapping of lists of names; a record is looked into by its own fields.
 */
export type FieldType =
  | 'text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'object'
  | 'objects'
  | 'json'
  | 'names'
  | 'tag'
  | 'tags'
  | 'numbers'
  | 'name-lists'
  | { readonly record: Fields }
  | { readonly records: Fields }

export type Fields = Readonly<Record<string, FieldType>>

/** What of a foreign key must be in the files: `all` that it names, only `names` and not ids, or `none`. */
export type Checked = 'all' | 'names' | 'none'

/** A foreign key: the kind that it points to, and what a manifest may leave to the gateway. */
export interface Reference {
  readonly kind: Kind
  readonly checked: Checked
}

/** How entities of one kind are written. */
export interface Shape {
  readonly kind: Kind
  readonly fields: Fields
  readonly refs: Readonly<Record<string, Reference>>
  /** Lists of entities that are nested in it, by name. */
  readonly children: Readonly<Record<string, Child>>
  readonly required?: readonly string[]
  /** At least one of these must be there. */
  readonly oneOf?: readonly string[]
  /** The fields that others may refer to it by, the best first. */
  readonly known?: readonly string[]
  /** The field that it is called by where nothing refers to it. */
  readonly calledBy?: string
}

/** A nested list. */
export interface Child {
  readonly shape: Shape
  /** The foreign key that points back; undefined where the list only names entities, as a group its consumers. */
  readonly parent: string | undefined
}

/** Fields that most kinds have. */
export const own: Fields = { id: 'text', created_at: 'integer', tags: 'names' }
export const stamped: Fields = { ...own, updated_at: 'integer' }
export const named: Fields = { ...own, name: 'text' }
