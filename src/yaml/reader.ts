import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml'
import { isArray, isObject, type Json } from '../model/json.ts'
import type { Place, Problem } from '../model/problem.ts'
import type { ProblemCode } from '../model/problems/problem-code.ts'
import { type Container, type FilledIn, isOffsetList, type Offsets, put } from './document.ts'
import { isBare, isMergeKey, startOf } from './events.ts'
import { isTrouble, plainValue, taggedValue } from './scalars.ts'
import { maxDepth } from './syntax.ts'

/** What reading YAML needs besides the text. */
export interface YamlOptions {
  /** Turns an offset in the text into a place for people. */
  readonly placeAt: (offset: number) => Place
  /** Where values of variables stand in the text. */
  readonly filled?: FilledIn
  /** Told of keys that are there twice, of which then the last counts; without it they are refused. */
  readonly onDuplicate?: (problem: Problem) => void
}

/** Where what is read stands in the text that it is a piece of, and where offsets are kept. */
export interface Standing {
  readonly offsets: Map<Container, Offsets>
  readonly shift: number
}

/** How many values aliases and merges may stand for in all; beyond that they are a bomb. */
const maxAliased = 2_000_000
/** How many problems are told of one file. */
const maxProblems = 20

/** Ends the reading; the problem is noted already. */
export class Stop extends Error {}

/** A value, and how much of the document it stands for when all aliases in it are written out. */
interface Built {
  readonly value: Json
  readonly weight: number
  readonly height: number
  /** Whether a scalar was filled in for a variable. */
  readonly filled?: boolean
}

/** What a merge key brought: whether keys were filled in for variables, and of which fields the values were. */
interface Merged {
  readonly keysFilled: boolean
  readonly filled: readonly string[]
  readonly literal: readonly string[]
}

function noted(names: Set<string> | undefined, name: string): Set<string> {
  return names ? names.add(name) : new Set([name])
}

/** Makes values of the parser's events, with the place of everything. */
export class Reader {
  readonly offsets: Map<Container, Offsets>
  readonly problems: Problem[] = []
  /** Whether a value was filled in for a variable. */
  hasFilled = false
  readonly #text: string
  readonly #events: readonly Event[]
  readonly #options: YamlOptions
  readonly #anchors = new Map<string, Built | 'open'>()
  #at = 0
  #aliased = 0
  #documents = 0
  readonly #shift: number
  readonly #filled: FilledIn
  #nextFilled = 0
  #last = 0

  constructor(text: string, events: readonly Event[], options: YamlOptions, { offsets, shift }: Standing) {
    this.offsets = offsets
    this.#shift = shift
    this.#filled = options.filled ?? []
    this.#text = text
    this.#events = events
    this.#options = options
  }

  get ended(): boolean {
    return this.#at >= this.#events.length
  }

