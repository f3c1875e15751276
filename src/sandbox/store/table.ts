import { idOf, type Json, type JsonObject } from '../json.ts'
import type { Schema } from '../schema/field.ts'
import type { Kind } from './kinds.ts'

/** A stored entity. Rows are replaced, never changed. */
export interface Row {
  readonly id: string
  readonly entity: JsonObject
  /** When it expires, in milliseconds since 1970. */
  readonly expires: number | undefined
}

/** The tables of a gateway, to look into. */
export interface Tables {
  table(kind: string): Table
}

/** The place of an id in a sorted list, or where it would stand. */
function placeOf(sorted: readonly string[], id: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? '') < id) low = middle + 1
    else high = middle
  }
  return low
}

/** Ids in order, which is the order of lists. Those that are added are sorted in when somebody looks. */
class IdOrder {
  #sorted: string[] = []
  #added: string[] = []

  add(id: string): void {
    this.#added.push(id)
  }

  remove(id: string): void {
    const sorted = this.sorted()
    const place = placeOf(sorted, id)
    if (sorted[place] === id) this.#sorted.splice(place, 1)
  }

  sorted(): readonly string[] {
    if (this.#added.length > 0) {
      this.#sorted = merged(this.#sorted, this.#added.sort())
      this.#added = []
    }
    return this.#sorted
  }
}

function merged(a: readonly string[], b: readonly string[]): string[] {
  const all: string[] = []
  let i = 0
  for (const next of b) {
    for (let here = a[i]; here !== undefined && here < next; here = a[++i]) all.push(here)
    all.push(next)
  }
  for (; i < a.length; i++) all.push(a[i] ?? '')
  return all
}

/** The entities of one kind, found by id, by unique values and by what they point to. */
export class Table {
  readonly kind: Kind
  readonly schema: Schema
  /** Fields that are unique of their own. */
  readonly uniqueFields: readonly string[]
  /** Foreign fields. */
  readonly references: readonly { readonly field: string; readonly kind: string; readonly cascade: boolean }[]
  readonly #rows = new Map<string, Row>()
  #version = 0
  readonly #order = new IdOrder()
  readonly #byUnique = new Map<string, Map<Json, string>>()
  readonly #byTogether = new Map<string, string>()
  readonly #byReference = new Map<string, Map<string, Set<string>>>()

  constructor(kind: Kind, schema: Schema) {
    this.kind = kind
    this.schema = schema
    this.uniqueFields = schema.fields.filter(field => field.unique).map(field => field.name)
    this.references = schema.fields.flatMap(field =>
      field.reference === undefined
        ? []
        : [{ field: field.name, kind: field.reference, cascade: field.onDelete === 'cascade' }],
    )
    for (const field of this.uniqueFields) this.#byUnique.set(field, new Map())
    for (const { field } of this.references) this.#byReference.set(field, new Map())
  }

  /** Changes whenever an entity does. */
  get version(): number {
    return this.#version
  }

  get size(): number {
    return this.#rows.size
  }

  get(id: string): Row | undefined {
    const row = this.#rows.get(id)
    if (row?.expires !== undefined && row.expires <= Date.now()) {
      this.remove(id)
      return undefined
    }
    return row
  }

  /** The entity with this value of a unique field. */
  find(field: string, value: Json): Row | undefined {
    const index = this.#byUnique.get(field)
    const id = index?.get(value)
    if (id !== undefined) return this.get(id)
    if (index !== undefined) return undefined
    for (const row of this.rows()) if (row.entity[field] === value) return row
    return undefined
  }

  /** Fields whose values another entity has already: those that are unique together, or a unique one. */
  conflict(entity: JsonObject, ownId: string): readonly string[] | undefined {
    const isOther = (id: string | undefined) => id !== undefined && id !== ownId && this.get(id) !== undefined
    const key = this.#togetherKey(entity)
    const together = key !== undefined && isOther(this.#byTogether.get(key)) ? this.kind.together : undefined
    if (together !== undefined && !this.kind.uniqueFirst) return together
    const field = this.uniqueFields.find(name => {
      const value = uniqueKey(entity[name])
      return value !== undefined && isOther(this.#byUnique.get(name)?.get(value))
    })
    return field === undefined ? together : [field]
  }

  /** All rows in the order of their ids. */
  *rows(): Generator<Row> {
    for (const id of [...this.#order.sorted()]) {
      const row = this.get(id)
      if (row !== undefined) yield row
    }
  }

  /** Rows after an id, in order. */
  *rowsAfter(id: string | undefined): Generator<Row> {
    const order = this.#order.sorted()
    const from = id === undefined ? 0 : placeOf(order, id)
    for (let i = from; i < order.length; i++) {
      const next = order[i]
      if (next === undefined || next === id) continue
      const row = this.#rows.get(next)
      if (row !== undefined && (row.expires === undefined || row.expires > Date.now())) yield row
    }
  }

  /** Rows that point to an entity, in the order of their ids. */
  pointingTo(field: string, id: string): Row[] {
    const ids = this.#byReference.get(field)?.get(id) ?? []
    return [...ids].sort().flatMap(child => this.get(child) ?? [])
  }

  /** Puts a row in place of the one with its id, if there is one. */
  put(row: Row): void {
    const before = this.#rows.get(row.id)
    if (before === undefined) this.#order.add(row.id)
    else this.#unindex(before)
    this.#rows.set(row.id, row)
    this.#version++
    this.#index(row)
  }

  remove(id: string): void {
    const row = this.#rows.get(id)
    if (row === undefined) return
    this.#rows.delete(id)
    this.#version++
    this.#order.remove(id)
    this.#unindex(row)
  }

  #index({ id, entity }: Row): void {
    for (const field of this.uniqueFields) {
      const key = uniqueKey(entity[field])
      if (key !== undefined) this.#byUnique.get(field)?.set(key, id)
    }
    const together = this.#togetherKey(entity)
    if (together !== undefined) this.#byTogether.set(together, id)
    for (const { field } of this.references) {
      const parent = idOf(entity[field])
      if (parent === undefined) continue
      const index = this.#byReference.get(field)
      const children = index?.get(parent) ?? new Set()
      children.add(id)
      index?.set(parent, children)
    }
  }

  #unindex({ id, entity }: Row): void {
    for (const field of this.uniqueFields) {
      const key = uniqueKey(entity[field])
      const index = this.#byUnique.get(field)
      if (key !== undefined && index?.get(key) === id) index.delete(key)
    }
    const together = this.#togetherKey(entity)
    if (together !== undefined && this.#byTogether.get(together) === id) this.#byTogether.delete(together)
    for (const { field } of this.references) {
      const parent = idOf(entity[field])
      if (parent !== undefined) this.#byReference.get(field)?.get(parent)?.delete(id)
    }
  }

  #togetherKey(entity: JsonObject): string | undefined {
    const { together } = this.kind
    if (together.length === 0) return undefined
    return JSON.stringify(together.map(field => idOf(entity[field]) ?? entity[field] ?? null))
  }
}

/** What a value of a unique field is compared by; null is never the same as another null. */
function uniqueKey(value: Json | undefined): Json | undefined {
  return value === null || value === undefined ? undefined : (idOf(value) ?? value)
}
