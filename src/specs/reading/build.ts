import { type AliasEvent, EVENT_ID, type Event, type ScalarEvent } from 'js-yaml'
import { isArray, isObject, type Json } from '../../model/json.ts'
import type { Problem } from '../../model/problem.ts'
import type { ProblemCode } from '../../model/problem-code.ts'
import { isMergeKey, scalarOf } from './scalar.ts'
import { type Mark, type Positions, type SourceText, VALUE_LIMITS } from './source.ts'

/** A finished value with its size once all aliases are followed. */
interface Node {
  readonly value: Json
  readonly start: number
  readonly nodes: number
  readonly depth: number
  readonly raw?: string
}

interface Frame {
  readonly start: number
  readonly anchor: string
  nodes: number
  depth: number
  readonly list?: { readonly items: Json[]; readonly marks: Mark[] }
  readonly map?: { readonly entries: Record<string, Json>; readonly marks: Map<string, Mark> }
  /** The key that waits for its value; `merge` for `<<`. */
  key?: { readonly name: string; readonly at: number; readonly merge: boolean } | undefined
  readonly merges: Json[]
}

/** Builds plain values from the events of a YAML text, within bounds. */
export class Builder {
  value: Json = null
  finished = false
  readonly #source: SourceText
  readonly #positions: Positions
  readonly #frames: Frame[] = []
  readonly #anchors = new Map<string, Node>()
  #mergedKeys = 0

  constructor(source: SourceText, positions: Positions) {
    this.#source = source
    this.#positions = positions
  }

