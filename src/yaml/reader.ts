import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml'
import { isArray, isObject, type Json } from '../model/json.ts'
import type { Place, Problem } from '../model/problem.ts'
import { type Dialect, deckDialect, type Trouble } from './dialect.ts'
import { type Container, type FilledIn, isOffsetList, type Offsets, put, type ValueMark } from './document.ts'
import { isBare, isMergeKey, startOf, valueStartOf } from './events.ts'
import { isTrouble } from './scalars.ts'

/** What reading YAML needs in addition to the text. */
export interface YamlOptions {
  /** Turns an offset in the text into a place for people. */
  readonly placeAt: (offset: number) => Place
  /** Where values of variables are in the text. */
  readonly filled?: FilledIn
  /** Called for duplicate keys, of which the last then counts; without it they are refused. */
  readonly onDuplicate?: (problem: Problem) => void
  /** By default, that of manifests. */
  readonly dialect?: Dialect
}

/** The maximum number of problems reported for one file. */
const maxProblems = 20

/** Ends the reading; the problem is noted already. */
export class Stop extends Error {}

/** A value, and how many values it has with all aliases expanded. */
interface Built {
  readonly value: Json
  readonly weight: number
  readonly height: number
  /** Whether a scalar was filled in for a variable. */
  readonly filled?: boolean
  /** Where the value is, and how it was written if it lost that; for scalars only if that is kept. */
  readonly start?: number
  readonly raw?: string
}

/** What a merge key inserted: whether keys came from variables, and the fields whose values did. */
interface Merged {
  readonly keysFilled: boolean
  readonly filled: readonly string[]
  readonly literal: readonly string[]
}

/** The mapping that a merge key fills. */
interface Merging {
  readonly fields: Record<string, Json>
  readonly offsets: Record<string, number>
  readonly values: Map<string, ValueMark> | undefined
}

/** What is kept of a mapping or list. */
interface Kept {
  readonly start: number
  readonly items: Offsets['items']
  readonly values: ReadonlyMap<string, ValueMark> | undefined
  readonly filled: ReadonlySet<string> | 'all' | undefined
}

/** Where a value is; one that isn't written is at its key or item. */
function markOf({ start = -1, raw }: Built, at: number): ValueMark {
  const own = start < 0 ? at : start
  return raw === undefined ? { start: own } : { start: own, raw }
}

function noted(names: Set<string> | undefined, name: string): Set<string> {
  return names ? names.add(name) : new Set([name])
}

/** Makes values of the parser's events, with the place of everything. */
export class Reader {
  readonly offsets = new Map<Container, Offsets>()
  readonly problems: Problem[] = []
  /** Whether a value was filled in for a variable. */
  hasFilled = false
  readonly #text: string
  readonly #events: readonly Event[]
  readonly #options: YamlOptions
  readonly #dialect: Dialect
  readonly #anchors = new Map<string, Built | 'open'>()
  #at = 0
  #aliased = 0
  #mergedKeys = 0
  #documents = 0
  readonly #filled: FilledIn
  #nextFilled = 0
  #last = 0

  constructor(text: string, events: readonly Event[], options: YamlOptions) {
    this.#dialect = options.dialect ?? deckDialect
    this.#filled = options.filled ?? []
    this.#text = text
    this.#events = events
    this.#options = options
  }

  get ended(): boolean {
    return this.#at >= this.#events.length
  }

