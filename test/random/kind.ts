import type { Json, JsonObject } from '../../src/model/json.ts'

/** A kind of entity as it is made at random. Values are few, so that they meet, and move, often. */
export interface RandomKind {
  readonly kind: string
  /** Its list in a manifest. */
  readonly list: string
  /** What it may point to, by field; `required` where it can't be without. */
  readonly refs: Readonly<Record<string, { readonly kind: string; readonly required: boolean }>>
  /** Values that no two may share, by field; one of the first field is always there unless the entity has an id. */
  readonly unique: Readonly<Record<string, readonly Json[]>>
  /** Fields that are unique only among those with the same references. */
  readonly uniqueWithRefs?: boolean
  /** Fields that are set together, one of each group. */
  readonly groups: readonly (readonly JsonObject[])[]
  /** It can be referred to, and told, by an id alone. */
  readonly ids: 'never' | 'sometimes' | 'always'
  /** Order among others: what it points to comes before. */
  readonly weight: number
}

/** The choices of one field; undefined: it is left out. */
export const choice = (field: string, ...values: readonly (Json | undefined)[]): readonly JsonObject[] =>
  values.map(value => (value === undefined ? {} : { [field]: value }))

export const tags = choice('tags', undefined, ['red'], [], ['red', 'blue'], ['blue', 'red'])

/** Tags of what decK can't give an empty list of. */
export const someTags = choice('tags', undefined, ['red'], ['red', 'blue'], ['blue', 'red'])
