import { isSecretMark } from '../entity.ts'
import { equalJson, isArray, isObject, type Json, type JsonObject } from '../json.ts'
import type { FieldSchema, RecordSchema } from '../schema/schema.ts'
import { isCredentialField, isCredentialName, isReference, ofUrls, shownOf } from './credential-names.ts'
import { maskOf, type SecretSink } from './secret-marks.ts'

/** Fields of entities whose content a plugin, vault, filter or custom entity defines. */
const configurations: ReadonlySet<string> = new Set(['config', 'filters', 'fields'])

/**
 * Masks whatever its name marks as a credential, whichever plugin holds it and whether or not its schema declares it:
 * values of headers and parameters, URLs with a user, and code that names such headers. Returns the same fields if
 * there is nothing to mask.
 */
export function maskNamed(fields: JsonObject, schema: RecordSchema, sink: SecretSink): JsonObject {
  let masked: Record<string, Json> | undefined
  for (const name in fields) {
    const value = fields[name]
    if (value === undefined || value === null || name === 'tags') continue
    const isConfiguration = typeof value === 'object' && configurations.has(name)
    if (!isConfiguration && isPlain(value)) continue
    const field = schema.fields.get(name)
    const found = isConfiguration ? inConfiguration(value, field, true, sink) : elsewhere(value, field, sink)
    if (found === value) continue
    masked ??= { ...fields }
    masked[name] = found
  }
  return masked ?? fields
}

/** Most values of entities are plain, which is quick to check: numbers, names, lists of hosts and paths. */
function isPlain(value: Json): boolean {
  if (typeof value === 'string') return !mayBeUrl(value)
  if (typeof value !== 'object' || value === null) return true
  if (!isArray(value)) return false
  for (let i = 0; i < value.length; i += 1) {
    const item = value[i]
    if (typeof item === 'string' ? mayBeUrl(item) : typeof item === 'object' && item !== null) return false
  }
  return true
}

function mayBeUrl(value: string): boolean {
  return value.length > 6 && value.includes('@')
}

/** In an entity's own fields: URLs, and mappings of headers. The name of an entity isn't a header. */
function elsewhere(value: Json, field: FieldSchema | undefined, sink: SecretSink): Json {
  if (typeof value === 'string') {
    const shown = mayBeUrl(value) ? ofUrls(value) : undefined
    return shown === undefined ? value : maskOf(value, 'name', sink, shown)
  }
  if (isArray(value)) return eachItem(value, item => elsewhere(item, field?.elements, sink))
  if (!isObject(value) || isSecretMark(value)) return value
  return eachField(value, (item, name) => {
    if (field?.record) return elsewhere(item, field.record.fields.get(name), sink)
    return isCredentialName(name) ? textsMasked(item, sink) : elsewhere(item, field?.elements, sink)
  })
}

/** `entries`: texts may be headers with their names, such as `Authorization: Bearer x`. */
function inConfiguration(
  value: Json,
  field: FieldSchema | undefined,
  entries: boolean,
  sink: SecretSink,
): Json {
  if (typeof value === 'string') {
    const shown = entries ? shownOf(value) : ofUrls(value)
    return shown === undefined || isUsual(value, field) ? value : maskOf(value, 'name', sink, shown)
  }
  if (isArray(value)) {
    if (value.length === 0 || isUsual(value, field)) return value
    return eachItem(value, item => inConfiguration(item, field?.elements, entries, sink))
  }
  if (!isObject(value) || isSecretMark(value)) return value
  const record = field?.record
  return eachField(value, (item, name) => {
    const own = record ? record.fields.get(name) : field?.elements
    const isCredential = record ? isSecretField(name, own) : isCredentialName(name)
    if (isCredential || isValueOf(name, value)) {
      if (typeof item === 'string' || !record) return isUsual(item, own) ? item : textsMasked(item, sink)
    }
    // What is renamed or removed is only a name.
    return inConfiguration(item, own, entries && name !== 'rename' && name !== 'remove', sink)
  })
}

/** A field of a schema whose values aren't declared individually. */
function isSecretField(name: string, field: FieldSchema | undefined): boolean {
  return isCredentialField(name) && !field?.limits?.oneOf
}

/** A default of a schema isn't a secret. */
function isUsual(value: Json, field: FieldSchema | undefined): boolean {
  return field?.default !== undefined && equalJson(value, field.default)
}

/** Called for each field of each configuration: names that end in another letter need no closer check. */
const letterE = 0x65

/** Whether a field is the value of the header named by its neighbour: `header_value` beside `header_name`. */
function isValueOf(name: string, beside: JsonObject): boolean {
  if (name.charCodeAt(name.length - 1) !== letterE || !name.endsWith('value')) return false
  const stem = name.slice(0, -'value'.length)
  const named = stem === '' ? (beside.name ?? beside.key ?? beside.header) : beside[`${stem}name`]
  return typeof named === 'string' && isCredentialName(named)
}

/** Masks all texts of a value except references to where a gateway takes a secret from. */
export function textsMasked(value: Json, sink: SecretSink): Json {
  if (typeof value === 'string') return isReference(value) ? value : maskOf(value, 'name', sink)
  if (isArray(value)) return eachItem(value, item => textsMasked(item, sink))
  return isObject(value) && !isSecretMark(value) ? eachField(value, item => textsMasked(item, sink)) : value
}

function eachItem(items: readonly Json[], mask: (item: Json) => Json): readonly Json[] {
  let masked: Json[] | undefined
  for (let i = 0; i < items.length; i += 1) {
    const item = items[i] ?? null
    const found = mask(item)
    if (found === item) continue
    masked ??= [...items]
    masked[i] = found
  }
  return masked ?? items
}

function eachField(fields: JsonObject, mask: (item: Json, name: string) => Json): JsonObject {
  let masked: Record<string, Json> | undefined
  for (const name in fields) {
    const item = fields[name]
    if (item === undefined || item === null || typeof item === 'number' || typeof item === 'boolean') continue
    if (isArray(item) && item.length === 0) continue
    const found = mask(item, name)
    if (found === item) continue
    masked ??= { ...fields }
    masked[name] = found
  }
  return masked ?? fields
}
