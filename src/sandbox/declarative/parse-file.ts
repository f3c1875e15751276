import { copyObject, isObject, type Json, type JsonObject, jsonObject } from '../json.ts'
import type { SchemaLibrary } from '../schema/compile/library.ts'
import type { Schema } from '../schema/field.ts'
import { isUuid } from '../schema/limits/limits.ts'
import { filled } from '../schema/validate/fill.ts'
import { entityViolations } from '../schema/validate/validate.ts'
import {
  isEmpty,
  noViolations,
  setViolation,
  type Violation,
  type Violations,
} from '../schema/validate/violations.ts'
import type { Kind } from '../store/kinds.ts'
import { declarativeSchema } from './declarative-schema.ts'
import { childField, giveIds, listsIn, type Parent } from './ids.ts'

/** Entities of a file by kind and id, complete, pointing to each other by id. */
export type Declared = ReadonlyMap<Kind, ReadonlyMap<string, JsonObject>>

export type ParsedFile =
  | { readonly entities: Declared; readonly transform: boolean }
  | { readonly violations: Violations; readonly file: JsonObject }

const whole = { full: true, updating: false }

/** Only violations about nested entities that point elsewhere; nothing else of the first check is reported. */
function misplaced(violations: Violations): Violations {
  const kept = noViolations()
  for (const [name, violation] of Object.entries(violations)) {
    if (violation === 'value must be null') kept[name] = violation
    else if (typeof violation !== 'string' && !Array.isArray(violation)) {
      const inside = misplaced(violation)
      if (!isEmpty(inside)) kept[name] = inside
    }
  }
  return kept
}

const isNested = (violation: Violation | undefined): violation is Violations =>
  typeof violation === 'object' && !Array.isArray(violation)

function mergeInto(target: Violations, more: Violations): Violations {
  for (const [name, violation] of Object.entries(more)) {
    const there = target[name]
    if (isNested(there) && isNested(violation)) mergeInto(there, violation)
    else target[name] = violation
  }
  return target
}

/** Each entity of a file with its position. */
interface Item {
  readonly kind: Kind
  readonly entity: JsonObject
  readonly place: readonly string[]
  readonly parent: Parent | undefined
}

function* itemsIn(
  library: SchemaLibrary,
  file: JsonObject,
  place: readonly string[] = [],
  parent?: Parent,
): Generator<Item> {
  for (const [kind, list] of listsIn(file, parent?.kind, library)) {
    for (const [i, entity] of list.entries()) {
      const here = [...place, kind.name, String(i + 1)]
      const id = typeof entity.id === 'string' ? entity.id : undefined
      yield* itemsIn(library, entity, here, { kind, id })
      yield { kind, entity, place: here, parent }
    }
  }
}

/** Entities by id and by the text that names them. */
class Index {
  readonly #ids = new Map<string, string>()

  add(kind: Kind, key: string, id: string): boolean {
    const name = `${kind.name}:${key}`
    if (this.#ids.has(name)) return false
    this.#ids.set(name, id)
    return true
  }

  find(kind: string, value: Json | undefined): string | undefined {
    const key = isObject(value) ? value.id : value
    return typeof key === 'string' ? this.#ids.get(`${kind}:${key}`) : undefined
  }
}

/** Points the entities of a file to their parents and to what they name, as far as it exists. */
function resolve(library: SchemaLibrary, file: JsonObject): void {
  const items = [...itemsIn(library, file)]
  const index = new Index()
  for (const { kind, entity } of items) {
    if (!isUuid(entity.id)) continue
    index.add(kind, entity.id, entity.id)
    const name = kind.endpointKey === undefined ? undefined : entity[kind.endpointKey]
    if (typeof name === 'string') index.add(kind, name, entity.id)
  }
  for (const { kind, entity, parent } of items) {
    const own = parent && childField(library, kind, parent.kind)
    if (own !== undefined && parent?.id !== undefined) entity[own] ??= { id: parent.id }
    for (const field of library.of(kind.name)?.fields ?? []) {
      const id = field.reference === undefined ? undefined : index.find(field.reference, entity[field.name])
      if (id !== undefined && typeof entity[field.name] === 'string') entity[field.name] = { id }
    }
  }
}

/** Reads files for a gateway without a database. */
export class FileParser {
  readonly #library: SchemaLibrary
  readonly #named: Schema
  readonly #resolved: Schema

  constructor(library: SchemaLibrary) {
    this.#library = library
    this.#named = declarativeSchema(library, 'named')
    this.#resolved = declarativeSchema(library, 'resolved')
  }

