/** Values as JSON carries them. A field that is absent is not the same as one that is null. */
export type Json = null | boolean | number | string | Json[] | JsonObject

/** A JSON object. Made by `jsonObject` where its names come from outside. */
export interface JsonObject {
  [name: string]: Json
}

/** An object without prototype: a field named `__proto__` is a field like any other. */
export function jsonObject(): JsonObject {
  const made: JsonObject = Object.create(null)
  return made
}

/** True for an object that is neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The strings of a list; none if it isn't a list. */
export function stringsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter(part => typeof part === 'string') : []
}

/** The id in a foreign field, `{id}`. */
export function idOf(value: Json | undefined): string | undefined {
  const id = isObject(value) ? value.id : undefined
  return typeof id === 'string' ? id : undefined
}

/** A deep copy that shares nothing with the original. */
export function copyJson(value: Json): Json {
  if (Array.isArray(value)) return value.map(copyJson)
  if (!isObject(value)) return value
  const copy = jsonObject()
  for (const [name, part] of Object.entries(value)) copy[name] = copyJson(part)
  return copy
}

/** The same as `copyJson`, for a value that is known to be an object. */
export function copyObject(value: JsonObject): JsonObject {
  const copy = jsonObject()
  for (const [name, part] of Object.entries(value)) copy[name] = copyJson(part)
  return copy
}

/** Whether two values are equal; the order of an object's fields doesn't matter. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((part, i) => sameJson(part, b[i]))
  }
  if (!isObject(a) || !isObject(b)) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length && names.every(name => name in b && sameJson(a[name], b[name]))
  )
}

/** The value below a dotted path, or undefined where the path leads nowhere. */
export function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  let here: Json | undefined = value
  for (const step of path) {
    if (!isObject(here)) return undefined
    here = here[step]
  }
  return here
}

/** Parses text as JSON; undefined if it isn't JSON. Objects have no prototype. */
export function parseJson(text: string): Json | undefined {
  try {
    const parsed: Json = JSON.parse(text)
    return copyJson(parsed)
  } catch {
    return undefined
  }
}
