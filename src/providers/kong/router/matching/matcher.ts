import { splitHostPort } from '../../../../model/routing/request.ts'
import type { PatternMatch } from '../../../../patterns/linear-pattern.ts'
import { isClosed } from '../closed.ts'
import type { AddressConfig, RouteConfig } from '../configuration/config.ts'
import type { Route } from '../configuration/entities.ts'
import { partId } from '../configuration/uuid.ts'
import { decodeUtf8, lowerAscii, utf8Bytes } from '../regex/byte-string.ts'
import { literalPrefix, RouteRegex } from '../regex/rust-regex.ts'
import type { RequestView } from '../requests/request.ts'
import { type IpRange, inRange, parseIp, parseIpRange } from './ip.ts'
import { isRegexPath, type PathGroup, type Priority, pathGroups, priorityOf } from './priority.ts'

/** How a host or SNI is compared: as it stands, by its end (`*.example`) or by its start (`api.*`). */
export interface NamePattern {
  readonly how: 'equal' | 'suffix' | 'prefix'
  readonly text: string
}

export interface HostPattern extends NamePattern {
  readonly port: number | undefined
}

/** A path that a matcher accepts. `prefix` is what every path it accepts begins with (bytes). */
export interface PathPattern {
  readonly prefix: string
  readonly regex: RouteRegex | null
}

export interface HeaderPattern {
  readonly name: string
  readonly values: readonly (string | RouteRegex)[]
}

interface AddressPattern {
  readonly range: IpRange | null
  readonly port: number | null
}

/** What a matcher asks of a request. Null: nothing of that kind. */
interface Criteria {
  readonly methods: readonly string[] | null
  readonly hosts: readonly HostPattern[] | null
  readonly paths: readonly PathPattern[] | null
  readonly headers: readonly HeaderPattern[] | null
  readonly snis: readonly NamePattern[] | null
  readonly sources: readonly AddressPattern[] | null
  readonly destinations: readonly AddressPattern[] | null
}

/** One entry of the router: a route, or the part of it that one group of its paths makes. */
export class Matcher {
  readonly route: Route
  readonly priority: Priority
  readonly methods: Criteria['methods']
  readonly hosts: Criteria['hosts']
  readonly paths: Criteria['paths']
  readonly headers: Criteria['headers']
  readonly snis: Criteria['snis']
  readonly sources: Criteria['sources']
  readonly destinations: Criteria['destinations']
  readonly #part: number
  #id: string | undefined

  /** `part` counts from 1; 0: the route is not split. */
  constructor(route: Route, part: number, priority: Priority, criteria: Criteria) {
    this.route = route
    this.priority = priority
    this.methods = criteria.methods
    this.hosts = criteria.hosts
    this.paths = criteria.paths
    this.headers = criteria.headers
    this.snis = criteria.snis
    this.sources = criteria.sources
    this.destinations = criteria.destinations
    this.#part = part
  }

