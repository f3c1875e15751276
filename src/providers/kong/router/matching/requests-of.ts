import type { NamedRef } from '../../../../model/routing/answer.ts'
import type { ProxyRequest } from '../../../../model/routing/request.ts'
import { decodeUtf8 } from '../regex/byte-string.ts'
import { sampleOf } from '../regex/regex-sample.ts'
import type { RouteRegex } from '../regex/rust-regex.ts'
import { RequestView } from '../requests/request.ts'
import type { KongRouter } from '../router.ts'
import { type Matcher, match, type NamePattern } from './matcher.ts'

/** A request made from what a route asks for. */
export interface RepresentativeRequest {
  readonly route: NamedRef
  readonly request: ProxyRequest
}

/**
 * Requests that a gateway's routes match: of each route every path with every method on its first host, and
 * every other host once. A route whose regex gives no sample has none for that path. Whether the route also
 * *answers* them is another matter.
 */
export function requestsOf(router: KongRouter): readonly RepresentativeRequest[] {
  return router.table.matchers.flatMap(requestsOfMatcher)
}

/** Stands for whatever a wildcard leaves open. */
const anyName = 'any'

function requestsOfMatcher(matcher: Matcher): readonly RepresentativeRequest[] {
  const paths = matcher.paths?.map(pathOf).filter(path => path !== undefined) ?? ['/']
  const [path] = paths
  if (path === undefined) return []
  const methods = matcher.methods ?? ['GET']
  const hosts = matcher.hosts?.map(hostOf) ?? ['any.example']
  const [host = 'any.example', ...otherHosts] = hosts
  const first = methods[0] ?? 'GET'
  return [
    ...paths.flatMap(each => methods.map(method => requestOf(matcher, method, host, each))),
    ...otherHosts.map(other => requestOf(matcher, first, other, path)),
  ]
    .filter(request => match(matcher, new RequestView(request)) !== undefined)
    .map(request => ({ route: { id: matcher.route.id, name: matcher.route.name }, request }))
}

function requestOf(matcher: Matcher, method: string, host: string, path: string): ProxyRequest {
  const scheme = matcher.route.protocols.includes('https') ? 'https' : 'http'
  const headers = matcher.headers?.map(({ name, values }): [string, string] => {
    const value = values[0] ?? ''
    return [name, typeof value === 'string' ? value : (sampleOf(value) ?? '')]
  })
  const [sni] = matcher.snis ?? []
  return {
    method,
    scheme,
    host,
    path,
    ...(headers && { headers: Object.fromEntries(headers) }),
    ...(sni && { sni: nameOf(sni) }),
  }
}

function pathOf(pattern: { readonly prefix: string; readonly regex: RouteRegex | null }): string | undefined {
  const text = pattern.regex ? sampleOf(pattern.regex) : decodeUtf8(pattern.prefix)
  return text === undefined ? undefined : encodePath(text)
}

/** Percent-encodes what a request line can't hold; codes that stand in a path stay. */
function encodePath(text: string): string {
  return text.replace(/[^!$&'()*+,/:;=@\w\-.~%]+/gu, part => encodeURIComponent(part))
}

function nameOf(pattern: NamePattern): string {
  if (pattern.how === 'equal') return pattern.text
  return pattern.how === 'suffix' ? `${anyName}${pattern.text}` : `${pattern.text}${anyName}`
}

function hostOf(pattern: NamePattern & { readonly port: number | undefined }): string {
  return pattern.port === undefined ? nameOf(pattern) : `${nameOf(pattern)}:${pattern.port}`
}
