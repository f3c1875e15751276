import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import type { Place } from '../../model/problem.ts'
import type { Server } from '../document.ts'
import type { DesignReader } from '../reader.ts'
import { isUrl } from '../reading/references.ts'

/** A server's address with nothing left open. */
interface Address {
  readonly scheme: string
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string
  /** 0 where the scheme has no known port. */
  readonly port: number
  readonly path: string
}

/** What is written in a server's URL. */
interface WrittenAddress {
  readonly scheme: string
  readonly hostname: string
  readonly port: number
  readonly path: string
}

/** An OpenAPI document without servers means the place where the document itself is: a path alone. */
const NO_SERVER: WrittenAddress = { scheme: '', hostname: '', port: 0, path: '/' }

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }

// RFC 3986, appendix B, with the authority taken apart.
const URL_PARTS =
  /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/(?:[^@/?#]*@)?(\[[0-9a-f:.%]+\]|[^:/?#[\]]*)(?::(\d*))?(?=[/?#]|$))?([^?#]*)/i

/** The address in a server's URL; undefined (and a problem) if it isn't one. */
function readAddress(reader: DesignReader, server: Server): WrittenAddress | undefined {
  const { url } = server
  const open = /\{[^}]*\}/.exec(url)
  if (open) {
    const hint = `Give a default for ${open[0]} under "variables" of this server.`
    reader.problem(`The server URL "${url}" has a variable without a default`, server.place, hint)
    return undefined
  }
  const parts = URL_PARTS.exec(url)
  const [whole = '', scheme = '', host = '', port = '', path = ''] = parts ?? []
  const valid = (isUrl(url) ? host !== '' : url.startsWith('/')) && !/[\s\\]/.test(url) && whole.length > 0
  if (!valid || Number(port) > 65_535 || hasStray(url, whole)) {
    const hint = 'Write it as https://host/path, or as a path that begins with "/".'
    reader.problem(`The server URL "${url}" can't be read`, server.place, hint)
    return undefined
  }
  return {
    scheme: scheme.toLowerCase(),
    hostname: host.replace(/^\[|\]$/g, ''),
    port: Number(port),
    path: path === '' ? '/' : path,
  }
}

/** Whether anything but a query or a fragment is left of a URL whose parts were read. */
function hasStray(url: string, whole: string): boolean {
  return url.length > whole.length && !'?#'.includes(url.charAt(whole.length))
}

/** Puts in what a URL leaves open: the host, the scheme (from the port, where that tells it) and the port. */
function complete(written: WrittenAddress, defaultScheme: string): Address {
  const byPort = written.port === 80 ? 'http' : written.port === 443 ? 'https' : defaultScheme
  const scheme = written.scheme || byPort
  return {
    scheme,
    hostname: written.hostname || 'localhost',
    port: written.port || (PORTS[scheme] ?? 0),
    path: written.path,
  }
}

function addressesOf(reader: DesignReader, servers: readonly Server[]): readonly WrittenAddress[] {
  if (servers.length === 0) return [NO_SERVER]
  return servers.flatMap(server => readAddress(reader, server) ?? [])
}

/** The fields of a service, and of its upstream where it needs one. */
export interface ServiceFields {
  readonly service: Record<string, Json>
  readonly upstream?: Record<string, Json>
}

/** What a service is made from. */
export interface ServiceInput {
  readonly name: string
  readonly servers: readonly Server[]
  readonly serviceDefaults: JsonObject | undefined
  readonly upstreamDefaults: JsonObject | undefined
  readonly tags: readonly string[]
  readonly place: Place | undefined
}

/**
 * The service of a level. It has an upstream where there are several servers or defaults for upstreams, unless its
 * defaults name a host.
 */
export function serviceOf(reader: DesignReader, input: ServiceInput): ServiceFields {
  const { name, tags, serviceDefaults = {}, upstreamDefaults, place } = input
  const written = addressesOf(reader, input.servers)
  const protocol = serviceDefaults.protocol ?? undefined
  if (protocol !== undefined && typeof protocol !== 'string') {
    reader.problem('The protocol in "x-kong-service-defaults" must be a text', place)
  }
  const first = complete(written[0] ?? NO_SERVER, typeof protocol === 'string' ? protocol : 'https')
  const scheme = typeof protocol === 'string' ? protocol : first.scheme
  const service = {
    ...serviceDefaults,
    name,
    tags,
    protocol: serviceDefaults.protocol ?? scheme,
    path: serviceDefaults.path ?? first.path,
    port: serviceDefaults.port ?? (first.port || (scheme === 'http' ? 80 : 443)),
  }
  if ((serviceDefaults.host ?? null) !== null) return { service }
  if (written.length <= 1 && upstreamDefaults === undefined) {
    return { service: { ...service, host: first.hostname } }
  }
  const upstream = upstreamOf(reader, input, written)
  return { service: { ...service, host: upstream.name ?? null }, upstream }
}

function upstreamOf(
  reader: DesignReader,
  input: ServiceInput,
  written: readonly WrittenAddress[],
): Record<string, Json> {
  const { tags, upstreamDefaults = {}, place } = input
  const given = upstreamDefaults.targets ?? null
  const upstream = { ...upstreamDefaults, name: `${input.name}.upstream`, tags }
  if (given === null) {
    const targets = written.map(address => ({ target: targetText(complete(address, 'https')), tags }))
    return { ...upstream, targets }
  }
  if (!isArray(given) || !given.every(isObject)) {
    reader.problem('"targets" in "x-kong-upstream-defaults" must be a list of objects', place)
    return upstream
  }
  return { ...upstream, targets: given.map(target => ({ ...target, tags })) }
}

function targetText({ hostname, port }: Address): string {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname
  return port === 0 ? host : `${host}:${port}`
}

/** One text for all servers of a level, alike for servers that mean the same. */
export function serversKey(reader: DesignReader, servers: readonly Server[]): string {
  return addressesOf(reader, servers)
    .map(address => complete(address, 'https'))
    .map(address => `${address.scheme}://${targetText(address)}${address.path}`)
    .join(' ')
}
