import { isArray, isObject, type Json, type JsonObject } from '../../../model/json.ts'
import type { Place } from '../../../model/problem.ts'
import { References } from '../../../specs/reading/references.ts'
import type { Specification } from '../../../specs/reading/specification.ts'

/** How many references may lead to each other; more is a loop. */
const longestChain = 50

/** A part of a specification, with its line and access to its parts; references are followed, into other files too. */
export class SpecificationNode {
  readonly value: Json
  readonly place: Place
  /** The file, and the JSON Pointer in it. */
  readonly uri: string
  readonly pointer: string
  readonly #spec: Specification
  readonly #references: References

  private constructor(
    spec: Specification,
    references: References,
    at: { readonly value: Json; readonly place: Place; readonly uri: string; readonly pointer: string },
  ) {
    this.#spec = spec
    this.#references = references
    this.value = at.value
    this.place = at.place
    this.uri = at.uri
    this.pointer = at.pointer
  }

  /** The document itself. */
  static root(spec: Specification): SpecificationNode {
    const { uri } = spec
    const place = { file: uri, line: 1, column: 1 }
    return new SpecificationNode(spec, new References(spec), {
      value: spec.files.get(uri) ?? null,
      place,
      uri,
      pointer: '',
    })
  }

  /** The object here, behind references; empty where there is none. */
  get object(): JsonObject {
    const { value } = this.followed()
    return isObject(value) ? value : {}
  }

  /** The value under a key or at an index, with references resolved; undefined if there is none. */
  child(key: string | number): SpecificationNode | undefined {
    return this.followed().#entry(key)?.followed()
  }

  /** All parts of the object or list here, each behind its references. */
  children(): readonly (readonly [string, SpecificationNode])[] {
    const here = this.followed()
    const keys = isArray(here.value) ? here.value.keys() : isObject(here.value) ? Object.keys(here.value) : []
    return [...keys].flatMap(key => {
      const node = here.#entry(key)?.followed()
      return node ? [[String(key), node] as const] : []
    })
  }

  /** The line of the value at a path below, or of its nearest existing ancestor. */
  placeOf(path: readonly string[]): Place {
    let node: SpecificationNode = this
    for (const name of path) {
      const next = node.followed().#entry(name)
      if (!next) break
      node = next
    }
    return node.place
  }

  #entry(key: string | number): SpecificationNode | undefined {
    const { value } = this
    const child = isArray(value)
      ? value[Number(key)]
      : isObject(value) && Object.hasOwn(value, String(key))
        ? value[String(key)]
        : undefined
    if (child === undefined || typeof value !== 'object' || value === null) return undefined
    return new SpecificationNode(this.#spec, this.#references, {
      value: child,
      place: this.#spec.positions.key(value, key) ?? this.place,
      uri: this.uri,
      pointer: `${this.pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`,
    })
  }

  /** The final target of a reference here; the value itself if it isn't a reference or leads nowhere. */
  followed(): SpecificationNode {
    let node: SpecificationNode = this
    for (let i = 0; i < longestChain; i += 1) {
      const { value } = node
      if (!isObject(value) || typeof value.$ref !== 'string') return node
      const target = this.#references.resolve(value)
      if (!target.ok) return node
      node = this.#at(target.value.uri, target.value.pointer) ?? node
    }
    return node
  }

  #at(uri: string, pointer: string): SpecificationNode | undefined {
    const file = this.#spec.files.get(uri)
    if (file === undefined) return undefined
    const place = { file: uri, line: 1, column: 1 }
    const root = { value: file, place, uri, pointer: '' }
    let node = new SpecificationNode(this.#spec, this.#references, root)
    for (const part of pointer.split('/').slice(1)) {
      const next = node.#entry(part.replaceAll('~1', '/').replaceAll('~0', '~'))
      if (!next) return undefined
      node = next
    }
    return node
  }
}
