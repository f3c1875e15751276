import { isObject, type Json, type JsonObject } from '../json.ts'
import type { SchemaLibrary } from '../schema/compile/library.ts'
import { isUuid } from '../schema/limits/limits.ts'
import { noViolations, type Violation, type Violations } from '../schema/validate/violations.ts'
import { kinds } from '../store/kinds.ts'

type Entry = { type: string; message: string; field?: string }

/** Kong takes them from the end. */
const inOrder = (violations: Violations): [string, Violation][] =>
  Object.entries(violations).sort(([a], [b]) => Number(b) - Number(a) || (a < b ? 1 : -1))

/** The positions of a list of violations, and what is wrong there. */
function sentences(violation: Violation): string[] {
  if (typeof violation === 'string') return [violation]
  return Array.isArray(violation) ? violation : Object.values(violation).flatMap(sentences)
}

/** Each sentence with the dotted path to its field. */
function entries(violations: Violations, above = ''): Entry[] {
  return inOrder(violations).flatMap(([name, violation]): Entry[] => {
    if (name === '@entity') return sentences(violation).map(message => ({ type: 'entity', message }))
    const field = above === '' ? name : `${above}.${name}`
    if (typeof violation === 'string') return [{ field, message: violation, type: 'field' }]
    if (Array.isArray(violation)) return violation.map(message => ({ field, message, type: 'field' }))
    return entries(violation, field)
  })
}

const singular = (name: string) => name.replace(/s$/, '')
const idOf = (value: Json | undefined): JsonObject | undefined =>
  isObject(value) && isUuid(value.id) ? { id: value.id } : undefined

function describe(kind: string, entity: JsonObject, found: readonly Entry[]): JsonObject {
  const { name, id, tags } = entity
  return {
    ...(typeof name === 'string' && name !== '' ? { entity_name: name } : {}),
    ...(isUuid(id) ? { entity_id: id } : {}),
    ...(Array.isArray(tags) && tags.every(tag => typeof tag === 'string') ? { entity_tags: tags } : {}),
    entity_type: singular(kind),
    entity,
    errors: found.map(entry => ({ ...entry })),
  }
}

/** Adds one entry for an entity, and one for each entity in it, that has something wrong. */
function add(
  library: SchemaLibrary,
  kind: string,
  given: JsonObject,
  violation: Violation | undefined,
  to: JsonObject[],
): void {
  if (violation === undefined) return
  const violations = noViolations()
  if (typeof violation === 'string' || Array.isArray(violation)) violations['@entity'] = sentences(violation)
  else Object.assign(violations, violation)
  const entity = { ...given }
  const key = idOf(entity)
  for (const child of kinds) {
    const field = library.of(child.name)?.fields.find(one => one.reference === kind)?.name
    const list = entity[child.name]
    if (field === undefined || !Array.isArray(list)) continue
    const inside = violations[child.name]
    delete entity[child.name]
    delete violations[child.name]
    if (inside === undefined || typeof inside === 'string' || Array.isArray(inside)) continue
    list.forEach((item, i) => {
      if (!isObject(item)) return
      const owner = item[field] ?? key
      add(library, child.name, owner === undefined ? item : { ...item, [field]: owner }, inside[i + 1], to)
    })
  }
  const found = entries(violations)
  if (found.length > 0) to.push(describe(kind, entity, found))
}

/** Violations by entity, as requested by `flatten_errors=1`, and those that belong to none. */
export function flattenedErrors(
  library: SchemaLibrary,
  file: JsonObject,
  violations: Violations,
): { readonly flattened: JsonObject[]; readonly rest: Violations } {
  const flattened: JsonObject[] = []
  const rest = noViolations()
  for (const [section, violation] of inOrder(violations)) {
    const list = file[section]
    if (typeof violation === 'string' || Array.isArray(violation) || !Array.isArray(list)) {
      rest[section] = violation
      continue
    }
    for (const [position, inside] of inOrder(violation)) {
      const entity = list[Number(position) - 1]
      if (isObject(entity)) add(library, section, entity, inside, flattened)
    }
  }
  return { flattened, rest }
}