  /** The value of the next document; undefined where there is nothing in it. */
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
    if (this.#documents > 1) {
      const hint = 'Move the second document into a file of its own: decK would pass over it in silence.'
      this.#stop(offset, 'yaml-documents', 'the file holds more than one YAML document', hint)
    }
    return empty ? undefined : value
  }

  #node(): Built {
    const event = this.#events[this.#at]
    if (!event) throw new Stop()
    switch (event.type) {
      case EVENT_ID.SCALAR:
        this.#at += 1
        return this.#anchored(event, {
          value: this.#scalar(event),
          weight: 1,
          height: 0,
          filled: this.#isFilled(event),
        })
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
    let filled: Set<string> | undefined
    let weight = 1
    let height = 0
    this.#at += 1
    for (
      let event = this.#events[this.#at];
      event && event.type !== EVENT_ID.POP;
      event = this.#events[this.#at]
    ) {
      offsets.push(this.#startOf(event))
      if (isBare(event)) {
        this.#at += 1
        if (this.#isFilled(event)) filled = noted(filled, String(items.length))
        items.push(this.#scalar(event))
        weight += 1
        continue
      }
      const built = this.#node()
      if (built.filled) filled = noted(filled, String(items.length))
      items.push(built.value)
      weight += built.weight
      height = Math.max(height, built.height)
    }
    this.#at += 1
    this.#keep(items, start, offsets, filled)
    return { value: items, weight, height: height + 1 }
  }

  #mapping(start: number): Built {
    const fields: Record<string, Json> = {}
    const offsets: Record<string, number> = {}
    // Most mappings have no merge key: what is not there is not made.
    let merged: Set<string> | undefined
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
      const offset = this.#startOf(event)
      if (isMergeKey(event, this.#text)) {
        this.#at += 1
        const built = this.#node()
        weight += built.weight
        height = Math.max(height, built.height - 1)
        this.#count(built.weight, offset)
        const taken = this.#merge(built.value, fields, offsets, offset)
        merged = new Set([...(merged ?? []), ...taken.literal, ...taken.filled])
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
      if (next && isBare(next)) {
        this.#at += 1
        value = this.#scalar(next)
        isFilled = this.#isFilled(next)
        weight += 1
      } else {
        const built = this.#node()
        value = built.value
        isFilled = built.filled
        weight += built.weight
        height = Math.max(height, built.height)
      }
      if (Object.hasOwn(fields, name) && !merged?.has(name)) {
        const first = this.#options.placeAt(offsets[name] ?? 0)
        const message = `this key is in the mapping twice, first on line ${first.line}`
        const { onDuplicate } = this.#options
        if (!onDuplicate) {
          this.#note(offset, 'duplicate-key', message, 'Keep one of them: decK would silently take the last.')
          continue
        }
        const place = this.#options.placeAt(offset)
        onDuplicate({ code: 'duplicate-key', message, hint: 'The last one is taken.', place })
      }
      merged?.delete(name)
      if (isFilled) filled = noted(filled, name)
      else filled?.delete(name)
      put(fields, name, value)
      put(offsets, name, offset)
    }
    this.#at += 1
    this.#keep(fields, start, offsets, keysFilled ? 'all' : filled)
    return { value: fields, weight, height: height + 1 }
  }

  #keep(
    container: Container,
    at: number,
    items: Offsets['items'],
    filled: ReadonlySet<string> | 'all' | undefined,
  ): void {
    const start = at + this.#shift
    const hasFilled = filled === 'all' || (filled !== undefined && filled.size > 0)
    this.offsets.set(container, hasFilled ? { start, items, filled } : { start, items })
    if (hasFilled) this.hasFilled = true
  }

  /** Whether a scalar stands where a variable's value was filled in, all of it or a part. Scalars come in order. */
  #isFilled(event: ScalarEvent): boolean {
    if (this.#filled.length === 0 || event.valueStart === -1) return false
    const start = event.valueStart + this.#shift
    const end = event.valueEnd + this.#shift
    while ((this.#filled[this.#nextFilled]?.[1] ?? Number.POSITIVE_INFINITY) <= start) this.#nextFilled += 1
    return (this.#filled[this.#nextFilled]?.[0] ?? Number.POSITIVE_INFINITY) < end
  }

  /** Takes over what a merge key names. As in decK, it wins over keys that stand before it. */
  #merge(value: Json, fields: Record<string, Json>, offsets: Record<string, number>, offset: number): Merged {
    let keysFilled = false
    const filled: string[] = []
    const literal: string[] = []
    const sources = isArray(value) ? value.toReversed() : [value]
    for (const source of sources) {
      if (!isObject(source)) {
        const hint = 'Let it name a mapping, as in <<: *defaults.'
        this.#note(offset, 'yaml-merge', 'a merge key names something that is no mapping', hint)
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

  #key(event: Event, offset: number): string {
    const hint = 'Use a plain text as the key.'
    if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.ALIAS) {
      this.#stop(offset, 'yaml-key', 'a list or a mapping stands where a key should be', hint)
    }
    let value: Json
    if (isBare(event)) {
      this.#at += 1
      value = this.#scalar(event)
    } else value = this.#node().value
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    this.#stop(offset, 'yaml-key', value === null ? 'a key is empty' : 'a key is no plain text', hint)
  }

  #scalar(event: ScalarEvent): Json {
    const text = getScalarValue(this.#text, event)
    const plain = event.style === SCALAR_STYLE.PLAIN
    const tagged = event.tagStart !== -1
    if (!plain && !tagged) return text
    const value = tagged
      ? taggedValue(this.#text.slice(event.tagStart, event.tagEnd), text, plain)
      : plainValue(text)
    if (!isTrouble(value)) return value
    this.#note(this.#startOf(event), 'yaml-value', value.trouble, 'Quote it if it is a text.')
    return null
  }

  #alias(start: number, end: number): Built {
    const found = this.#anchors.get(this.#text.slice(start, end))
    const offset = start - 1
    if (found === undefined) {
      const hint = 'Define it with & above, or quote a value that begins with a star.'
      this.#stop(offset, 'yaml-alias', 'an alias names an anchor that is not defined before it', hint)
    }
    if (found === 'open') this.#stop(offset, 'yaml-alias', 'an alias stands inside of what it names')
    this.#count(found.weight, offset)
    if (found.height >= maxDepth) {
      this.#stop(offset, 'yaml-syntax', `aliases make the document nest deeper than ${maxDepth} levels`)
    }
    return found
  }

  /** Where a node begins; an empty one has no place of its own and gets that of the node before it. */
  #startOf(event: Event): number {
    const start = startOf(event)
    if (start !== undefined) this.#last = start + this.#shift
    return this.#last
  }

  #count(weight: number, offset: number): void {
    this.#aliased += weight
    if (this.#aliased <= maxAliased) return
    const message = 'aliases make the document grow beyond all measure'
    this.#stop(offset, 'yaml-alias', message, `All together they may stand for ${maxAliased} values.`)
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

  #note(offset: number, code: ProblemCode, message: string, hint?: string): void {
    this.problems.push(problemAt(this.#options, offset, code, message, hint))
    if (this.problems.length >= maxProblems) throw new Stop()
  }

  #stop(offset: number, code: ProblemCode, message: string, hint?: string): never {
    this.problems.push(problemAt(this.#options, offset, code, message, hint))
    throw new Stop()
  }
}

/** A problem at an offset. */
export function problemAt(
  options: YamlOptions,
  offset: number,
  code: ProblemCode,
  message: string,
  hint?: string,
): Problem {
  const place = options.placeAt(offset)
  return hint === undefined ? { code, message, place } : { code, message, hint, place }
}
