/**
 * Finds the matchers that can match at all: a radix tree over path prefixes, and in each of its nodes the
 * hosts asked for. Everything found is then asked in full, so the index may find too many, never too few.
 */
import type { Matcher, NamePattern } from './matcher.ts'

/** Places in the router's order, ascending: the first that matches wins. */
export type Places = readonly number[]

export class PathIndex {
  readonly #root: Node = newNode('')

  /** Adds a matcher; call in the order of places. */
  add(matcher: Matcher, place: number): void {
    const { paths } = matcher
    const [only] = paths ?? []
    if (!paths || !only) addToHosts(bucketAt(this.#root, ''), matcher, place)
    else if (paths.length === 1) addToHosts(bucketAt(this.#root, only.prefix), matcher, place)
    else {
      for (const prefix of new Set(paths.map(path => path.prefix))) {
        addToHosts(bucketAt(this.#root, prefix), matcher, place)
      }
    }
  }

  /** The lists of places whose matchers may accept a path and host. */
  find(path: string, host: string): readonly Places[] {
    const found: Places[] = []
    let node: Node | undefined = this.#root
    let at = 0
    while (node) {
      if (node.bucket) findByHost(node.bucket, host, found)
      const next: Node | undefined = at < path.length ? childOf(node, path.charCodeAt(at)) : undefined
      if (!next || !path.startsWith(next.label, at)) break
      at += next.label.length
      node = next
    }
    return found
  }
}

interface Node {
  label: string
  /** The first bytes of the children's labels, and the children, in the same order: few, so that a scan is fast. */
  firsts: number[]
  children: Node[]
  bucket: HostBucket | null
}

/** Places by host; null where there are none. */
interface HostBucket {
  any: number[] | null
  exact: Map<string, number[]> | null
  /** By the end of a host from one of its dots on, and by its start up to one: `*.example`, `api.*`. */
  suffix: Map<string, number[]> | null
  prefix: Map<string, number[]> | null
  /** Wildcards that don't stand beside a dot. */
  rest: number[] | null
}

const noFirsts: number[] = []
const noChildren: Node[] = []

function newNode(label: string): Node {
  return { label, firsts: noFirsts, children: noChildren, bucket: null }
}

function childOf(node: Node, first: number): Node | undefined {
  const index = node.firsts.indexOf(first)
  return index < 0 ? undefined : node.children[index]
}

function addChild(node: Node, child: Node): void {
  if (node.firsts === noFirsts) {
    node.firsts = []
    node.children = []
  }
  node.firsts.push(child.label.charCodeAt(0))
  node.children.push(child)
}

function bucketAt(root: Node, prefix: string): HostBucket {
  let node = root
  let rest = prefix
  while (rest !== '') {
    const child = childOf(node, rest.charCodeAt(0))
    if (!child) {
      const leaf = newNode(rest)
      addChild(node, leaf)
      node = leaf
      break
    }
    const shared = sharedLength(child.label, rest)
    if (shared < child.label.length) split(child, shared)
    node = child
    rest = rest.slice(shared)
  }
  node.bucket ??= { any: null, exact: null, suffix: null, prefix: null, rest: null }
  return node.bucket
}

/** Makes a node end after some bytes of its label; a new child takes the rest and all that hung on it. */
function split(node: Node, length: number): void {
  const lower: Node = { ...node, label: node.label.slice(length) }
  node.label = node.label.slice(0, length)
  node.firsts = [lower.label.charCodeAt(0)]
  node.children = [lower]
  node.bucket = null
}

function sharedLength(a: string, b: string): number {
  const end = Math.min(a.length, b.length)
  let i = 0
  while (i < end && a.charCodeAt(i) === b.charCodeAt(i)) i++
  return i
}

function addToHosts(bucket: HostBucket, matcher: Matcher, place: number): void {
  if (!matcher.hosts) {
    bucket.any ??= []
    bucket.any.push(place)
    return
  }
  for (const host of matcher.hosts) {
    const list = listFor(bucket, host)
    if (list.at(-1) !== place) list.push(place)
  }
}

function listFor(bucket: HostBucket, host: NamePattern): number[] {
  if (host.how === 'equal') {
    bucket.exact ??= new Map()
    return listIn(bucket.exact, host.text)
  }
  if (host.how === 'suffix' && host.text.startsWith('.')) {
    bucket.suffix ??= new Map()
    return listIn(bucket.suffix, host.text)
  }
  if (host.how === 'prefix' && host.text.endsWith('.')) {
    bucket.prefix ??= new Map()
    return listIn(bucket.prefix, host.text)
  }
  bucket.rest ??= []
  return bucket.rest
}

function listIn(lists: Map<string, number[]>, key: string): number[] {
  let list = lists.get(key)
  if (!list) {
    list = []
    lists.set(key, list)
  }
  return list
}

function findByHost(bucket: HostBucket, host: string, found: Places[]): void {
  if (bucket.any) found.push(bucket.any)
  if (bucket.rest) found.push(bucket.rest)
  const exact = bucket.exact?.get(host)
  if (exact) found.push(exact)
  if (!bucket.suffix && !bucket.prefix) return
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
    const bySuffix = bucket.suffix?.get(host.slice(dot))
    if (bySuffix) found.push(bySuffix)
    const byPrefix = bucket.prefix?.get(host.slice(0, dot + 1))
    if (byPrefix) found.push(byPrefix)
  }
}
