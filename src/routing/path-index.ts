/**
 * Finds the matchers that can match at all: a radix tree over path prefixes, and in each of its nodes the
 * hosts asked for. Everything found is then asked in full, so the index may find too many, never too few.
 */
import type { Matcher, NamePattern } from './matcher.ts'
import type { RequestView } from './request.ts'

/** Places in the router's order, ascending: the first that matches wins. */
export type Places = readonly number[]

export class PathIndex {
  readonly #root: Node = newNode('')

  /** Adds a matcher; call in the order of places. */
  add(matcher: Matcher, place: number): void {
    const prefixes = matcher.paths ? new Set(matcher.paths.map(path => path.prefix)) : ['']
    for (const prefix of prefixes) addToHosts(bucketAt(this.#root, prefix), matcher, place)
  }

  /** Calls `visit` with each list of places whose matchers may accept the request. */
  visit(view: RequestView, visit: (places: Places) => void): void {
    const { path } = view
    let node: Node | undefined = this.#root
    let at = 0
    while (node) {
      if (node.bucket) visitHosts(node.bucket, view.hostName, visit)
      const next: Node | undefined = at < path.length ? node.children?.get(path.charCodeAt(at)) : undefined
      if (!next || !path.startsWith(next.label, at)) return
      at += next.label.length
      node = next
    }
  }
}

interface Node {
  label: string
  children: Map<number, Node> | null
  bucket: HostBucket | null
}

interface HostBucket {
  readonly any: number[]
  readonly exact: Map<string, number[]>
  /** By the end of a host from one of its dots on, and by its start up to one: `*.example`, `api.*`. */
  readonly suffix: Map<string, number[]>
  readonly prefix: Map<string, number[]>
  /** Wildcards that don't stand beside a dot. */
  readonly rest: number[]
}

function newNode(label: string): Node {
  return { label, children: null, bucket: null }
}

function bucketAt(root: Node, prefix: string): HostBucket {
  let node = root
  let rest = prefix
  while (rest !== '') {
    node.children ??= new Map()
    const child = node.children.get(rest.charCodeAt(0))
    if (!child) {
      const leaf = newNode(rest)
      node.children.set(rest.charCodeAt(0), leaf)
      node = leaf
      break
    }
    const shared = sharedLength(child.label, rest)
    if (shared < child.label.length) {
      const lower: Node = { label: child.label.slice(shared), children: child.children, bucket: child.bucket }
      child.label = child.label.slice(0, shared)
      child.children = new Map([[lower.label.charCodeAt(0), lower]])
      child.bucket = null
    }
    node = child
    rest = rest.slice(shared)
  }
  node.bucket ??= { any: [], exact: new Map(), suffix: new Map(), prefix: new Map(), rest: [] }
  return node.bucket
}

function sharedLength(a: string, b: string): number {
  const end = Math.min(a.length, b.length)
  let i = 0
  while (i < end && a.charCodeAt(i) === b.charCodeAt(i)) i++
  return i
}

function addToHosts(bucket: HostBucket, matcher: Matcher, place: number): void {
  if (!matcher.hosts) {
    bucket.any.push(place)
    return
  }
  for (const host of matcher.hosts) {
    const list = listFor(bucket, host)
    if (list.at(-1) !== place) list.push(place)
  }
}

function listFor(bucket: HostBucket, host: NamePattern): number[] {
  if (host.how === 'equal') return listIn(bucket.exact, host.text)
  if (host.how === 'suffix') return host.text.startsWith('.') ? listIn(bucket.suffix, host.text) : bucket.rest
  return host.text.endsWith('.') ? listIn(bucket.prefix, host.text) : bucket.rest
}

function listIn(lists: Map<string, number[]>, key: string): number[] {
  let list = lists.get(key)
  if (!list) {
    list = []
    lists.set(key, list)
  }
  return list
}

function visitHosts(bucket: HostBucket, host: string, visit: (places: Places) => void): void {
  if (bucket.any.length > 0) visit(bucket.any)
  if (bucket.rest.length > 0) visit(bucket.rest)
  if (bucket.exact.size > 0) {
    const exact = bucket.exact.get(host)
    if (exact) visit(exact)
  }
  if (bucket.suffix.size === 0 && bucket.prefix.size === 0) return
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
    const bySuffix = bucket.suffix.get(host.slice(dot))
    if (bySuffix) visit(bySuffix)
    const byPrefix = bucket.prefix.get(host.slice(0, dot + 1))
    if (byPrefix) visit(byPrefix)
  }
}
