/** Routes that no request can reach, because another route always comes before. */
import { labelOf, type Route } from '../configuration/entities.ts'
import { isPlainPattern } from '../regex/rust-regex.ts'
import type { KongRouter } from '../router.ts'
import type { HeaderPattern, HostPattern, Matcher, NamePattern, PathPattern } from './matcher.ts'

/** A route that can't be reached. */
export interface Shadowed {
  readonly route: Route
  /** The routes that win instead; none: the gateway doesn't take the route into its router. */
  readonly by: readonly Route[]
  readonly reason: string
}

/**
 * The routes of a gateway that no request can reach. Only what is certain: each way to match the route is
 * covered whole by one other route that comes before it. (Routes that several others cover only together are
 * not found.)
 */
export function shadowed(router: KongRouter): readonly Shadowed[] {
  const { table } = router
  const covers = new Map<Route, Set<Route>>()
  const reachable = new Set<Route>()
  for (const matcher of table.matchers) {
    if (reachable.has(matcher.route)) continue
    const cover = coverOf(router, matcher)
    if (!cover) {
      reachable.add(matcher.route)
      continue
    }
    const list = covers.get(matcher.route) ?? new Set()
    covers.set(matcher.route, list.add(cover.route))
  }
  const found: Shadowed[] = table.leftOut.map(({ route, reason }) => ({
    route,
    by: [],
    reason,
  }))
  for (const [route, by] of covers) {
    if (reachable.has(route)) continue
    const names = [...by].map(labelOf).join(', ')
    found.push({ route, by: [...by], reason: `every request that it matches goes to ${names}` })
  }
  return found
}

/** A matcher of another route that comes before this one and accepts all that this one does. */
function coverOf(router: KongRouter, matcher: Matcher): Matcher | undefined {
  const prefix = matcher.paths?.[0]?.prefix ?? '/'
  const host = matcher.hosts?.[0]?.text ?? ''
  for (const other of router.table.candidates(prefix.startsWith('/') ? prefix : '/', host)) {
    if (other.route !== matcher.route && isBefore(other, matcher) && includes(other, matcher)) return other
  }
  return undefined
}

/** Certain only where both ways in which the gateway can work out priorities agree, and ids are known. */
function isBefore(a: Matcher, b: Matcher): boolean {
  const byId = a.id !== '' && b.id !== '' && a.id > b.id
  const inOrder = (first: number, second: number) => first > second || (first === second && byId)
  return inOrder(a.priority.value, b.priority.value) && inOrder(a.priority.compiled, b.priority.compiled)
}

/** Whether everything that `inner` accepts `outer` accepts too. */
function includes(outer: Matcher, inner: Matcher): boolean {
  return (
    listIncludes(outer.methods, inner.methods, (a, b) => a === b) &&
    listIncludes(outer.hosts, inner.hosts, hostIncludes) &&
    listIncludes(outer.snis, inner.snis, nameIncludes) &&
    pathsInclude(outer.paths, inner.paths) &&
    headersInclude(outer.headers, inner.headers) &&
    sameOrNone(outer.sources, inner.sources) &&
    sameOrNone(outer.destinations, inner.destinations)
  )
}

/** No list asks for nothing; else each alternative of the inner one must be within one of the outer's. */
function listIncludes<T>(
  outer: readonly T[] | null,
  inner: readonly T[] | null,
  within: (outer: T, inner: T) => boolean,
): boolean {
  if (!outer) return true
  return inner?.every(item => outer.some(other => within(other, item))) ?? false
}

function nameIncludes(outer: NamePattern, inner: NamePattern): boolean {
  if (outer.how === 'equal') return inner.how === 'equal' && inner.text === outer.text
  if (inner.how !== 'equal' && inner.how !== outer.how) return false
  return outer.how === 'suffix' ? inner.text.endsWith(outer.text) : inner.text.startsWith(outer.text)
}

function hostIncludes(outer: HostPattern, inner: HostPattern): boolean {
  return nameIncludes(outer, inner) && (outer.port === undefined || outer.port === inner.port)
}

function pathsInclude(outer: readonly PathPattern[] | null, inner: readonly PathPattern[] | null): boolean {
  if (!outer || outer.some(path => isPrefix(path) && path.prefix === '/')) return true
  return listIncludes(outer, inner, (a, b) => {
    if (isPrefix(a)) return b.prefix.startsWith(a.prefix)
    return a.regex?.source === b.regex?.source
  })
}

/** A regex that is nothing but a start is as good as a prefix. */
function isPrefix(path: PathPattern): boolean {
  return !path.regex || isPlainPattern(path.regex.source, path.prefix)
}

function headersInclude(
  outer: readonly HeaderPattern[] | null,
  inner: readonly HeaderPattern[] | null,
): boolean {
  if (!outer) return true
  return outer.every(wanted =>
    inner?.some(
      header =>
        header.name === wanted.name &&
        header.values.every(value =>
          wanted.values.some(other => {
            if (typeof other === 'string') return value === other
            return typeof value === 'string' ? other.test(value) === true : value.source === other.source
          }),
        ),
    ),
  )
}

function sameOrNone(outer: unknown, inner: unknown): boolean {
  return outer === null || JSON.stringify(outer) === JSON.stringify(inner)
}