  /** Takes the next event. The problem that ends the reading, if there is one. */
  take(event: Event): Problem | undefined {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        return undefined
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING:
        return this.#open(event)
      case EVENT_ID.SCALAR:
        return this.#scalar(event)
      case EVENT_ID.ALIAS:
        return this.#alias(event)
      case EVENT_ID.POP:
        return this.#close()
    }
  }

  #open(event: Extract<Event, { start: number }>): Problem | undefined {
    const parent = this.#frames.at(-1)
    if (parent?.map && !parent.key) {
      return this.#problem('yaml-syntax', 'A key must be a text, not a list or a mapping', event.start)
    }
    const anchor = event.anchorStart < 0 ? '' : this.#source.text.slice(event.anchorStart, event.anchorEnd)
    const common = { start: event.start, anchor, nodes: 1, depth: 1, merges: [] }
    this.#frames.push(
      event.type === EVENT_ID.SEQUENCE
        ? { ...common, list: { items: [], marks: [] } }
        : { ...common, map: { entries: {}, marks: new Map() } },
    )
    return undefined
  }

  #scalar(event: ScalarEvent): Problem | undefined {
    const frame = this.#frames.at(-1)
    const start =
      event.valueStart < 0 ? (frame?.key?.at ?? frame?.start ?? 0) : startOf(this.#source.text, event)
    if (frame?.map && !frame.key) {
      const { text } = scalarOf(this.#source.text, event)
      frame.key = { name: text, at: start, merge: isMergeKey(this.#source.text, event) }
      if (event.anchorStart >= 0) this.#anchor(event, { value: text, start, nodes: 1, depth: 1 })
      return undefined
    }
    const { value, text } = scalarOf(this.#source.text, event)
    const raw = typeof value !== 'string' && String(value) !== text ? { raw: text } : {}
    const node = { value, start, nodes: 1, depth: 1, ...raw }
    if (event.anchorStart >= 0) this.#anchor(event, node)
    return this.#add(node)
  }

  #alias(event: AliasEvent): Problem | undefined {
    const name = this.#source.text.slice(event.anchorStart, event.anchorEnd)
    const node = this.#anchors.get(name)
    if (node === undefined) {
      const inside = this.#frames.some(frame => frame.anchor === name)
      const why = inside
        ? `The value of the anchor "${name}" contains itself`
        : `There is no anchor "${name}"`
      return this.#problem('yaml-alias', why, event.anchorStart)
    }
    const frame = this.#frames.at(-1)
    if (frame?.map && !frame.key) {
      frame.key = { name: String(node.value), at: event.anchorStart, merge: false }
      return undefined
    }
    return this.#add(node)
  }

  #anchor(event: ScalarEvent, node: Node): void {
    this.#anchors.set(this.#source.text.slice(event.anchorStart, event.anchorEnd), node)
  }

  #close(): Problem | undefined {
    const frame = this.#frames.pop()
    // The event that closes the document itself.
    if (frame === undefined) {
      this.finished = true
      return undefined
    }
    const problem = this.#merge(frame)
    if (problem) return problem
    const value = frame.list?.items ?? frame.map?.entries ?? null
    const marks = frame.list?.marks ?? frame.map?.marks ?? []
    if (value !== null) this.#positions.note(value, { source: this.#source, start: frame.start, marks })
    const node = { value, start: frame.start, nodes: frame.nodes, depth: frame.depth }
    if (frame.anchor) this.#anchors.set(frame.anchor, node)
    return this.#add(node)
  }

  #add(node: Node): Problem | undefined {
    const frame = this.#frames.at(-1)
    if (frame === undefined) {
      this.value = node.value
      return undefined
    }
    frame.nodes += node.nodes
    frame.depth = Math.max(frame.depth, node.depth + 1)
    if (frame.nodes > VALUE_LIMITS.nodes) {
      const limit = VALUE_LIMITS.nodes.toLocaleString('en')
      return this.#problem(
        'yaml-too-large',
        `With its aliases followed this holds over ${limit} values`,
        node.start,
      )
    }
    if (frame.depth > VALUE_LIMITS.depth) {
      return this.#problem('yaml-too-large', `This is nested over ${VALUE_LIMITS.depth} deep`, node.start)
    }
    if (frame.list) {
      frame.list.items.push(node.value)
      frame.list.marks.push(markOf(node, node.start))
      return undefined
    }
    return this.#entry(frame, node)
  }

  #entry(frame: Frame, node: Node): Problem | undefined {
    const { key, map } = frame
    if (!key || !map) return undefined
    frame.key = undefined
    if (key.merge) {
      frame.merges.push(node.value)
      return undefined
    }
    if (map.marks.has(key.name)) {
      return this.#problem('yaml-duplicate-key', `The key "${key.name}" is there twice`, key.at)
    }
    define(map.entries, key.name, node.value)
    map.marks.set(key.name, markOf(node, key.at))
    return undefined
  }

  /** Takes over the entries of `<<`: a mapping or a list of them; what is written in the mapping itself wins. */
  #merge(frame: Frame): Problem | undefined {
    const { map } = frame
    if (!map || frame.merges.length === 0) return undefined
    for (const merged of frame.merges.flatMap(value => (isArray(value) ? value : [value]))) {
      if (!isObject(merged)) {
        return this.#problem('yaml-syntax', 'Only mappings can be merged with <<', frame.start)
      }
      for (const name of Object.keys(merged)) {
        this.#mergedKeys += 1
        if (this.#mergedKeys > VALUE_LIMITS.mergedKeys) {
          return this.#problem('yaml-too-large', 'This merges too many keys with <<', frame.start)
        }
        const mark = this.#positions.mark(merged, name)
        if (map.marks.has(name) || !mark) continue
        define(map.entries, name, merged[name] ?? null)
        map.marks.set(name, mark)
      }
    }
    return undefined
  }

  #problem(code: ProblemCode, message: string, offset: number): Problem {
    return { code, message, place: this.#source.locate(offset) }
  }
}

function markOf(node: Node, key: number): Mark {
  return node.raw === undefined ? { key, value: node.start } : { key, value: node.start, raw: node.raw }
}

/** Where a scalar begins, its quote included. */
function startOf(text: string, event: ScalarEvent): number {
  const before = text[event.valueStart - 1]
  return before === '"' || before === "'" ? event.valueStart - 1 : event.valueStart
}

/** Sets a property also where its name is `__proto__`. */
function define(target: Record<string, Json>, name: string, value: Json): void {
  if (name !== '__proto__') target[name] = value
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
}
