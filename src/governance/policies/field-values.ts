import { isSecretMark } from '../../model/entity.ts'
import { isArray, isObject, type Json } from '../../model/json.ts'

/** The value at a path of names (`effective.tls.only`, `paths.0`); undefined if there is none. */
export function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  let here = value
  for (const name of path) {
    if (isArray(here)) here = here[Number(name)]
    else if (isObject(here) && Object.hasOwn(here, name)) here = here[name]
    else return undefined
  }
  return here
}

/** A path as its names. */
export function namesOf(path: string): readonly string[] {
  return path.split('.')
}

/** A value in a sentence; secrets hidden. */
export function wordsOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '(none)'
  if (typeof value === 'string') return value
  if (isSecretMark(value)) return '••••'
  if (isArray(value)) return value.length === 0 ? '(none)' : value.map(wordsOf).join(', ')
  if (isObject(value)) {
    return Object.entries(value)
      .map(([name, item]) => `${name} ${wordsOf(item)}`)
      .join(', ')
  }
  return String(value)
}

/** A text with each `{path}` replaced by the value at that path, in words. */
export function filledIn(template: string, value: Json): string {
  return template.replace(/\{([A-Za-z_][\w.-]*)\}/g, (_, path: string) =>
    wordsOf(valueAt(value, namesOf(path))),
  )
}
