import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts'
import type { Place } from '../model/problem.ts'

/** Where a mapping or a sequence and what is in it begin, as offsets. */
export interface Offsets {
  readonly start: number
  /** Of a mapping: where each key stands; of a sequence: where each item does. */
  readonly items: Readonly<Record<string, number>> | readonly number[]
}

/** A mapping or a sequence. */
export type Container = JsonObject | readonly Json[]

/** The value of a YAML or JSON text, which knows where everything in it was written. */
export class YamlDocument {
  /** Undefined: the text holds nothing. */
  readonly value: Json | undefined
  readonly #offsets: ReadonlyMap<Container, Offsets>
  readonly #placeAt: (offset: number) => Place

  constructor(
    value: Json | undefined,
    offsets: ReadonlyMap<Container, Offsets>,
    placeAt: (offset: number) => Place,
  ) {
    this.value = value
    this.#offsets = offsets
    this.#placeAt = placeAt
  }

  /**
   * Where a mapping or sequence of this document was written, or what lies in it at a path (`config.minute`,
   * `paths.0`): the key of a field, the start of an item. As near as possible where the path leads nowhere.
   */
  place(container: Container | undefined, path = ''): Place {
    return this.#placeAt(this.#offset(container, path))
  }

  /** What stands at a path of names below a container; undefined where nothing does. */
  at(container: Container, path: readonly string[]): Json | undefined {
    let here: Json | undefined = container
    for (const name of path) {
      if (isArray(here)) here = here[Number(name)]
      else if (isObject(here) && Object.hasOwn(here, name)) here = here[name]
      else return undefined
    }
    return here
  }

  #offset(container: Container | undefined, path: string): number {
    let here = container
    let rest = path
    let offset = (here && this.#offsets.get(here)?.start) ?? 0
    while (here && rest !== '') {
      const items: Readonly<Record<string, number>> | readonly number[] | undefined =
        this.#offsets.get(here)?.items
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

/** Sets a field by its own name, `__proto__` too. */
export function put<T>(object: Record<string, T>, name: string, value: T): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
  } else object[name] = value
}
