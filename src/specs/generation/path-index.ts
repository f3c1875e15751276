/** A part of a path's segment: a character, any character, or any number of any characters. */
type Part = { readonly character: string } | 'any' | 'many'

interface Segment {
  /** The text, where the segment has no parameters. */
  readonly text: string | undefined
  /** What tells the segment from others. */
  readonly key: string
  readonly parts: readonly Part[]
}

interface Node<T> {
  readonly texts: Map<string, Node<T>>
  /** By the key of their segment. */
  readonly patterns: Map<string, { readonly segment: Segment; readonly node: Node<T> }>
  value?: T
}

const CAPTURE = /\(\?<[^>]+>\[\^#\?\/\]([+*])\)/

/** At most this many segments are compared: thousands of odd templates must not take minutes. */
const MOST_COMPARISONS = 1_000_000

/** Paths of routes, found by whether they match a request in common. */
export class OperationPaths<T> {
  readonly #root: Node<T> = newNode()
  #left = MOST_COMPARISONS

  /** Whether there were so many odd paths that `find` has stopped looking. */
  get exhausted(): boolean {
    return this.#left <= 0
  }

  /** Adds a path: a regular expression as `pathPattern` writes it. */
  add(regex: string, value: T): void {
    let node = this.#root
    for (const segment of segmentsOf(regex)) node = step(node, segment)
    node.value ??= value
  }

  /** The value of a path that matches a request which this one matches too. */
  find(regex: string): T | undefined {
    return this.#findIn(this.#root, segmentsOf(regex), 0)
  }

  #findIn(node: Node<T>, segments: readonly Segment[], from: number): T | undefined {
    const segment = segments[from]
    if (segment === undefined) return node.value
    for (const next of this.#nextNodes(node, segment)) {
      const found = this.#findIn(next, segments, from + 1)
      if (found !== undefined) return found
    }
    return undefined
  }

  *#nextNodes(node: Node<T>, segment: Segment): Generator<Node<T>> {
    if (segment.text !== undefined) {
      const same = node.texts.get(segment.text)
      if (same) yield same
    } else {
      for (const [text, next] of node.texts) {
        if (this.#meet(segment.parts, charactersOf(text))) yield next
      }
    }
    for (const pattern of node.patterns.values()) {
      if (this.#meet(segment.parts, pattern.segment.parts)) yield pattern.node
    }
  }

  #meet(a: readonly Part[], b: readonly Part[]): boolean {
    this.#left -= 1
    return this.#left > 0 && endsMeet(a, b) && meet(a, b)
  }
}

function newNode<T>(): Node<T> {
  return { texts: new Map(), patterns: new Map() }
}

function step<T>(node: Node<T>, segment: Segment): Node<T> {
  const { text } = segment
  if (text !== undefined) {
    const next = node.texts.get(text) ?? newNode<T>()
    node.texts.set(text, next)
    return next
  }
  const known = node.patterns.get(segment.key)
  if (known) return known.node
  const next = newNode<T>()
  node.patterns.set(segment.key, { segment, node: next })
  return next
}

function segmentsOf(regex: string): readonly Segment[] {
  // The separators of captures hold a "/" of their own, so captures are taken out before the path is cut.
  const pieces = regex.slice(1, -1).split(CAPTURE)
  const segments: Part[][] = [[]]
  for (const [index, piece] of pieces.entries()) {
    if (index % 2 === 1) {
      segments.at(-1)?.push(...(piece === '+' ? (['any', 'many'] as const) : (['many'] as const)))
      continue
    }
    for (const [at, text] of piece.replace(/\\(.)/g, '$1').split('/').entries()) {
      if (at > 0) segments.push([])
      segments.at(-1)?.push(...charactersOf(text))
    }
  }
  return segments.map(parts => ({ parts, text: textOf(parts), key: keyOf(parts) }))
}

function charactersOf(text: string): readonly Part[] {
  return [...text].map(character => ({ character }))
}

function textOf(parts: readonly Part[]): string | undefined {
  let text = ''
  for (const part of parts) {
    if (typeof part === 'string') return undefined
    text += part.character
  }
  return text
}

function keyOf(parts: readonly Part[]): string {
  return parts.map(part => (typeof part === 'string' ? `{${part}}` : `=${part.character}`)).join('')
}

/** Whether what both begin and end with agrees, up to the first part that is open: most pairs differ there already. */
function endsMeet(a: readonly Part[], b: readonly Part[]): boolean {
  const length = Math.min(a.length, b.length)
  for (const at of [(list: readonly Part[], i: number) => list[i], fromEnd]) {
    for (let i = 0; i < length; i++) {
      const [x, y] = [at(a, i), at(b, i)]
      if (typeof x !== 'object' || typeof y !== 'object') break
      if (x.character !== y.character) return false
    }
  }
  return true
}

function fromEnd(list: readonly Part[], i: number): Part | undefined {
  return list[list.length - 1 - i]
}

/** Whether some text fits both. */
function meet(a: readonly Part[], b: readonly Part[]): boolean {
  // Row i of a table: whether what follows the i-th part of `a` and the j-th of `b` can be the same text.
  let below: boolean[] = []
  for (let i = a.length; i >= 0; i--) {
    const row: boolean[] = []
    for (let j = b.length; j >= 0; j--) {
      const [x, y] = [a[i], b[j]]
      const skipX = x === 'many' && (below[j] ?? false)
      const skipY = y === 'many' && (row[j + 1] ?? false)
      if (x === undefined || y === undefined) row[j] = (x === undefined && y === undefined) || skipX || skipY
      else row[j] = skipX || skipY || (fits(x, y) && afterBoth(x, y, below, row, j))
    }
    below = row
  }
  return below[0] ?? false
}

function fits(x: Part, y: Part): boolean {
  return typeof x === 'string' || typeof y === 'string' || x.character === y.character
}

/** One character matched by both parts: a part that matches many stays where it is. */
function afterBoth(x: Part, y: Part, below: readonly boolean[], row: readonly boolean[], j: number): boolean {
  if (x === 'many' && y === 'many') return false
  if (x === 'many') return row[j + 1] ?? false
  if (y === 'many') return below[j] ?? false
  return below[j + 1] ?? false
}