  /** The route's UUID or the part's, empty where it is not known. Only asked where priorities are the same. */
  get id(): string {
    if (this.#id === undefined) {
      const own = (this.route.config.gateway_id ?? this.route.id ?? '').toLowerCase()
      if (!uuid.test(own)) this.#id = ''
      else this.#id = this.#part > 0 ? partId(own, this.#part) : own
    }
    return this.#id
  }
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/** The order in which matchers are asked: by priority, where it is the same by id; the greatest first. */
export function compareMatchers(a: Matcher, b: Matcher): number {
  if (a.priority.value !== b.priority.value) return b.priority.value - a.priority.value
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0
}

/** What a matcher says of a request: no, or the part of the path that it matched (`/` where it asks for no path). */
export type MatchResult = string | undefined

/** The matchers of one route; a problem where the gateway could not take it into its router. */
export function matchersOf(route: Route): {
  readonly matchers: readonly Matcher[]
  readonly problem?: string | undefined
} {
  const config = route.config
  if (isClosed(config))
    return { matchers: [], problem: 'a sync closed it until it is done, and was cut off: sync again' }
  if (config.expression)
    return { matchers: [], problem: 'it has an expression, which this router flavour does not take' }
  if (!hasCriteria(config))
    return { matchers: [], problem: 'it asks for nothing (no paths, hosts, methods, headers or SNIs)' }
  const sources = addressesOf(config.sources)
  const destinations = addressesOf(config.destinations)
  if (sources === undefined || destinations === undefined) {
    return { matchers: [], problem: 'its sources or destinations are not addresses' }
  }
  const methods = config.methods?.length ? config.methods : null
  const hosts = config.hosts?.length ? config.hosts.map(hostPattern) : null
  const headers = headersOf(config)
  const snis = config.snis?.length ? config.snis.map(sniPattern) : null
  const groups = pathGroups(config.paths ?? [])
  const matchers = groups.map((group, index) => {
    const criteria = { methods, hosts, paths: pathsOf(group), headers, snis, sources, destinations }
    return new Matcher(route, groups.length > 1 ? index + 1 : 0, priorityOf(config, group), criteria)
  })
  return { matchers }
}

/** Whether a matcher accepts a request. Adds to `unknown` what it would have to know and the request doesn't say. */
export function match(matcher: Matcher, view: RequestView, unknown?: string[]): MatchResult {
  if (matcher.methods && !matcher.methods.includes(view.method)) return undefined
  if (matcher.hosts && !matcher.hosts.some(host => hostMatches(host, view))) return undefined
  if (matcher.snis && view.scheme === 'https' && !sniMatches(matcher.snis, view)) return undefined
  const matched = matcher.paths ? pathMatch(matcher, matcher.paths, view, unknown) : '/'
  if (matched === undefined) return undefined
  if (matcher.headers && !matcher.headers.every(header => headerMatches(header, view, matcher, unknown)))
    return undefined
  if (matcher.sources || matcher.destinations) {
    if (!addressesMatch(matcher, view, unknown)) return undefined
  }
  return matched
}

/** What the groups of the regex that matched are, for plugins that use them; null: no regex did. */
export function capturesOf(matcher: Matcher, view: RequestView): PatternMatch | null {
  for (const path of matcher.paths ?? []) {
    const found = view.text === null ? null : path.regex?.find(view.text)
    if (found) return found
  }
  return null
}

export function nameMatches(pattern: NamePattern, name: string): boolean {
  if (pattern.how === 'equal') return name === pattern.text
  return pattern.how === 'suffix' ? name.endsWith(pattern.text) : name.startsWith(pattern.text)
}

function pathMatch(
  matcher: Matcher,
  paths: readonly PathPattern[],
  view: RequestView,
  unknown: string[] | undefined,
): MatchResult {
  if (view.text === null) return undefined
  for (const path of paths) {
    if (!view.path.startsWith(path.prefix)) continue
    if (!path.regex) return path.prefix
    const found = path.regex.match(view.text)
    if (typeof found === 'string') return utf8Bytes(found)
    if (found === undefined) unknown?.push(notUnderstood(matcher, path.regex))
  }
  return undefined
}

function headerMatches(
  header: HeaderPattern,
  view: RequestView,
  matcher: Matcher,
  unknown: string[] | undefined,
): boolean {
  const values = view.headers.get(header.name)
  if (!values) return false
  return values.some(bytes => {
    const value = decodeUtf8(bytes)?.toLowerCase()
    if (value === undefined) return false
    return header.values.some(wanted => {
      if (typeof wanted === 'string') return wanted === value
      const found = wanted.test(value)
      if (found === undefined) unknown?.push(notUnderstood(matcher, wanted))
      return Boolean(found)
    })
  })
}

function notUnderstood(matcher: Matcher, regex: RouteRegex): string {
  return `whether route ${matcher.route.name ?? matcher.route.id} matches: its regex ${regex.source} is not modelled`
}

function hostMatches(pattern: HostPattern, view: RequestView): boolean {
  if (!nameMatches(pattern, view.hostName)) return false
  return pattern.port === undefined || pattern.port === (view.hostPort ?? view.listenPort)
}

function sniMatches(snis: readonly NamePattern[], view: RequestView): boolean {
  const sni = view.sni
  return sni !== undefined && snis.some(pattern => nameMatches(pattern, sni))
}

function addressesMatch(matcher: Matcher, view: RequestView, unknown: string[] | undefined): boolean {
  const { clientIp, clientPort, serverIp } = view.request
  const label = matcher.route.name ?? matcher.route.id
  const sides = [
    { what: 'source', wanted: matcher.sources, ip: clientIp, port: clientPort },
    {
      what: 'destination',
      wanted: matcher.destinations,
      ip: serverIp,
      port: view.hostPort ?? view.listenPort,
    },
  ]
  return sides.every(({ what, wanted, ip, port }) => {
    if (!wanted) return true
    const bytes = ip === undefined ? undefined : parseIp(ip)
    const hit = wanted.some(pattern => {
      const ipFits = pattern.range === null || (bytes !== undefined && inRange(bytes, pattern.range))
      return ipFits && (pattern.port === null || pattern.port === port)
    })
    const silent = wanted.some(p => (p.range !== null && !bytes) || (p.port !== null && port === undefined))
    if (!hit && silent)
      unknown?.push(`whether route ${label} matches: the request's ${what} address is not given`)
    return hit
  })
}

function hasCriteria({ paths, hosts, methods, snis, sources, destinations, headers }: RouteConfig): boolean {
  if (paths?.length || hosts?.length || methods?.length || snis?.length) return true
  return Boolean(sources?.length || destinations?.length || (headers && Object.keys(headers).length > 0))
}

function pathsOf(paths: PathGroup): readonly PathPattern[] | null {
  if (paths.length === 0) return null
  return paths.map(path => {
    if (!isRegexPath(path)) return { prefix: utf8Bytes(path), regex: null }
    const pattern = path.slice(1).replaceAll('?<', '?P<')
    return { prefix: literalPrefix(pattern), regex: new RouteRegex(`^${pattern}`) }
  })
}

function namePattern(text: string): NamePattern {
  if (text.startsWith('*')) return { how: 'suffix', text: text.slice(1) }
  return text.endsWith('*') ? { how: 'prefix', text: text.slice(0, -1) } : { how: 'equal', text }
}

function hostPattern(host: string): HostPattern {
  const split = splitHostPort(utf8Bytes(host))
  return { ...namePattern(split.host), port: split.port }
}

/** A trailing dot plays no part in an SNI. */
function sniPattern(sni: string): NamePattern {
  const bare = sni.length > 1 && sni.endsWith('.') ? sni.slice(0, -1) : sni
  return namePattern(bare)
}

/** Header values are compared in lower case; the gateway lowers a regex's own text too. */
function headersOf(config: RouteConfig): readonly HeaderPattern[] | null {
  if (!config.headers) return null
  const entries = Object.entries(config.headers)
  if (entries.length === 0) return null
  return entries.map(([name, values]) => ({
    name: name.toLowerCase(),
    values: values.map(value =>
      value.startsWith('~*') ? new RouteRegex(lowerAscii(value.slice(2))) : lowerAscii(value),
    ),
  }))
}

function addressesOf(
  list: readonly AddressConfig[] | null | undefined,
): readonly AddressPattern[] | null | undefined {
  if (!list?.length) return null
  const patterns: AddressPattern[] = []
  for (const { ip, port } of list) {
    const range = ip ? parseIpRange(ip) : null
    if (range === undefined) return undefined
    patterns.push({ range, port: port ?? null })
  }
  return patterns
}
