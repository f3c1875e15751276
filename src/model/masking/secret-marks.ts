import { isSecretMark, type MaskReason, type SecretMark } from '../entity.ts'
import { equalJson, isArray, isObject, type Json, type JsonObject } from '../json.ts'
import type { FieldSchema, RecordSchema } from '../schema/schema.ts'

/** Turns secrets into digests, and remembers which digest stands for what while the program runs. */
export interface SecretSink {
  /** The digest of a secret: the same for equal secrets, useless to anyone without the key. */
  digest(value: string): string
  /** The last characters of a secret, if the hidden rest is long enough; otherwise undefined. */
  ending(value: string): string | undefined
  /** What a digest stands for; undefined if this run has not seen it. */
  readonly resolve: (digest: string) => string | undefined
}

const knownSecrets = new WeakMap<RecordSchema, boolean>()

/** Whether a record has fields that are secret, however deep. */
function hasSecrets(schema: RecordSchema): boolean {
  const known = knownSecrets.get(schema)
  if (known !== undefined) return known
  const has = [...schema.fields.values()].some(isSecretBelow)
  knownSecrets.set(schema, has)
  return has
}

function isSecretBelow(field: FieldSchema): boolean {
  return (
    field.secret ||
    (field.record !== undefined && hasSecrets(field.record)) ||
    (field.elements !== undefined && isSecretBelow(field.elements))
  )
}

/**
 * Replaces secrets by marks. The gateway's schema and the kind define what is secret, by field and never by the look of
 * a value. References to a vault (`{vault://…}`) aren't secrets.
 */
export function hideSecrets(
  fields: JsonObject,
  schema: RecordSchema,
  named: readonly string[],
  sink: SecretSink,
  path = '',
): JsonObject {
  if (named.length === 0 && !hasSecrets(schema)) return fields
  const result: Record<string, Json> = {}
  for (const name in fields) {
    const value = fields[name]
    if (value === undefined) continue
    const here = path === '' ? name : `${path}.${name}`
    const field = schema.fields.get(name)
    if (field?.secret || named.includes(here)) result[name] = hideAll(value, sink)
    else result[name] = hideBelow(value, field, named, sink, here)
  }
  return result
}

function hideBelow(
  value: Json,
  field: FieldSchema | undefined,
  named: readonly string[],
  sink: SecretSink,
  path: string,
): Json {
  if (field?.type === 'record' && field.record && isObject(value)) {
    return hideSecrets(value, field.record, named, sink, path)
  }
  const { elements } = field ?? {}
  if (!elements) return value
  if (isArray(value)) {
    return value.map(item =>
      elements.secret ? hideAll(item, sink) : hideBelow(item, elements, named, sink, path),
    )
  }
  if (field?.type === 'map' && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        elements.secret ? hideAll(item, sink) : hideBelow(item, elements, named, sink, `${path}.${key}`),
      ]),
    )
  }
  return value
}

/** Marks in place of all texts of a value, however deep. */
export function hideAll(value: Json, sink: SecretSink): Json {
  if (isArray(value)) return value.map(item => hideAll(item, sink))
  if (isSecretMark(value)) return value
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hideAll(item, sink)]))
  }
  return typeof value === 'string' && !isVaultReference(value) ? { $secret: sink.digest(value) } : value
}

/** Whether a text names a secret in a vault instead of being one. */
export function isVaultReference(text: string): boolean {
  return text.startsWith('{vault://')
}

/**
 * Replaces everything in a value by marks, however deep, because it isn't a secret by its schema but must not be shown.
 * Missing and empty values, and existing marks, stay.
 */
export function maskAll(value: Json, reason: MaskReason, sink: SecretSink): Json {
  if (isArray(value)) return value.map(item => maskAll(item, reason, sink))
  if (isSecretMark(value)) return reason === 'variable' ? withoutShown(value) : value
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskAll(item, reason, sink)]))
  }
  if (value === null || value === '' || (typeof value === 'string' && isVaultReference(value))) return value
  return maskOf(value, reason, sink)
}

/** The mark of a value from a variable: what its name alone would allow to be shown isn't shown either. */
function withoutShown(mark: SecretMark): SecretMark {
  return mark.$why === 'name' ? { $secret: mark.$secret, $why: 'variable' } : mark
}

/** One mark for a value; `shown` is what may be shown of a text. */
export function maskOf(value: Json, reason: MaskReason, sink: SecretSink, shown?: string): SecretMark {
  if (typeof value !== 'string')
    return { $secret: sink.digest(JSON.stringify(value)), $why: reason, $json: true }
  return { $secret: sink.digest(value), $why: reason, ...(shown === undefined ? {} : { $shown: shown }) }
}

/**
 * Replaces marks by their secrets; unknown digests are returned in `missing`. A value without marks is returned
 * unchanged. `chosen`: only these marks, all others stay.
 */
export function revealSecrets(
  value: Json,
  resolve: (digest: string) => string | undefined,
  chosen: (mark: SecretMark) => boolean = () => true,
): { readonly value: Json; readonly missing: readonly string[] } {
  const missing: string[] = []
  const reveal = (part: Json): Json => {
    if (typeof part !== 'object' || part === null || !hasMarks(part)) return part
    if (isArray(part)) return part.map(reveal)
    if (!isSecretMark(part)) {
      return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, reveal(item)]))
    }
    if (!chosen(part)) return part
    const clear = resolve(part.$secret)
    if (clear === undefined) missing.push(part.$secret)
    if (clear === undefined) return part
    return part.$json ? reveal(jsonIn(clear)) : clear
  }
  return { value: reveal(value), missing }
}

function jsonIn(text: string): Json {
  return JSON.parse(text)
}

/** Whether a value contains a mark. */
export function hasMarks(value: Json, such?: (mark: SecretMark) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (isArray(value)) {
    for (let i = 0; i < value.length; i += 1) if (hasMarks(value[i] ?? null, such)) return true
    return false
  }
  if (isSecretMark(value)) return such === undefined || such(value)
  for (const name in value) {
    const item = value[name]
    if (typeof item === 'object' && item !== null && hasMarks(item, such)) return true
  }
  return false
}

/** What is shown instead of a secret. */
const hidden = '••••'

/** What may be shown of a mark's value. */
export function shownMark({ $shown }: SecretMark): string {
  return $shown ?? hidden
}

/** A value in displayable form: what its marks allow to be shown. */
export function shownValue(value: Json): Json {
  if (isSecretMark(value)) return shownMark(value)
  if (isArray(value)) return value.map(shownValue)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shownValue(item)]))
}

/** Whether two values that differ look the same, for the difference is hidden. */
export function differsHidden(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined || !hasMarks(a) || !hasMarks(b)) return false
  return equalJson(shownValue(a), shownValue(b))
}

/** The digests that a value holds. */
export function digestsIn(value: Json): readonly string[] {
  return revealSecrets(value, () => undefined).missing
}
