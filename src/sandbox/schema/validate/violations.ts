import { type Json, type JsonObject, jsonObject } from '../../json.ts'

/**
 * What is wrong with an entity, by field: a sentence, or the violations inside a record, array or map.
 * Positions of an array are the names '1', '2', …; `@entity` holds sentences about the whole.
 */
export interface Violations {
  [field: string]: Violation
}
export type Violation = string | string[] | Violations

/** No violations yet. Field names come from outside, so it has no prototype. */
export function noViolations(): Violations {
  const made: Violations = Object.create(null)
  return made
}

/** True where nothing was found. */
export function isEmpty(violations: Violations): boolean {
  for (const _ in violations) return false
  return true
}

/** Adds a sentence about the entity as a whole. */
export function addEntityViolation(violations: Violations, sentence: string): void {
  const there = violations['@entity']
  if (Array.isArray(there)) there.push(sentence)
  else violations['@entity'] = [sentence]
}

/** Sets the violation at a dotted path; an existing sentence on the way stays. */
export function setViolation(violations: Violations, path: readonly string[], violation: Violation): void {
  let here = violations
  for (const step of path.slice(0, -1)) {
    const next = here[step] ?? noViolations()
    if (typeof next === 'string' || Array.isArray(next)) return
    here[step] = next
    here = next
  }
  const last = path.at(-1)
  if (last !== undefined) here[last] = violation
}

const position = /^[1-9]\d*$/

/** The highest position, if the names are positions and nothing else. */
export function arrayLength(names: readonly string[]): number | undefined {
  let length = 0
  for (const name of names) {
    if (!position.test(name)) return undefined
    length = Math.max(length, Number(name))
  }
  return names.length > 0 ? length : undefined
}

/** The violations as the Admin API shows them: positions become an array, with null for valid items. */
export function violationsToJson(violation: Violation): Json {
  if (typeof violation === 'string') return violation
  if (Array.isArray(violation)) return [...violation]
  const length = arrayLength(Object.keys(violation))
  if (length !== undefined) {
    const list: Json[] = new Array<Json>(length).fill(null)
    for (const [name, part] of Object.entries(violation)) list[Number(name) - 1] = violationsToJson(part)
    return list
  }
  const shown: JsonObject = jsonObject()
  for (const [name, part] of Object.entries(violation)) shown[name] = violationsToJson(part)
  return shown
}
