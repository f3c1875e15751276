import { isSecretMark } from '../../model/entity.ts'
import { equalJson, isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import type { FieldSchema, RecordSchema } from '../../model/schema/schema.ts'
import { canonicalForm } from '../../model/state/normalise.ts'

/** Two values of one field that differ. */
export interface FieldDifference {
  /** Full path, as `config.minute`. */
  readonly path: string
  readonly desired: Json
  readonly live: Json
  /** The field's schema, where it has one. */
  readonly field: FieldSchema | undefined
}

/**
 * The fields in which two normalised entities differ. Records are compared field by field, maps key by key, everything
 * else as a whole; `undefined` means a value that the manifest leaves to the gateway.
 */
export function differences(
  desired: JsonObject,
  live: JsonObject,
  schema: RecordSchema,
): readonly FieldDifference[] {
  const found: FieldDifference[] = []
  walkRecord(desired, live, schema, '', found)
  return found
}

function walkRecord(
  desired: JsonObject,
  live: JsonObject,
  schema: RecordSchema,
  prefix: string,
  found: FieldDifference[],
): void {
  for (const name in desired) {
    const value = desired[name]
    const there = live[name] ?? null
    if (value === undefined) continue
    // A deprecated name of unknown meaning is sent, and not seen again.
    if (live[name] === undefined && schema.shorthands.has(name)) continue
    walkField(value, there, schema.fields.get(name), prefix + name, found)
  }
}

function walkField(
  desired: Json,
  live: Json,
  field: FieldSchema | undefined,
  path: string,
  found: FieldDifference[],
): void {
  if (equalJson(desired, live)) return
  if (isObject(desired) && isObject(live) && !isSecretMark(desired) && !isSecretMark(live)) {
    if (field?.type === 'record' && field.record) {
      walkRecord(desired, live, field.record, `${path}.`, found)
      return
    }
    for (const key of new Set([...Object.keys(desired), ...Object.keys(live)])) {
      walkField(desired[key] ?? null, live[key] ?? null, field?.elements, `${path}.${key}`, found)
    }
    return
  }
  if (!isSameOtherwise(desired, live, field)) found.push({ path, desired, live, field })
}

/** Whether a gateway treats two values of a field as equal: sets in any order, missing and empty values alike. */
export function sameValue(a: Json, b: Json, field: FieldSchema | undefined): boolean {
  return equalJson(a, b) || isSameOtherwise(a, b, field)
}

/** Whether two values that are not equal are one all the same. */
function isSameOtherwise(a: Json, b: Json, field: FieldSchema | undefined): boolean {
  if (isEmpty(a) && isEmpty(b)) return true
  return field !== undefined && equalJson(canonicalForm(a, field), canonicalForm(b, field))
}

/** Nothing, an empty list and an empty map are the same to a gateway. */
function isEmpty(value: Json): boolean {
  return (
    value === null ||
    (isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0)
  )
}

/** The value at a path of `differences`; null if there is none. Keys of maps may contain dots. */
export function valueAt(fields: JsonObject, path: string): Json | undefined {
  if (path in fields) return fields[path]
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const value = fields[path.slice(0, dot)]
    if (isObject(value)) return valueAt(value, path.slice(dot + 1)) ?? null
  }
  return undefined
}

/** Fields with another value at a path of `differences`. Keys of maps may hold dots. */
export function withValueAt(fields: JsonObject, path: string, value: Json): JsonObject {
  if (path in fields) return { ...fields, [path]: value }
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot)
    const there = fields[head]
    if (isObject(there) && !isSecretMark(there))
      return { ...fields, [head]: withValueAt(there, path.slice(dot + 1), value) }
  }
  return { ...fields, [path]: value }
}

/** The schema of the value at such a path; undefined if there is none. */
export function fieldAt(schema: RecordSchema, path: string): FieldSchema | undefined {
  const own = schema.fields.get(path)
  if (own) return own
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const field = schema.fields.get(path.slice(0, dot))
    if (field?.record) return fieldAt(field.record, path.slice(dot + 1))
    if (field) return field.elements
  }
  return undefined
}

/** Fields with the value that others have at such a path, or without it if those have none. */
export function withValueOf(fields: JsonObject, from: JsonObject, path: string): JsonObject {
  if (!(path in fields) && !(path in from)) {
    for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
      const name = path.slice(0, dot)
      const [into, other] = [fields[name], from[name]]
      if (isObject(into) && isObject(other))
        return { ...fields, [name]: withValueOf(into, other, path.slice(dot + 1)) }
      if (name in fields || name in from) return withValueOf(fields, from, name)
    }
    return fields
  }
  const { [path]: _, ...rest } = fields
  const value = from[path]
  return value === undefined ? rest : { ...rest, [path]: value }
}
