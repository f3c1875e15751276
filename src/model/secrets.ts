import { isArray, isObject, type Json, type JsonObject } from './json.ts'
import type { FieldSchema, RecordSchema } from './schema.ts'

/** Turns secrets into digests, and remembers which digest stands for what while the program runs. */
export interface SecretSink {
  /** The digest of a secret: the same for equal secrets, useless to whoever lacks the key. */
  digest(value: string): string
  /** The last characters of a secret, where what stays hidden is long enough; else undefined. */
  ending(value: string): string | undefined
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
 * Replaces secrets by marks. What is secret is said by the gateway's schema and the kind, by field and
 * never by the look of a value. References to a vault (`{vault://…}`) are no secrets.
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
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hideAll(item, sink)]))
  }
  if (typeof value !== 'string' || value.startsWith('{vault://')) return value
  return { $secret: sink.digest(value) }
}

/**
 * Puts secrets back in place of their marks; the digests that nothing is known of come back in `missing`. What holds no
 * mark is given back as it is.
 */
export function revealSecrets(
  value: Json,
  resolve: (digest: string) => string | undefined,
): { readonly value: Json; readonly missing: readonly string[] } {
  const missing: string[] = []
  const reveal = (part: Json): Json => {
    if (typeof part !== 'object' || part === null || !hasMarks(part)) return part
    if (isArray(part)) return part.map(reveal)
    const digest = part.$secret
    if (typeof digest !== 'string') {
      return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, reveal(item)]))
    }
    const clear = resolve(digest)
    if (clear === undefined) missing.push(digest)
    return clear ?? part
  }
  return { value: reveal(value), missing }
}

/** Whether a mark stands somewhere in a value. */
export function hasMarks(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (isArray(value)) return value.some(hasMarks)
  if (typeof value.$secret === 'string') return true
  for (const name in value) if (hasMarks(value[name] ?? null)) return true
  return false
}

/**
 * A sentence without the secrets that it may quote, as that of a gateway which refuses a value. Of a short one, only
 * where it stands alone: it is part of other words by chance.
 */
export function withoutSecrets(sentence: string, secrets: readonly string[]): string {
  let hidden = sentence
  for (const secret of secrets.toSorted((a, b) => b.length - a.length)) {
    if (secret.length >= shortSecret) hidden = hidden.replaceAll(secret, '••••')
    else if (secret !== '')
      hidden = hidden
        .split(/(\W+)/)
        .map(part => (part === secret ? '••••' : part))
        .join('')
  }
  return hidden
}

const shortSecret = 4

/** The digests that a value holds. */
export function digestsIn(value: Json): readonly string[] {
  return revealSecrets(value, () => undefined).missing
}
