import { posix } from 'node:path'
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import type { Specification } from './specification.ts'

/** The target of a `$ref`. */
export interface Target {
  readonly value: Json
  readonly uri: string
  /** A JSON Pointer (RFC 6901), `` for the whole file. */
  readonly pointer: string
}

/** How many references may lead to each other until one that means a value: more is a loop or a trap. */
const LONGEST_CHAIN = 100

const URL_START = /^[a-z][a-z0-9+.-]*:\/\//i

/** Whether a uri is a URL rather than a path in the repository. */
export function isUrl(uri: string): boolean {
  return URL_START.test(uri)
}

/**
 * The file and the fragment of a reference that stands in the file `base` (RFC 3986, section 5). Paths keep `..` where
 * they lead out of the repository.
 */
export function splitReference(reference: string, base: string): { uri: string; fragment: string } {
  const hash = reference.indexOf('#')
  const path = hash < 0 ? reference : reference.slice(0, hash)
  const fragment = hash < 0 ? '' : reference.slice(hash + 1)
  if (path === '') return { uri: base, fragment }
  if (isUrl(path)) return { uri: path, fragment }
  if (isUrl(base)) return { uri: URL.parse(path, base)?.href ?? path, fragment }
  if (path.startsWith('/')) return { uri: posix.normalize(path), fragment }
  return { uri: posix.join(posix.dirname(base), decoded(path)), fragment }
}

/** Follows the references of a specification. */
export class References {
  readonly #spec: Specification
  readonly #anchors = new Map<string, ReadonlyMap<string, Target>>()

  constructor(spec: Specification) {
    this.#spec = spec
  }

  /** What the `$ref` of an object leads to: one step. */
  resolve(holder: JsonObject): Result<Target, Problem> {
    const reference = holder.$ref
    if (typeof reference !== 'string') return fail(this.#problem(holder, 'A $ref must be a text'))
    const base = this.#spec.positions.sourceOf(holder)?.uri ?? this.#spec.uri
    const { uri, fragment } = splitReference(reference, base)
    const file = this.#spec.files.get(uri)
    if (file === undefined) {
      const reason = this.#spec.unread.get(uri)
      if (reason)
        return fail({
          ...this.#problem(holder, reason.message),
          ...(reason.hint ? { hint: reason.hint } : {}),
        })
      return fail(this.#problem(holder, `The reference "${reference}" leads to a file that was not read`))
    }
    const target =
      fragment === '' || fragment.startsWith('/')
        ? at(file, uri, fragment)
        : this.#anchor(file, uri, fragment)
    return target
      ? succeed(target)
      : fail(this.#problem(holder, `The reference "${reference}" leads nowhere`))
  }

  /** The value behind references: the value itself, or the one at the end of its references. */
  follow(value: Json): Result<Json, Problem> {
    let current = value
    const seen = new Set<Json>()
    while (isObject(current) && '$ref' in current) {
      if (seen.has(current) || seen.size > LONGEST_CHAIN) {
        return fail(this.#problem(current, `The reference "${String(current.$ref)}" leads back to itself`))
      }
      seen.add(current)
      const target = this.resolve(current)
      if (!target.ok) return target
      current = target.value.value
    }
    return succeed(current)
  }

  #anchor(file: Json, uri: string, name: string): Target | undefined {
    const known = this.#anchors.get(uri) ?? anchorsOf(file, uri)
    this.#anchors.set(uri, known)
    return known.get(name)
  }

  #problem(holder: JsonObject, message: string): Problem {
    const place = this.#spec.positions.key(holder, '$ref')
    return { code: 'reference', message, ...(place ? { place } : {}) }
  }
}

function at(file: Json, uri: string, pointer: string): Target | undefined {
  let value: Json | undefined = file
  const names: string[] = []
  for (const part of decoded(pointer).split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    names.push(escapePointer(name))
    if (isArray(value)) value = value[Number(name)]
    else if (isObject(value) && Object.hasOwn(value, name)) value = value[name]
    else return undefined
  }
  return value === undefined ? undefined : { value, uri, pointer: names.map(name => `/${name}`).join('') }
}

/** The anchors of a file (JSON Schema 2020-12, `$anchor` and `$dynamicAnchor`); the first of a name counts. */
function anchorsOf(file: Json, uri: string): ReadonlyMap<string, Target> {
  const found = new Map<string, Target>()
  const seen = new Set<Json>()
  const rest: Target[] = [{ value: file, uri, pointer: '' }]
  for (let next = rest.pop(); next; next = rest.pop()) {
    const { value, pointer } = next
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    for (const key of ['$anchor', '$dynamicAnchor']) {
      const name = isObject(value) ? value[key] : undefined
      if (typeof name === 'string' && !found.has(name)) found.set(name, next)
    }
    for (const [name, child] of Object.entries(value).reverse()) {
      rest.push({ value: child, uri, pointer: `${pointer}/${escapePointer(name)}` })
    }
  }
  return found
}

/** A name as a part of a JSON Pointer. */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Percent-encoding taken away; a text that is not properly encoded stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
