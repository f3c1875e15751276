import type { ProxyRequest } from '../../../../model/routing/request.ts'
import type { GatewayConfig } from '../configuration/config.ts'
import { Lookup, labelOf, type Route, routesOf, type Service, servicesOf } from '../configuration/entities.ts'
import { decodeUtf8 } from '../regex/byte-string.ts'
import { RequestView } from '../requests/request.ts'
import { compareMatchers, type Matcher, match, matchersOf } from './matcher.ts'
import { PathIndex } from './path-index.ts'

/** A matcher that accepts a request, and the part of the path that it matched (bytes). */
export interface Match {
  readonly matcher: Matcher
  readonly route: Route
  readonly matchedPath: string
}

/** What all of a router's matchers say of one request. */
export interface Matches {
  /** The match that wins and the others by priority, each route once. */
  readonly all: readonly Match[]
  /** Sentences on what could not be known: `whether route x matches: …`. */
  readonly unknown: readonly string[]
}

/** A route that the gateway could not take into its router, and why. */
export interface RouteLeftOut {
  readonly route: Route
  readonly reason: string
}

/** The routes of a gateway in the order in which they are asked, with an index. Immutable. */
export class RouteTable {
  readonly routes: readonly Route[]
  readonly services: readonly Service[]
  readonly leftOut: readonly RouteLeftOut[]
  /** All matchers by priority, the highest first; those of the same priority in no order. */
  readonly matchers: readonly Matcher[]
  readonly #index = new PathIndex()
  readonly #asksForPaths: boolean
  readonly #headersAskedFor: readonly string[]

  constructor(config: GatewayConfig) {
    this.services = servicesOf(config)
    this.routes = routesOf(config, new Lookup(this.services))
    const matchers: Matcher[] = []
    const leftOut: RouteLeftOut[] = []
    for (const route of this.routes) {
      if (route.service && !route.service.enabled) {
        leftOut.push({ route, reason: `its service ${labelOf(route.service)} is disabled` })
        continue
      }
      const made = matchersOf(route)
      if (made.problem !== undefined) leftOut.push({ route, reason: made.problem })
      matchers.push(...made.matchers)
    }
    matchers.sort((a, b) => b.priority.value - a.priority.value)
    this.matchers = matchers
    this.leftOut = leftOut
    this.#asksForPaths = matchers.some(matcher => matcher.paths)
    this.#headersAskedFor = [
      ...new Set(matchers.flatMap(matcher => matcher.headers?.map(header => header.name) ?? [])),
    ]
    matchers.forEach((matcher, place) => {
      this.#index.add(matcher, place)
    })
  }

  /** The route that answers a request, or undefined where none does. */
  match(request: ProxyRequest | RequestView): Match | undefined {
    const view = viewOf(request)
    if (this.#cannotRead(view)) return undefined
    let best: Matcher | undefined
    let matchedPath = ''
    for (const places of this.#index.find(view.path, view.hostName)) {
      for (const place of places) {
        const matcher = this.matchers[place]
        if (!matcher || (best && matcher.priority.value < best.priority.value)) break
        if (best && compareMatchers(best, matcher) <= 0) continue
        const matched = match(matcher, view)
        if (matched === undefined) continue
        best = matcher
        matchedPath = matched
      }
    }
    return best && { matcher: best, route: best.route, matchedPath }
  }

  /** All routes that match a request, the winner first. */
  matchAll(request: ProxyRequest | RequestView): Matches {
    const view = viewOf(request)
    if (this.#cannotRead(view)) return { all: [], unknown: none }
    const unknown: string[] = []
    const found: Match[] = []
    for (const matcher of this.candidates(view.path, view.hostName)) {
      const matchedPath = match(matcher, view, unknown)
      if (matchedPath !== undefined) found.push({ matcher, route: matcher.route, matchedPath })
    }
    if (found.length > 1) found.sort((a, b) => compareMatchers(a.matcher, b.matcher))
    const all = found.length > 1 ? firstOfEachRoute(found) : found
    return { all, unknown: unknown.length > 1 ? [...new Set(unknown)] : unknown }
  }

  /** The matchers whose prefixes and hosts take in a path (bytes) and a host, or a wildcard's fixed part. */
  candidates(path: string, host: string): readonly Matcher[] {
    const found: Matcher[] = []
    for (const places of this.#index.find(path, host)) {
      for (const place of places) {
        const matcher = this.matchers[place]
        if (matcher) found.push(matcher)
      }
    }
    return found
  }

  /** A value that some route asks for and that isn't UTF-8 stops the router: no route matches then. */
  #cannotRead(view: RequestView): boolean {
    if (this.#asksForPaths && view.text === null) return true
    return this.#headersAskedFor.some(name =>
      view.headers.get(name)?.some(value => decodeUtf8(value) === undefined),
    )
  }
}

function firstOfEachRoute(matches: readonly Match[]): readonly Match[] {
  const seen = new Set<Route>()
  return matches.filter(({ route }) => !seen.has(route) && seen.add(route))
}

const none: readonly string[] = []

function viewOf(request: ProxyRequest | RequestView): RequestView {
  return request instanceof RequestView ? request : new RequestView(request)
}
