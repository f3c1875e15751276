import { type FieldPath, wholeMapping } from '../model/entity.ts'
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts'
import type { Place } from '../model/problem.ts'

/** Where a mapping or a sequence and its content begin, as offsets. */
export interface Offsets {
  readonly start: number
  /** For a mapping: where each key is; for a sequence: where each item is. */
  readonly items: Readonly<Record<string, number>> | readonly number[]
  /** The fields or items whose value came from a variable; `all`: keys did. */
  readonly filled?: ReadonlySet<string> | 'all'
  /** Where values are and how they were written, for dialects that keep it. */
  readonly values?: ReadonlyMap<string, ValueMark>
}

/** Where the value of a field or item is; `raw` is the scalar as written if its value lost that (1.0). */
export interface ValueMark {
  readonly start: number
  readonly raw?: string
}

/** Where values from variables were inserted: from one offset to another, in order. */
export type FilledIn = readonly (readonly [from: number, to: number])[]

/** A mapping or a sequence. */
export type Container = JsonObject | readonly Json[]

/** A document for another thread: its value as JSON, and the places of everything in it, in the order of the value. */
export interface PackedDocument {
  readonly json: string
  readonly offsets: Int32Array<ArrayBuffer>
  /** Which of the offsets belong to values that came from variables, or to mappings whose keys did. */
  readonly filled: readonly number[]
}

/** The value of a YAML or JSON text, with the place where everything in it was written. */
export class YamlDocument {
  /** Undefined: the text is empty. */
  readonly value: Json | undefined
  /** Whether a value in it was filled in for a variable. */
  readonly hasFilled: boolean
  #offsets: ReadonlyMap<Container, Offsets> | (() => ReadonlyMap<Container, Offsets>)
  readonly #placeAt: (offset: number) => Place

  constructor(
    value: Json | undefined,
    offsets: ReadonlyMap<Container, Offsets> | (() => ReadonlyMap<Container, Offsets>),
    placeAt: (offset: number) => Place,
    hasFilled = false,
  ) {
    this.hasFilled = hasFilled
    this.value = value
    this.#offsets = offsets
    this.#placeAt = placeAt
  }

  /**
   * Where a mapping or sequence of this document was written, or something in it at a path (`config.minute`,
   * `paths.0`): the key of a field, the start of an item. As near as possible if the path leads nowhere.
   */
  place(container: Container | undefined, path = ''): Place {
    return this.#placeAt(this.#offset(container, path))
  }

  /** The value at a path of names below a container; undefined if there is none. */
  at(container: Container, path: readonly string[]): Json | undefined {
    let here: Json | undefined = container
    for (const name of path) {
      if (isArray(here)) here = here[Number(name)]
      else if (isObject(here) && Object.hasOwn(here, name)) here = here[name]
      else return undefined
    }
    return here
  }

  /** Undefined where the text holds nothing. */
  pack(): PackedDocument | undefined {
    const { value } = this
    const offsets: number[] = []
    const filled: number[] = []
    if (value === undefined) return undefined
    packOffsets(value, this.#known(), offsets, filled)
    return { json: JSON.stringify(value), offsets: Int32Array.from(offsets), filled }
  }

  /**
   * The paths from a container to the values in it that came from variables, with `*` for any item of a list, and
   * `wholeMapping` after the path to a mapping whose keys did. `hasFilled` says whether there are any at all.
   */
  filledIn(container: Container): readonly FieldPath[] {
    if (!this.hasFilled) return []
    const paths: string[][] = []
    this.#addFilled(container, [], paths)
    return paths
  }

  #addFilled(container: Container, here: readonly string[], paths: string[][]): void {
    const filled = this.#known().get(container)?.filled
    if (filled === 'all') {
      paths.push([...here, wholeMapping])
      return
    }
    const entries = isArray(container) ? container.entries() : Object.entries(container)
    for (const [name, item] of entries) {
      const path = [...here, isArray(container) ? '*' : String(name)]
      if (filled?.has(String(name))) paths.push(path)
      else if (isArray(item) || isObject(item)) this.#addFilled(item, path, paths)
    }
  }

