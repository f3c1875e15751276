import type { Json, JsonObject } from '../../json.ts'
import type { Schema } from '../field.ts'

/** The schema for this entity: the one of its plugin, vault or protocols, where they have their own. */
export function schemaFor(schema: Schema, entity: JsonObject): Schema | undefined {
  if (schema.variants === undefined) return schema
  const key: Json | undefined = entity[schema.variants.key]
  if (typeof key === 'string') return schema.variants.of(key)
  for (const part of Array.isArray(key) ? key : []) {
    const found = typeof part === 'string' ? schema.variants.of(part) : undefined
    if (found !== undefined) return found
  }
  return undefined
}
