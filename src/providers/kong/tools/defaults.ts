import { isObject, type Json, type JsonObject } from '../../../model/json.ts'

/** The fields with what defaults say besides; what is empty counts as not given, and mappings are merged. */
export function withDefaults(fields: JsonObject, defaults: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...fields }
  for (const [name, value] of Object.entries(defaults)) {
    const there = Object.hasOwn(fields, name) ? (fields[name] ?? null) : null
    if (isObject(there) && isObject(value)) result[name] = withDefaults(there, value)
    else if (isEmpty(there)) result[name] = value
  }
  return result
}

function isEmpty(value: Json): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}
