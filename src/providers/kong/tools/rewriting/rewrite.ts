import { isAlias, isMap, isSeq, type Node, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'
import { equalJson, isArray, isObject, type Json, type JsonObject } from '../../../../model/json.ts'
import { alignItems } from './align.ts'
import {
  CannotKeep,
  colonOf,
  dashesOf,
  endOf,
  endOfPair,
  isMerge,
  keyOf,
  layoutOf,
  nodeOf,
  startOf,
} from './yaml-places.ts'
import { afterColon, afterDash, blockField, flowField, flowText, type Layout } from './yaml-text.ts'

/** A part of the text that is replaced; empty where something is put in. */
interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** Where a value stands. */
interface Slot {
  /** Behind the colon or the dash. */
  readonly from: number
  /** What is written there for a wholly other value. */
  readonly text: (value: Json) => string
}

/**
 * The YAML text with what differs between two values written into it: only the lines that must change do, and
 * comments, order and quotes stay. Undefined where that can't be done, as where an anchor is shared. The caller
 * checks the outcome by reading it again.
 */
export function rewriteYaml(text: string, before: JsonObject, after: JsonObject): string | undefined {
  const document = parseDocument(text, {
    version: '1.1',
    keepSourceTokens: true,
    merge: true,
    uniqueKeys: false,
    logLevel: 'silent',
  })
  const root = document.contents
  if (document.errors.length > 0 || !isMap(root)) return undefined
  const rewriting = new Rewriting(text, layoutOf(text, root))
  try {
    rewriting.map(root, before, after, undefined)
  } catch (error) {
    if (error instanceof CannotKeep) return undefined
    throw error
  }
  return rewriting.result()
}

class Rewriting {
  readonly #text: string
  readonly #layout: Layout
  readonly #edits: Edit[] = []

  constructor(text: string, layout: Layout) {
    this.#text = text
    this.#layout = layout
  }

  /** The edited text; undefined where edits overlap. */
  result(): string | undefined {
    const edits = this.#edits.toSorted((a, b) => a.from - b.from || a.to - b.to)
    let result = ''
    let at = 0
    for (const { from, to, text } of edits) {
      if (from < at) return undefined
      result += this.#text.slice(at, from) + text
      at = to
    }
    return result + this.#text.slice(at)
  }

  #value(node: Node | null, before: Json, after: Json, slot: Slot): void {
    if (equalJson(before, after)) return
    if (isMap(node) && isObject(before) && isObject(after)) this.map(node, before, after, slot)
    else if (isSeq(node) && isArray(before) && isArray(after)) this.#seq(node, before, after, slot)
    // What an alias stands for is edited where it is written.
    else if (!isAlias(node)) this.#replace(node, after, slot)
  }

  #replace(node: Node | null, after: Json, slot: Slot | undefined): void {
    if (!slot) throw new CannotKeep()
    this.#edits.push({
      from: slot.from,
      to: Math.max(slot.from, endOf(node, slot.from, this.#text)),
      text: slot.text(after),
    })
  }

  /** Edits a mapping; without a slot it is the whole document. */
  map(node: YAMLMap, before: JsonObject, after: JsonObject, slot: Slot | undefined): void {
    const pairs = new Map<string, Pair>()
    for (const pair of node.items) if (!isMerge(pair)) pairs.set(keyOf(pair), pair)
    const kept = new Map([...pairs].filter(([name]) => Object.hasOwn(after, name)))
    const staying = new Set(kept.values())
    if (kept.size === 0) {
      this.#replace(node, after, slot)
      return
    }
    for (const [name, pair] of kept) {
      this.#value(nodeOf(pair.value), before[name] ?? null, after[name] ?? null, this.#slotOf(node, pair))
    }
    const added = Object.entries(after).filter(
      ([name, value]) =>
        !pairs.has(name) && !(Object.hasOwn(before, name) && equalJson(before[name] ?? null, value)),
    )
    const places = node.items.map(pair => ({
      start: startOf(pair),
      end: endOfPair(pair, this.#text),
      kept: isMerge(pair) || staying.has(pair) || pairs.get(keyOf(pair)) !== pair,
    }))
    if (node.flow) this.#flowItems(places, added.map(flowField))
    else {
      const column = this.#column(places[0]?.start ?? 0)
      this.#blockItems(
        places,
        added.map(entry => ({ text: blockField(entry, column, this.#layout), after: places.length - 1 })),
        column,
      )
    }
  }

  #slotOf(map: YAMLMap, pair: Pair): Slot {
    const colon = colonOf(pair)
    if (colon === undefined) throw new CannotKeep()
    const column = this.#column(startOf(pair))
    return {
      from: colon + 1,
      text: value => (map.flow ? ` ${flowText(value)}` : afterColon(value, column, this.#layout)),
    }
  }

  #seq(node: YAMLSeq, before: readonly Json[], after: readonly Json[], slot: Slot): void {
    const origins = alignItems(before, after)
    const kept = new Set(origins)
    if (node.items.length !== before.length) throw new CannotKeep()
    if (!node.items.some((_, i) => kept.has(i))) {
      this.#replace(node, after, slot)
      return
    }
    const dashes = node.flow ? [] : dashesOf(node)
    const items = node.items.map(nodeOf)
    const places = items.map((item, i) => {
      const start = node.flow ? (item?.range?.[0] ?? 0) : (dashes[i] ?? 0)
      return { start, end: endOf(item, start + (node.flow ? 0 : 1), this.#text), kept: kept.has(i) }
    })
    const column = this.#column(dashes[0] ?? 0)
    for (const [j, i] of origins.entries()) {
      if (i === undefined) continue
      const from = node.flow ? (places[i]?.start ?? 0) : (dashes[i] ?? 0) + 1
      this.#value(items[i] ?? null, before[i] ?? null, after[j] ?? null, {
        from,
        text: value => (node.flow ? flowText(value) : afterDash(value, column, this.#layout)),
      })
    }
    let last = -1
    const added: { readonly text: string; readonly after: number }[] = []
    for (const [j, i] of origins.entries()) {
      if (i !== undefined) last = i
      else {
        const value = after[j] ?? null
        added.push({
          text: node.flow ? flowText(value) : `-${afterDash(value, column, this.#layout)}`,
          after: last,
        })
      }
    }
    if (!node.flow) this.#blockItems(places, added, column)
    else if (added.every(each => each.after === last))
      this.#flowItems(
        places,
        added.map(each => each.text),
      )
    else this.#replace(node, after, slot)
  }

  /** Takes out and puts in the lines of a block; new ones stand behind the item that they come after. */
  #blockItems(
    places: readonly ItemPlace[],
    added: readonly { readonly text: string; readonly after: number }[],
    column: number,
  ): void {
    for (const [i, place] of places.entries()) {
      if (place.kept) continue
      const lineStart = this.#text.lastIndexOf('\n', place.start - 1) + 1
      const first = this.#text.slice(lineStart, place.start).trim() !== ''
      // What stands on the line of a dash makes way for the next that stays.
      const next = places.slice(i + 1).find(each => each.kept)
      if (first && (!next || i > 0)) throw new CannotKeep()
      const [from, to] = first && next ? [place.start, next.start] : [lineStart, this.#nextLine(place.end)]
      const removed = this.#edits.at(-1)
      if (removed && removed.text === '' && removed.from <= from && removed.to >= to) continue
      this.#edits.push({ from, to, text: '' })
    }
    const { eol } = this.#layout
    for (const { text, after } of added) {
      const line = ' '.repeat(column) + text
      const at = after === -1 ? this.#lineOf(places[0]?.start ?? 0) : this.#nextLine(places[after]?.end ?? 0)
      const ended = at === 0 || this.#text[at - 1] === '\n'
      this.#edits.push({ from: at, to: at, text: ended ? line + eol : eol + line })
    }
  }

  /** Takes out items between brackets, and puts new ones behind the last. */
  #flowItems(places: readonly ItemPlace[], added: readonly string[]): void {
    const lastKept = places.findLastIndex(place => place.kept)
    const end = places[lastKept]?.end
    if (end === undefined) throw new CannotKeep()
    if (added.length > 0)
      this.#edits.push({ from: end, to: end, text: added.map(text => `, ${text}`).join('') })
    for (const [i, place] of places.entries()) {
      if (place.kept) continue
      const next = places[i + 1]
      if (i < lastKept && next) this.#edits.push({ from: place.start, to: next.start, text: '' })
      else this.#edits.push({ from: places[i - 1]?.end ?? place.start, to: place.end, text: '' })
    }
  }

  #column(offset: number): number {
    return offset - (this.#text.lastIndexOf('\n', offset - 1) + 1)
  }

  /** Where the line of something begins; it must be the first on its line. */
  #lineOf(offset: number): number {
    const start = this.#text.lastIndexOf('\n', offset - 1) + 1
    if (this.#text.slice(start, offset).trim() !== '') throw new CannotKeep()
    return start
  }

  #nextLine(offset: number): number {
    const end = this.#text.indexOf('\n', offset)
    return end === -1 ? this.#text.length : end + 1
  }
}

interface ItemPlace {
  readonly start: number
  readonly end: number
  readonly kept: boolean
}