  /** The value of the next document; undefined if it is empty. */
  document(): Json | undefined {
    this.#at += 1
    this.#anchors.clear()
    const first = this.#events[this.#at]
    if (!first || first.type === EVENT_ID.POP) {
      this.#at += 1
      return undefined
    }
    const offset = this.#startOf(first)
    const { value } = this.#node()
    this.#at += 1
    const empty = value === null
    if (!empty) this.#documents += 1
    if (this.#documents > 1) this.#stop(offset, this.#dialect.words.documents)
    return empty ? undefined : value
  }

  #node(): Built {
    const event = this.#events[this.#at]
    if (!event) throw new Stop()
    switch (event.type) {
      case EVENT_ID.SCALAR:
        this.#at += 1
        return this.#anchored(event, this.#leaf(event))
      case EVENT_ID.ALIAS:
        this.#at += 1
        return this.#alias(event.anchorStart, event.anchorEnd)
      case EVENT_ID.SEQUENCE:
        this.#open(event)
        return this.#anchored(event, this.#sequence(event.start))
      case EVENT_ID.MAPPING:
        this.#open(event)
        return this.#anchored(event, this.#mapping(event.start))
      default:
        throw new Error('an event of the YAML parser is out of place')
    }
  }

  #sequence(start: number): Built {
    const items: Json[] = []
    const offsets: number[] = []
    const values = this.#dialect.keepsValues ? new Map<string, ValueMark>() : undefined
    let filled: Set<string> | undefined
    let weight = 1
    let height = 0
    this.#at += 1
    for (
      let event = this.#events[this.#at];
      event && event.type !== EVENT_ID.POP;
      event = this.#events[this.#at]
    ) {
      const at = this.#startOf(event, values && start)
      offsets.push(at)
      if (!values && isBare(event)) {
        this.#at += 1
        if (this.#isFilled(event)) filled = noted(filled, String(items.length))
        items.push(this.#scalar(event))
        weight += 1
        continue
      }
      const built = this.#node()
      if (built.filled) filled = noted(filled, String(items.length))
      values?.set(String(items.length), markOf(built, at))
      items.push(built.value)
      weight += built.weight
      height = Math.max(height, built.height)
    }
    this.#at += 1
    this.#keep(items, { start, items: offsets, values, filled })
    return this.#within({ value: items, weight, height: height + 1, start })
  }

  #mapping(start: number): Built {
    const fields: Record<string, Json> = {}
    const offsets: Record<string, number> = {}
    const values = this.#dialect.keepsValues ? new Map<string, ValueMark>() : undefined
    // Most mappings have no merge key: nothing is allocated for them.
    let merged: Set<string> | undefined
    /** What is merged beneath everything that the mapping itself has. */
    let beneath: Json[] | undefined
    let filled: Set<string> | undefined
    let keysFilled = false
    let weight = 1
    let height = 0
    this.#at += 1
    for (
      let event = this.#events[this.#at];
      event && event.type !== EVENT_ID.POP;
      event = this.#events[this.#at]
    ) {
      const offset = this.#startOf(event, values && start)
      if (isMergeKey(event, this.#text)) {
        this.#at += 1
        const built = this.#node()
        weight += built.weight
        height = Math.max(height, built.height - 1)
        this.#count(built.weight, offset)
        if (this.#dialect.merge === 'beneath') {
          beneath = [...(beneath ?? []), ...(isArray(built.value) ? built.value : [built.value])]
          continue
        }
        const taken = this.#merge(built.value, fields, offsets, offset)
        merged ??= new Set()
        for (const name of taken.literal) merged.add(name)
        for (const name of taken.filled) merged.add(name)
        if (taken.keysFilled) keysFilled = true
        for (const name of taken.literal) filled?.delete(name)
        for (const name of taken.filled) filled = noted(filled, name)
        continue
      }
      if (event.type === EVENT_ID.SCALAR && this.#isFilled(event)) keysFilled = true
      const name = this.#key(event, offset)
      const next = this.#events[this.#at]
      let value: Json
      let isFilled: boolean | undefined
      let mark: ValueMark | undefined
      if (!values && next && isBare(next)) {
        this.#at += 1
        value = this.#scalar(next)
        isFilled = this.#isFilled(next)
        weight += 1
      } else {
        const built = this.#node()
        value = built.value
        isFilled = built.filled
        if (values) mark = markOf(built, offset)
        weight += built.weight
        height = Math.max(height, built.height)
      }
      if (Object.hasOwn(fields, name) && !merged?.has(name)) {
        const { line } = this.#options.placeAt(offsets[name] ?? 0)
        const trouble = this.#dialect.words.keyTwice(name, line)
        const { onDuplicate } = this.#options
        if (!onDuplicate) {
          this.#note(offset, trouble)
          continue
        }
        onDuplicate({ ...problemAt(this.#options, offset, trouble), hint: 'The last one is used.' })
      }
      merged?.delete(name)
      if (isFilled) filled = noted(filled, name)
      else filled?.delete(name)
      put(fields, name, value)
      put(offsets, name, offset)
      if (mark) values?.set(name, mark)
    }
    this.#at += 1
    if (beneath) this.#mergeBeneath(beneath, { fields, offsets, values }, start)
    this.#keep(fields, { start, items: offsets, values, filled: keysFilled ? 'all' : filled })
    return this.#within({ value: fields, weight, height: height + 1, start })
  }

  #keep(container: Container, { start, items, values, filled }: Kept): void {
    const hasFilled = filled === 'all' || (filled !== undefined && filled.size > 0)
    if (hasFilled) this.hasFilled = true
    const offsets = hasFilled ? { start, items, filled } : { start, items }
    this.offsets.set(container, values ? { ...offsets, values } : offsets)
  }

  /** A list or mapping that is within the bounds. */
  #within(built: Built): Built {
    const { limits, words } = this.#dialect
    if (built.weight > limits.values) this.#stop(built.start ?? 0, words.values)
    if (built.height >= limits.height) this.#stop(built.start ?? 0, words.depth)
    return built
  }

  /** Whether a scalar is, wholly or partly, the inserted value of a variable. Scalars come in order. */
  #isFilled(event: ScalarEvent): boolean {
    if (this.#filled.length === 0 || event.valueStart === -1) return false
    const { valueStart: start, valueEnd: end } = event
    while ((this.#filled[this.#nextFilled]?.[1] ?? Number.POSITIVE_INFINITY) <= start) this.#nextFilled += 1
    return (this.#filled[this.#nextFilled]?.[0] ?? Number.POSITIVE_INFINITY) < end
  }

  /** Inserts what a merge key refers to. As in decK, it overrides keys that precede it. */
  #merge(value: Json, fields: Record<string, Json>, offsets: Record<string, number>, offset: number): Merged {
    let keysFilled = false
    const filled: string[] = []
    const literal: string[] = []
    const sources = isArray(value) ? value.toReversed() : [value]
    for (const source of sources) {
      if (!isObject(source)) {
        this.#note(offset, this.#dialect.words.mergeOfOther)
        continue
      }
      const { items: from = {}, filled: there } = this.offsets.get(source) ?? {}
      if (there === 'all') keysFilled = true
      for (const [name, item] of Object.entries(source)) {
        const isFilled = there !== 'all' && there?.has(name)
        ;(isFilled ? filled : literal).push(name)
        put(fields, name, item)
        put(offsets, name, (isOffsetList(from) ? undefined : from[name]) ?? offset)
      }
    }
    return { keysFilled, filled, literal }
  }

  /** Inserts what merge keys refer to and the mapping lacks; of several, the first wins. */
  #mergeBeneath(sources: readonly Json[], { fields, offsets, values }: Merging, start: number): void {
    const { limits, words } = this.#dialect
    for (const source of sources) {
      if (!isObject(source)) this.#stop(start, words.mergeOfOther)
      const known = this.offsets.get(source)
      for (const [name, item] of Object.entries(source)) {
        this.#mergedKeys += 1
        if (this.#mergedKeys > limits.mergedKeys) this.#stop(start, words.mergedKeys)
        if (Object.hasOwn(fields, name)) continue
        put(fields, name, item)
        put(offsets, name, (known && !isOffsetList(known.items) ? known.items[name] : undefined) ?? start)
        const mark = known?.values?.get(name)
        if (mark) values?.set(name, mark)
      }
    }
  }

  #key(event: Event, offset: number): string {
    const { keys, words } = this.#dialect
    if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.ALIAS) {
      this.#stop(offset, words.keyOfMany)
    }
    let value: Json
    if (keys === 'values' && isBare(event)) {
      this.#at += 1
      value = this.#scalar(event)
    } else value = this.#node().value
    if (keys === 'texts' && event.type === EVENT_ID.SCALAR) return getScalarValue(this.#text, event)
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    this.#stop(offset, value === null ? words.emptyKey : words.otherKey)
  }

  #leaf(event: ScalarEvent): Built {
    const value = this.#scalar(event)
    const filled = this.#isFilled(event)
    if (!this.#dialect.keepsValues) return { value, weight: 1, height: 0, filled }
    const start = valueStartOf(event)
    const text = typeof value === 'string' ? value : getScalarValue(this.#text, event)
    const isAsWritten = typeof value === 'string' || String(value) === text
    return { value, weight: 1, height: 0, filled, start, ...(isAsWritten ? {} : { raw: text }) }
  }

  #scalar(event: ScalarEvent): Json {
    const text = getScalarValue(this.#text, event)
    const plain = event.style === SCALAR_STYLE.PLAIN
    const tag = event.tagStart === -1 ? undefined : this.#text.slice(event.tagStart, event.tagEnd)
    if (!plain && tag === undefined) return text
    const value = this.#dialect.scalar(text, tag, plain)
    if (!isTrouble(value)) return value
    const trouble: Trouble = { code: 'yaml-value', message: value.trouble, hint: 'Quote it if it is a text.' }
    this.#note(this.#startOf(event), trouble)
    return null
  }

  #alias(start: number, end: number): Built {
    const name = this.#text.slice(start, end)
    const { limits, words } = this.#dialect
    const found = this.#anchors.get(name)
    const offset = words.aliasAt === 'star' ? start - 1 : start
    if (found === undefined) this.#stop(offset, words.noAnchor(name))
    if (found === 'open') this.#stop(offset, words.aliasInside(name))
    this.#count(found.weight, offset)
    if (found.height >= limits.depth) this.#stop(offset, words.aliasedDepth)
    return found
  }

  /**
   * Where a node begins; an empty one has no place of its own and gets that of the previous node, or another one. If
   * values are kept, a scalar begins after its anchor and tag.
   */
  #startOf(event: Event, otherwise = this.#last): number {
    const own =
      this.#dialect.keepsValues && event.type === EVENT_ID.SCALAR ? valueStartOf(event) : startOf(event)
    if (own === undefined || own < 0) return otherwise
    this.#last = own
    return own
  }

  #count(weight: number, offset: number): void {
    this.#aliased += weight
    if (this.#aliased > this.#dialect.limits.aliased) this.#stop(offset, this.#dialect.words.aliased)
  }

  #open(event: { readonly anchorStart: number; readonly anchorEnd: number }): void {
    if (event.anchorStart !== -1)
      this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), 'open')
  }

  #anchored(event: { readonly anchorStart: number; readonly anchorEnd: number }, built: Built): Built {
    if (event.anchorStart !== -1)
      this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), built)
    return built
  }

  #note(offset: number, trouble: Trouble): void {
    this.problems.push(problemAt(this.#options, offset, trouble))
    if (this.problems.length >= maxProblems) throw new Stop()
  }

  #stop(offset: number, trouble: Trouble): never {
    this.problems.push(problemAt(this.#options, offset, trouble))
    throw new Stop()
  }
}

/** A problem at an offset. */
export function problemAt({ placeAt }: YamlOptions, offset: number, trouble: Trouble): Problem {
  return { ...trouble, place: placeAt(offset) }
}