  /** A document that was packed; its places are looked up on first use. */
  static unpack(packed: PackedDocument, placeAt: (offset: number) => Place): YamlDocument {
    const value: Json = JSON.parse(packed.json)
    return new YamlDocument(value, () => unpackedOffsets(value, packed), placeAt, packed.filled.length > 0)
  }

  #known(): ReadonlyMap<Container, Offsets> {
    if (typeof this.#offsets === 'function') this.#offsets = this.#offsets()
    return this.#offsets
  }

  #offset(container: Container | undefined, path: string): number {
    const known = this.#known()
    let here = container
    let rest = path
    let offset = (here && known.get(here)?.start) ?? 0
    while (here && rest !== '') {
      const items: Readonly<Record<string, number>> | readonly number[] | undefined = known.get(here)?.items
      if (!items) break
      const name = longestName(items, rest)
      if (name === undefined) break
      offset = isOffsetList(items) ? (items[Number(name)] ?? offset) : (items[name] ?? offset)
      const next: Json | undefined = isArray(here) ? here[Number(name)] : here[name]
      here = isObject(next) || isArray(next) ? next : undefined
      rest = rest.slice(name.length + 1)
    }
    return offset
  }
}

/** Adds the places of a value and everything in it. */
function packOffsets(
  value: Json,
  known: ReadonlyMap<Container, Offsets>,
  offsets: number[],
  filledAt: number[],
): void {
  if (!isArray(value) && !isObject(value)) return
  const { start, items, filled } = known.get(value) ?? { start: -1, items: [] }
  if (filled === 'all') filledAt.push(offsets.length)
  offsets.push(start)
  for (const [name, item] of isArray(value) ? value.entries() : Object.entries(value)) {
    if (filled !== 'all' && filled?.has(String(name))) filledAt.push(offsets.length)
    offsets.push((isOffsetList(items) ? items[Number(name)] : items[name]) ?? -1)
    packOffsets(item, known, offsets, filledAt)
  }
}

function unpackedOffsets(
  value: Json,
  { offsets: packed, filled: filledAt }: PackedDocument,
): ReadonlyMap<Container, Offsets> {
  const offsets = new Map<Container, Offsets>()
  const isFilled = new Set(filledAt)
  let at = 0
  const next = (): number => packed[at++] ?? -1
  const unpack = (part: Json): void => {
    if (!isArray(part) && !isObject(part)) return
    const keysFilled = isFilled.has(at)
    const start = next()
    const filled = new Set<string>()
    const unpackItem = (item: Json, name: string): number => {
      if (isFilled.has(at)) filled.add(name)
      const offset = next()
      unpack(item)
      return offset
    }
    let items: Offsets['items']
    if (isArray(part)) items = part.map((item, i) => unpackItem(item, String(i)))
    else {
      const named: Record<string, number> = {}
      for (const [name, item] of Object.entries(part)) put(named, name, unpackItem(item, name))
      items = named
    }
    const noted = keysFilled ? ('all' as const) : filled
    offsets.set(part, keysFilled || filled.size > 0 ? { start, items, filled: noted } : { start, items })
  }
  unpack(value)
  return offsets
}

/** Whether these are the offsets of a sequence. */
export function isOffsetList(items: Offsets['items']): items is readonly number[] {
  return Array.isArray(items)
}

/** The item that a path begins with; names may hold dots themselves, so the longest that fits wins. */
function longestName(items: Offsets['items'], path: string): string | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const name = path.slice(0, end)
    if (Object.hasOwn(items, name)) return name
  }
  return undefined
}

/** Sets a field by its own name, even `__proto__`. */
export function put<T>(object: Record<string, T>, name: string, value: T): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
  } else object[name] = value
}
