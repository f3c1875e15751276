import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts'
import type { Place, Problem } from '../model/problem.ts'
import type { ProblemCode } from '../model/problems/problem-code.ts'
import { References } from './reading/references.ts'
import type { Specification } from './reading/specification.ts'

/** An entry of an object, with the object that holds it: where it stands is known. */
export interface Field {
  readonly holder: JsonObject
  readonly key: string
  readonly value: Json
}

/** The entries of an object once its `$ref` is followed; what stands beside the `$ref` wins. */
export type DesignFields = ReadonlyMap<string, Field>

/**
 * Reads the parts of a specification. Invalid parts become problems with their places, and reading continues: nothing
 * throws, whatever the file contains.
 */
export class DesignReader {
  readonly spec: Specification
  readonly references: References
  /** What keeps a manifest from being made. */
  readonly problems: Problem[] = []
  /** What the author should know although a manifest is made. */
  readonly warnings: Problem[] = []

  constructor(spec: Specification) {
    this.spec = spec
    this.references = new References(spec)
  }

  /** The value behind references; undefined (and a problem) where they lead nowhere. */
  follow(value: Json): Json | undefined {
    const result = this.references.follow(value)
    if (result.ok) return result.value
    if (!this.problems.some(known => samePlace(known, result.error))) this.problems.push(result.error)
    return undefined
  }

  /** The entries of an object; none (and a problem, for `what`) if the value isn't an object. */
  fields(value: Json, what: string, place: Place | undefined): DesignFields {
    const found = new Map<string, Field>()
    const seen = new Set<Json>()
    for (let current: Json | undefined = value; current !== undefined; ) {
      // A list or nothing where an object belongs holds no entries: editors and generators write that.
      if (!isObject(current)) {
        if (current !== null && !(isArray(current) && current.length === 0))
          this.problem(`${what} must be an object`, place)
        break
      }
      if (seen.has(current)) {
        this.follow(current)
        break
      }
      seen.add(current)
      for (const [key, entry] of Object.entries(current)) {
        if (key !== '$ref' && !found.has(key)) found.set(key, { holder: current, key, value: entry })
      }
      if (!Object.hasOwn(current, '$ref')) break
      const target = this.references.resolve(current)
      if (!target.ok) {
        this.follow(current)
        break
      }
      current = target.value.value
    }
    return found
  }

  /** The entries of the object in a field. */
  fieldsIn(fields: DesignFields, key: string, what: string): DesignFields {
    const field = fields.get(key)
    return field === undefined ? new Map() : this.fields(field.value, what, this.placeOf(field))
  }

  /** The items of the list in a field, each as an entry of it; none (and a problem) if it isn't a list. */
  items(fields: DesignFields, key: string, what: string): readonly Item[] {
    const field = fields.get(key)
    if (field === undefined || field.value === null) return []
    const list = this.follow(field.value)
    if (isArray(list))
      return list.map((value, index) => ({ value, place: this.spec.positions.value(list, index) }))
    if (list !== undefined) this.problem(`${what} must be a list`, this.placeOf(field))
    return []
  }

  /** A scalar as a text, as it was written: `1.0` stays `1.0`. */
  text(field: Field | undefined, what: string): string | undefined {
    if (field === undefined || field.value === null) return undefined
    if (typeof field.value === 'object') {
      this.problem(`${what} must be a text`, this.placeOf(field))
      return undefined
    }
    return this.written(field.holder, field.key, field.value)
  }

  /** The scalar in an entry of an object or a list as it was written. */
  written(holder: object, key: string | number, value: Json): string {
    return this.spec.positions.mark(holder, key)?.raw ?? String(value)
  }

  placeOf(field: Field | undefined): Place | undefined {
    return field && this.spec.positions.key(field.holder, field.key)
  }

  problem(message: string, place: Place | undefined, hint?: string): void {
    this.problems.push({
      code: 'specification',
      message,
      ...(hint ? { hint } : {}),
      ...(place ? { place } : {}),
    })
  }

  warn(code: ProblemCode, message: string, place: Place | undefined, hint?: string): void {
    this.warnings.push({ code, message, ...(hint ? { hint } : {}), ...(place ? { place } : {}) })
  }
}

/** An item of a list with its place. */
export interface Item {
  readonly value: Json
  readonly place: Place | undefined
}

function samePlace(a: Problem, b: Problem): boolean {
  return (
    a.message === b.message &&
    a.place?.file === b.place?.file &&
    a.place?.line === b.place?.line &&
    a.place?.column === b.place?.column
  )
}
