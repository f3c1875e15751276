/** A JSON value, as manifests and gateways contain it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** A JSON object. */
export interface JsonObject {
  readonly [name: string]: Json
}

/** Whether a value is a JSON object (not an array, not null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a value is a JSON array. */
export function isArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value)
}

/** The string in a value, or undefined if it isn't one. */
export function asString(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** One text for each value: keys of objects in order, so that equal values have equal texts. */
export function canonicalText(value: Json): string {
  if (isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  if (isObject(value)) {
    const names = Object.keys(value).sort()
    return `{${names.map(name => `${JSON.stringify(name)}:${canonicalText(value[name] ?? null)}`).join(',')}}`
  }
  return JSON.stringify(value)
}

/**
 * The same value with the keys of all its objects in order, so that equal values have the same JSON. Ordered values are
 * returned unchanged: a plan may hold 100,000 objects.
 */
export function inKeyOrder(value: unknown): unknown {
  if (isArray(value)) return itemsInKeyOrder(value)
  return isObject(value) ? membersInKeyOrder(value) : value
}

function itemsInKeyOrder(items: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    if (typeof item !== 'object' || item === null) continue
    const ordered = inKeyOrder(item)
    if (ordered === item) continue
    copy ??= [...items]
    copy[i] = ordered
  }
  return copy ?? items
}

function membersInKeyOrder(members: Readonly<Record<string, unknown>>): object {
  let last = ''
  let inOrder = true
  for (const name in members) {
    // An assignment to this name would set something else than a member.
    if (name === '__proto__') {
      const entries = Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1))
      return Object.fromEntries(entries.map(([each, item]) => [each, inKeyOrder(item)]))
    }
    if (name < last) inOrder = false
    last = name
  }
  if (!inOrder) {
    const sorted: Record<string, unknown> = {}
    for (const name of Object.keys(members).sort()) sorted[name] = inKeyOrder(members[name])
    return sorted
  }
  let copy: Record<string, unknown> | undefined
  for (const name in members) {
    const item = members[name]
    if (typeof item !== 'object' || item === null) continue
    const ordered = inKeyOrder(item)
    if (ordered === item) continue
    copy ??= { ...members }
    copy[name] = ordered
  }
  return copy ?? members
}

/** Whether two values are equal; the order of keys in objects means nothing. */
export function equalJson(a: Json, b: Json): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (isArray(a)) return isArray(b) && equalArrays(a, b)
  return !isArray(b) && equalObjects(a, b)
}

function equalArrays(a: readonly Json[], b: readonly Json[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!equalJson(a[i] ?? null, b[i] ?? null)) return false
  return true
}

function equalObjects(a: JsonObject, b: JsonObject): boolean {
  let more = 0
  for (const name in a) {
    if (!(name in b) || !equalJson(a[name] ?? null, b[name] ?? null)) return false
    more += 1
  }
  for (const _ in b) more -= 1
  return more === 0
}
