import type { GatewayConfig, UpstreamTarget } from '../configuration/config.ts'
import { hostWithPort, referenceKey, type Service } from '../configuration/entities.ts'
import type { Exchange } from './exchange.ts'

/** The request that an upstream sees. Texts are byte strings, as Node's http takes them. */
export interface UpstreamRequest {
  readonly protocol: string
  readonly method: string
  /** Path and query. */
  readonly uri: string
  /** The Host header; null where it hangs on the target that the gateway picks. */
  readonly host: string | null
  /** Where the connection goes: the service's host (which may name an upstream entity) and port. */
  readonly address: { readonly host: string; readonly port: number }
  /** All but Host and the hop-by-hop ones, by lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
}

const hopByHop = new Set(['connection', 'keep-alive', 'proxy', 'proxy-connection', 'te', 'upgrade'])

/** The upstream entities and targets of a gateway. */
export class Upstreams {
  readonly #hosts = new Map<string, readonly string[]>()

  constructor(config: GatewayConfig) {
    const targets = Map.groupBy(config.targets ?? [], target => referenceKey(target.upstream))
    for (const upstream of config.upstreams ?? []) {
      if (!upstream.name) continue
      const own = [...(targets.get(upstream.id ?? '') ?? []), ...(targets.get(upstream.name) ?? [])]
      const hosts = own
        .filter(target => target.weight !== 0)
        .flatMap(target => targetHost(target, upstream.host_header))
      this.#hosts.set(upstream.name, hosts)
    }
  }

  /** What is sent to a service once all plugins let the request pass. */
  requestOf(exchange: Exchange, service: Service): UpstreamRequest {
    const { query } = exchange
    return {
      protocol: service.protocol,
      method: exchange.method,
      uri: query === null ? exchange.path : `${exchange.path}?${query}`,
      host: exchange.host ?? this.#hostOf(exchange, service),
      address: { host: service.host, port: service.port },
      headers: headersOf(exchange),
    }
  }

  #hostOf(exchange: Exchange, service: Service): string | null {
    const hosts = this.#hosts.get(service.host)
    if (!hosts) return service.hostHeader
    const whole = new Set(hosts.map(host => hostOfTarget(host, service.protocol)))
    const [only] = whole
    if (whole.size === 1 && only !== undefined) return only
    exchange.say(
      whole.size === 0
        ? `upstream ${service.host} has no targets: the gateway answers 503`
        : `the Host header: that of the target of upstream ${service.host} which the gateway picks`,
    )
    return null
  }
}

function targetHost(target: UpstreamTarget, hostHeader: string | null | undefined): string[] {
  if (!target.target) return []
  const parts = /^(.*?)(?::(\d+))?$/.exec(target.target)
  const bare = target.target.replace(/[^:]/g, '').length > 1 && !target.target.startsWith('[')
  const name = bare ? target.target : (parts?.[1] ?? '')
  const port = bare ? '8000' : (parts?.[2] ?? '8000')
  return [`${hostHeader ?? name}:${port}`]
}

function hostOfTarget(host: string, protocol: string): string {
  const colon = host.lastIndexOf(':')
  return hostWithPort(host.slice(0, colon), Number(host.slice(colon + 1)), protocol)
}

/**
 * What plugins left of the client's headers, and what the gateway adds. It trusts no client's own
 * `x-forwarded-*` (no `trusted_ips` configured) but keeps the addresses in `x-forwarded-for`.
 */
function headersOf(exchange: Exchange): Readonly<Record<string, string | readonly string[]>> {
  const { view, match } = exchange
  const headers: Record<string, string | readonly string[]> = {}
  const dropped = namedByConnection(exchange)
  for (const [name, values] of exchange.headers) {
    // A name that a plain object can't hold is left out.
    if (hopByHop.has(name) || dropped?.has(name) || name === '__proto__') continue
    headers[name] = values.length === 1 ? (values[0] ?? '') : values
  }
  const clientIp = view.request.clientIp
  const before = view.headers.get('x-forwarded-for')?.join(', ')
  if (clientIp !== undefined) {
    headers['x-forwarded-for'] = before === undefined ? clientIp : `${before}, ${clientIp}`
    headers['x-real-ip'] = clientIp
  }
  headers['x-forwarded-proto'] = view.scheme
  headers['x-forwarded-host'] = view.forwardedHost
  headers['x-forwarded-port'] = String(view.listenPort)
  headers['x-forwarded-path'] = view.rawPath
  if (match.route.stripPath && match.matchedPath !== '/' && match.matchedPath !== '') {
    headers['x-forwarded-prefix'] = match.matchedPath
  } else delete headers['x-forwarded-prefix']
  return headers
}

function namedByConnection(exchange: Exchange): ReadonlySet<string> | undefined {
  const connection = exchange.headers.get('connection')
  return connection && new Set(connection.flatMap(value => value.toLowerCase().split(/\s*,\s*/)))
}
