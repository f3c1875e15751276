import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Layout } from './yaml-text.ts'

/*
 * Where the nodes of a YAML document stand in its text, as offsets.
 */

/** A place that can't be edited by itself. */
export class CannotKeep extends Error {}

/** Whether a pair is `<<`, which takes in another mapping. */
export function isMerge(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.source === '<<'
}

/** The name of a pair. Throws `CannotKeep` where it has none of its own. */
export function keyOf(pair: Pair): string {
  if (!isScalar(pair.key)) throw new CannotKeep()
  return String(pair.key.value)
}

/** A value of the parser as a node; null where nothing is written. */
export function nodeOf(value: unknown): Node | null {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null
}

/** Where a pair begins. */
export function startOf(pair: Pair): number {
  const start = isScalar(pair.key) ? pair.key.range?.[0] : undefined
  if (start === undefined) throw new CannotKeep()
  return start
}

/** Where the colon of a pair stands. */
export function colonOf(pair: Pair): number | undefined {
  return pair.srcToken?.sep?.find(token => token.type === 'map-value-ind')?.offset
}

/** Where the text of a pair ends, without what comes after it on its line. */
export function endOfPair(pair: Pair, text: string): number {
  const colon = colonOf(pair)
  return endOf(nodeOf(pair.value), colon === undefined ? startOf(pair) : colon + 1, text)
}

/** Where the text of a node ends; an empty one ends where it would begin. */
export function endOf(node: Node | null, from: number, text: string): number {
  if (isMap(node) && !node.flow) {
    const last = node.items.at(-1)
    return last ? endOfPair(last, text) : from
  }
  if (isSeq(node) && !node.flow) {
    const last = node.items.length - 1
    return endOf(nodeOf(node.items[last]), (dashesOf(node)[last] ?? from) + 1, text)
  }
  let end = node?.range?.[1] ?? from
  if (end <= from) return from
  while (end > from && (text[end - 1] === '\n' || text[end - 1] === '\r')) end -= 1
  return end
}

/** Where the dashes of a block sequence stand. */
export function dashesOf(node: YAMLSeq): readonly number[] {
  const token = node.srcToken
  if (token?.type !== 'block-seq') throw new CannotKeep()
  return token.items.flatMap(item => item.start.find(each => each.type === 'seq-item-ind')?.offset ?? [])
}

/** How a file is laid out. */
export function layoutOf(text: string, root: YAMLMap): Layout {
  return { eol: text.includes('\r\n') ? '\r\n' : '\n', listIndent: listIndentOf(text, root) ?? 0 }
}

/** How far lists are indented in this file: by the first that is found. */
function listIndentOf(text: string, map: YAMLMap): number | undefined {
  const column = (offset: number): number => offset - (text.lastIndexOf('\n', offset - 1) + 1)
  for (const pair of map.items) {
    if (isSeq(pair.value) && pair.value.srcToken?.type === 'block-seq' && isScalar(pair.key)) {
      const [dash] = dashesOf(pair.value)
      const key = pair.key.range?.[0]
      if (dash !== undefined && key !== undefined) return Math.max(0, column(dash) - column(key))
    }
    const below = isMap(pair.value) ? listIndentOf(text, pair.value) : undefined
    if (below !== undefined) return below
  }
  return undefined
}