  /** Checks a file and flattens it. The file is not changed. */
  parse(given: JsonObject): ParsedFile {
    const file = copyObject(given)
    file._transform ??= true
    const wrong = this.#violations(file)
    if (!isEmpty(wrong)) return { violations: wrong, file: given }
    giveIds(this.#library, file, false)
    const complete = this.#completed(file)
    const references = this.#unresolved(complete)
    if (!isEmpty(references)) return { violations: references, file }
    const entities = this.#flattened(complete)
    const twice = this.#twice(entities)
    if (!isEmpty(twice)) return { violations: twice, file }
    return { entities, transform: file._transform !== false }
  }

  #violations(file: JsonObject): Violations {
    const first = entityViolations(this.#named, file, whole)
    if (isEmpty(first)) return first
    const copy = copyObject(file)
    giveIds(this.#library, copy, true)
    resolve(this.#library, copy)
    const second = entityViolations(this.#resolved, copy, whole)
    return isEmpty(second) ? second : mergeInto(second, misplaced(first))
  }

  #completed(file: JsonObject): JsonObject {
    const complete = filled(this.#named, file, 'insert')
    return 'entity' in complete ? complete.entity : file
  }

  /** Duplicate entities, and references to missing ones. */
  #unresolved(file: JsonObject): Violations {
    const violations = noViolations()
    const index = new Index()
    const items = [...itemsIn(this.#library, file)]
    for (const { kind, entity, place } of items) {
      const id = String(entity.id)
      const twice = (key: string, value: string) =>
        `uniqueness violation: '${kind.name}' entity with ${key} set to '${value}' already declared`
      const name = this.#uniqueName(kind, entity)
      const named = name === undefined || index.add(kind, name, id)
      if (!named && kind.endpointKey !== undefined)
        setViolation(violations, place.slice(-4), twice(kind.endpointKey, name ?? ''))
      if (!index.add(kind, id, id) && named)
        setViolation(violations, place.slice(-4), twice('primary key', id))
    }
    for (const { kind, entity, parent } of items) {
      if (parent === undefined) this.#checkReferences(kind, entity, index, violations)
    }
    return violations
  }

  /** Values that must be unique per kind but aren't; for each kind the last one is reported. */
  #twice(all: Declared): Violations {
    const violations = noViolations()
    for (const [kind, entities] of all) {
      for (const { name } of this.#library.of(kind.name)?.fields.filter(field => field.unique) ?? []) {
        const seen = new Set<string>()
        for (const [id, entity] of entities) {
          const value = entity[name]
          const text = isObject(value) ? String(value.id) : String(value)
          if (value === null || value === undefined) continue
          if (seen.has(text)) {
            const key = kind.endpointKey === undefined ? undefined : entity[kind.endpointKey]
            const sentence = `uniqueness violation: '${kind.name}' entity with ${name} set to '${text}' already declared`
            violations[kind.name] = { [typeof key === 'string' ? key : id]: sentence }
          }
          seen.add(text)
        }
      }
    }
    return violations
  }

  #uniqueName(kind: Kind, entity: JsonObject): string | undefined {
    const key = kind.endpointKey
    const name = key === undefined ? undefined : entity[key]
    const isUnique = key !== undefined && this.#library.of(kind.name)?.byName.get(key)?.unique === true
    return isUnique && typeof name === 'string' ? name : undefined
  }

  #checkReferences(kind: Kind, entity: JsonObject, index: Index, violations: Violations): void {
    for (const field of this.#library.of(kind.name)?.fields ?? []) {
      const value = entity[field.name]
      if (field.reference === undefined || value === null || value === undefined) continue
      if (index.find(field.reference, value) !== undefined) continue
      const shown = typeof value === 'string' ? value : JSON.stringify(value)
      const sentence = `invalid reference '${field.name}: ${shown}' (no such entry in '${field.reference}')`
      setViolation(violations, [kind.name, this.#uniqueName(kind, entity) ?? String(entity.id)], [sentence])
    }
  }

  #flattened(file: JsonObject): Declared {
    resolve(this.#library, file)
    const all = new Map<Kind, Map<string, JsonObject>>()
    for (const { kind, entity } of itemsIn(this.#library, file)) {
      const flat = jsonObject()
      for (const field of this.#library.of(kind.name)?.fields ?? []) {
        if (!field.transient) flat[field.name] = entity[field.name] ?? null
      }
      if (kind.ttl && typeof entity.ttl === 'number') flat.ttl = entity.ttl
      const own = all.get(kind) ?? new Map<string, JsonObject>()
      own.set(String(entity.id), flat)
      all.set(kind, own)
    }
    return all
  }
}
