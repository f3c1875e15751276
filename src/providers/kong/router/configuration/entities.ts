import type { NamedRef } from '../../../../model/routing/answer.ts'
import { utf8Bytes } from '../regex/byte-string.ts'
import type { ConfigReference, GatewayConfig, RouteConfig, ServiceConfig } from './config.ts'

/** A service with the gateway's defaults filled in. */
export interface Service extends NamedRef {
  readonly protocol: string
  readonly host: string
  readonly port: number
  /** Byte string; `/` where none is set. */
  readonly path: string
  readonly enabled: boolean
  /** The Host header that the gateway sends, where the host is not an upstream entity's name. Byte string. */
  readonly hostHeader: string
  readonly config: ServiceConfig
}

/** A route with the gateway's defaults filled in, beside what it was made from. */
export interface Route extends NamedRef {
  readonly service: Service | null
  readonly protocols: readonly string[]
  readonly stripPath: boolean
  readonly preserveHost: boolean
  readonly httpsRedirectStatus: number
  readonly config: RouteConfig
}

/** What to call an entity in a sentence: its name, else its id. */
export function labelOf(entity: NamedRef): string {
  return entity.name ?? entity.id ?? '(without a name)'
}

/** An entity's id and name, apart from the rest. */
export function refOf(entity: NamedRef): NamedRef {
  return { id: entity.id, name: entity.name }
}

/** What a foreign key points with, where there is nothing to look it up in. */
export function referenceKey(reference: ConfigReference | null | undefined): string | undefined {
  if (!reference || typeof reference === 'string') return reference || undefined
  return reference.id ?? reference.name ?? undefined
}

/** Entities by id and by name, for foreign keys. */
export class Lookup<T extends NamedRef> {
  readonly #entities: readonly T[]
  #byId: ReadonlyMap<string, T> | undefined
  #byName: ReadonlyMap<string, T> | undefined

  constructor(entities: readonly T[]) {
    this.#entities = entities
  }

  find(reference: ConfigReference | null | undefined): T | undefined {
    if (!reference) return undefined
    const [id, name] =
      typeof reference === 'string'
        ? [reference, reference]
        : [reference.id, reference.name ?? reference.username]
    if (id) {
      this.#byId ??= indexBy(this.#entities, 'id')
      const found = this.#byId.get(id)
      if (found) return found
    }
    if (!name) return undefined
    this.#byName ??= indexBy(this.#entities, 'name')
    return this.#byName.get(name)
  }
}

function indexBy<T extends NamedRef>(entities: readonly T[], field: 'id' | 'name'): ReadonlyMap<string, T> {
  const index = new Map<string, T>()
  for (const entity of entities) {
    const key = entity[field]
    if (key !== null) index.set(key, entity)
  }
  return index
}

const httpProtocols = new Set(['http', 'https', 'grpc', 'grpcs'])
const defaultProtocols = ['http', 'https'] as const

export function servicesOf(config: GatewayConfig): readonly Service[] {
  return config.services.map(serviceOf)
}

/** The routes that take HTTP requests (a stream route's protocols are all `tcp`, `tls`, `udp` or `tls_passthrough`). */
export function routesOf(config: GatewayConfig, services: Lookup<Service>): readonly Route[] {
  const routes: Route[] = []
  for (const route of config.routes) {
    const protocols = route.protocols?.length ? route.protocols : defaultProtocols
    if (!protocols.some(protocol => httpProtocols.has(protocol))) continue
    routes.push({
      id: route.id ?? null,
      name: route.name ?? null,
      service: services.find(route.service) ?? null,
      protocols,
      stripPath: route.strip_path ?? true,
      preserveHost: route.preserve_host ?? false,
      httpsRedirectStatus: route.https_redirect_status_code ?? 426,
      config: route,
    })
  }
  return routes
}

function serviceOf(service: ServiceConfig): Service {
  const url = service.url ? urlParts(service.url) : undefined
  const protocol = url?.protocol ?? service.protocol ?? 'http'
  const host = url?.host ?? service.host ?? ''
  const port = url?.port ?? service.port ?? 80
  return {
    id: service.id ?? null,
    name: service.name ?? null,
    protocol,
    host,
    port,
    hostHeader: hostWithPort(host, port, protocol),
    path: utf8Bytes(url ? (url.path ?? '/') : (service.path ?? '/')),
    enabled: service.enabled ?? true,
    config: service,
  }
}

/** A Host header (bytes): the port is left out where it is the protocol's standard one. */
export function hostWithPort(host: string, port: number, protocol: string): string {
  const plain = protocol === 'http' || protocol === 'grpc'
  const secure = protocol === 'https' || protocol === 'grpcs'
  return (plain && port === 80) || (secure && port === 443) ? utf8Bytes(host) : `${utf8Bytes(host)}:${port}`
}

/** A service's short form, cut by hand: the URL class would normalise the path. */
function urlParts(url: string) {
  const parts = /^([a-z]+):\/\/(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?([^?#]*)/i.exec(url)
  if (!parts) return undefined
  const protocol = (parts[1] ?? 'http').toLowerCase()
  const standard =
    protocol === 'https' || protocol === 'grpcs' || protocol === 'wss' || protocol === 'tls' ? 443 : 80
  return {
    protocol,
    host: parts[2] ?? '',
    port: parts[3] ? Number(parts[3]) : standard,
    path: parts[4] || undefined,
  }
}
