import { type FieldPath, isSecretMark, type Kind, type SecretMark, wholeMapping } from '../entity.ts'
import { isArray, isObject, type Json, type JsonObject } from '../json.ts'
import type { RecordSchema } from '../schema/schema.ts'
import type { State } from '../state/state.ts'
import { hiddenParts, type Masker, maskerOfTexts } from './masked-sentences.ts'
import { hasMarks, maskAll, maskOf, revealSecrets, type SecretSink } from './secret-marks.ts'

/** Masks what is at given paths of normalised fields, because it came from variables. */
export function maskVariables(
  fields: JsonObject,
  paths: readonly FieldPath[],
  schema: RecordSchema | undefined,
  sink: SecretSink,
): JsonObject {
  let masked: Json = fields
  for (const path of paths) {
    for (const known of schema ? presentPaths(path, schema) : [path]) masked = maskAt(masked, known, sink)
  }
  return isObject(masked) ? masked : fields
}

/** The paths of a value after deprecated names have been replaced. */
function presentPaths(path: FieldPath, schema: RecordSchema): readonly FieldPath[] {
  const [name, ...rest] = path
  if (name === undefined) return [path]
  const replaced = schema.shorthands.get(name)?.replacedWith
  if (replaced && !schema.fields.has(name)) return replaced
  const record = schema.fields.get(name)?.record
  return record ? presentPaths(rest, record).map(below => [name, ...below]) : [path]
}

function maskAt(value: Json, path: FieldPath, sink: SecretSink): Json {
  const [name, ...rest] = path
  if (name === undefined) return maskAll(value, 'variable', sink)
  if (name === wholeMapping) return isObject(value) ? maskOf(value, 'variable', sink) : value
  if (isSecretMark(value)) return maskAll(value, 'variable', sink)
  if (isArray(value)) return name === '*' ? value.map(item => maskAt(item, rest, sink)) : value
  if (!isObject(value) || !Object.hasOwn(value, name)) return value
  return { ...value, [name]: maskAt(value[name] ?? null, rest, sink) }
}

/**
 * Masks a value if another one of the same field is masked because it came from a variable: the gateway's counterpart
 * of something that must not be shown isn't shown either.
 */
export function maskedLike(value: Json, like: Json, sink: SecretSink): Json {
  if (!hasMarks(like, isVariable)) return value
  if (isSecretMark(value)) return maskAll(value, 'variable', sink)
  if (isSecretMark(like))
    return like.$json && isObject(value) ? maskOf(value, 'variable', sink) : maskAll(value, 'variable', sink)
  if (isArray(like)) {
    const patterns = distinctPatterns(like)
    return isArray(value)
      ? value.map(item => patterns.reduce<Json>((masked, pattern) => maskedLike(masked, pattern, sink), item))
      : maskAll(value, 'variable', sink)
  }
  if (!isObject(like)) return value
  if (!isObject(value)) return maskAll(value, 'variable', sink)
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const pattern = like[name]
      // Records have the same fields; an additional key belongs to a mapping whose other values are masked.
      return [name, pattern === undefined ? maskAll(item, 'variable', sink) : maskedLike(item, pattern, sink)]
    }),
  )
}

/** The same for the fields of an entity. A field that the other one does not know stays. */
export function fieldsMaskedLike(fields: JsonObject, like: JsonObject, sink: SecretSink): JsonObject {
  let masked: Record<string, Json> | undefined
  for (const name in fields) {
    const value = fields[name]
    const pattern = like[name]
    if (value === undefined || pattern === undefined || !hasMarks(pattern, isVariable)) continue
    masked ??= { ...fields }
    masked[name] = maskedLike(value, pattern, sink)
  }
  return masked ?? fields
}

/** Of items that are masked alike, one is enough. */
function distinctPatterns(items: readonly Json[]): readonly Json[] {
  const masked = items.filter(item => hasMarks(item, isVariable))
  return masked.every(isSecretMark) ? masked.slice(0, 1) : masked
}

/** Whether a mark is that of a variable's value. */
export function isVariable({ $why }: SecretMark): boolean {
  return $why === 'variable'
}

/** Whether the value behind a mark may be used in computations in memory. */
function isReadable({ $why }: SecretMark): boolean {
  return $why !== undefined
}

/**
 * The fields of an entity as the gateway reads them, except secrets by the schema; undefined if the value behind a mark
 * is unknown.
 */
export function readableFields(
  fields: JsonObject,
  { resolve }: Pick<State, 'resolve'>,
): JsonObject | undefined {
  if (!hasMarks(fields, isReadable)) return fields
  const { value, missing } = revealSecrets(fields, resolve ?? (() => undefined), isReadable)
  return missing.length === 0 && isObject(value) ? value : undefined
}

const knownUnreadable = new WeakMap<State, ReadonlySet<Kind>>()

/** The kinds of which an entity has a masked value that nobody here knows: its effect is unknown. */
export function unreadableKinds(state: State): ReadonlySet<Kind> {
  const known = knownUnreadable.get(state)
  if (known) return known
  const kinds = new Set<Kind>()
  for (const [kind, entities] of state.entities) {
    for (const { fields } of entities.values()) {
      if (readableFields(fields, state) !== undefined) continue
      kinds.add(kind)
      break
    }
  }
  knownUnreadable.set(state, kinds)
  return kinds
}

/** The tags among fields: ownership and selection depend on them, masked or not. */
export function tagsAmong(fields: JsonObject, state: Pick<State, 'resolve'>): readonly string[] {
  const { tags } = readableFields({ tags: fields.tags ?? null }, state) ?? {}
  return isArray(tags) ? tags.filter(tag => typeof tag === 'string') : []
}

const knownMaskers = new WeakMap<State, Masker>()

/** Takes masked values out of a sentence that was worked out from a state, and may quote them. */
export function maskerOf(state: State): Masker {
  const known = knownMaskers.get(state)
  if (known) return known
  const masker = maskerOfTexts(maskedTexts(state))
  knownMaskers.set(state, masker)
  return masker
}

/** The masked values of a state, in clear. */
function maskedTexts({ entities, resolve }: State): ReadonlySet<string> {
  const texts = new Set<string>()
  if (!resolve) return texts
  for (const ofKind of entities.values())
    for (const { fields } of ofKind.values()) addMasked(fields, resolve, texts)
  return texts
}

/** Adds what the masks of a value hide, in clear text. */
export function addMasked(
  value: Json,
  resolve: (digest: string) => string | undefined,
  texts: Set<string>,
): void {
  if (typeof value !== 'object' || value === null) return
  if (!isSecretMark(value))
    for (const item of isArray(value) ? value : Object.values(value)) addMasked(item, resolve, texts)
  else if (isReadable(value))
    for (const part of hiddenParts(resolve(value.$secret) ?? '', value.$shown)) texts.add(part)
}
