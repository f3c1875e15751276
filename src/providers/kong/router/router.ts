import type { NamedRef } from '../../../model/routing/answer.ts'
import type { ProxyRequest } from '../../../model/routing/request.ts'
import type { GatewayConfig } from './configuration/config.ts'
import { Credentials } from './configuration/credentials.ts'
import { labelOf, type Route, refOf } from './configuration/entities.ts'
import type { HeaderEdit } from './effects/header-edits.ts'
import { type AppliedPlugin, PluginRunner } from './effects/plugin-runner.ts'
import { PluginScopes } from './effects/plugin-scopes.ts'
import { whyBefore } from './matching/priority.ts'
import { type Match, type Matches, RouteTable } from './matching/route-table.ts'
import { escapeUri, upstreamPath } from './matching/uri.ts'
import { type AnswerOptions, type Ending, Exchange, type Limit } from './requests/exchange.ts'
import { RequestView } from './requests/request.ts'
import { type UpstreamRequest, Upstreams } from './requests/upstream.ts'

/** How a gateway answers one request. */
export interface RouterAnswer {
  /** Null: no route matches. */
  readonly route: NamedRef | null
  readonly service: NamedRef | null
  /** Why this route and none of the others. */
  readonly why: string
  /** The other routes that match, in the order in which they would win. */
  readonly also: readonly NamedRef[]
  /** The request that the upstream sees; null where it never reaches one. */
  readonly upstream: UpstreamRequest | null
  /** Plugins that apply, in the order in which they run. */
  readonly plugins: readonly AppliedPlugin[]
  /** Set where the gateway ends the request itself; null: the upstream answers (or it is unknown, see there). */
  readonly status: number | null
  readonly ending: Ending | null
  /** Who is authenticated, an anonymous consumer included. */
  readonly consumer: NamedRef | null
  /** Limits that the request counts against. */
  readonly limits: readonly Limit[]
  /** What plugins do to the response's headers, in order. */
  readonly response: readonly HeaderEdit[]
  /** What can't be known from configuration alone, as sentences; empty: the answer is certain. */
  readonly unknown: readonly string[]
}

/** A gateway's routes, plugins, consumers and upstreams, ready to answer requests. Immutable. */
export class KongRouter {
  readonly config: GatewayConfig
  readonly table: RouteTable
  readonly scopes: PluginScopes
  readonly credentials: Credentials
  readonly #upstreams: Upstreams
  readonly #plugins: PluginRunner

  constructor(config: GatewayConfig) {
    this.config = config
    this.table = new RouteTable(config)
    this.scopes = new PluginScopes(config, this.table.routes, this.table.services)
    this.credentials = new Credentials(config, this.scopes.consumers)
    this.#upstreams = new Upstreams(config)
    this.#plugins = new PluginRunner(this.scopes)
  }

  /** The route that answers a request, before protocols and plugins are looked at; undefined: none does. */
  match(request: ProxyRequest): Match | undefined {
    return this.table.match(request)
  }

  /** The path that a match makes of a request for the upstream, before plugins change it. */
  upstreamUri(match: Match, request: ProxyRequest): string {
    return pathFor(match, new RequestView(request))
  }

  /** How the gateway answers a request. */
  answer(request: ProxyRequest, options = noOptions): RouterAnswer {
    const view = new RequestView(request)
    const refusal = view.refusal
    if (refusal !== undefined) {
      const body = { type: 'message', message: 'Bad request' } as const
      return this.#withoutRoute(view, refusal, { by: 'gateway', status: 400, headers: {}, body }, [])
    }
    const matches = this.table.matchAll(view)
    const [first] = matches.all
    if (!first) {
      const body = { type: 'message', message: 'no Route matched with those values' } as const
      return this.#withoutRoute(
        view,
        'no route matches',
        { by: 'router', status: 404, headers: {}, body },
        matches.unknown,
      )
    }
    const { route } = first
    const exchange = new Exchange(view, first, this.credentials, options, pathFor(first, view))
    for (const sentence of matches.unknown) exchange.say(sentence)
    const why = whyFirst(matches, exchange)
    exchange.ending = protocolEnding(route, view)
    const plugins = exchange.ending ? [] : this.#plugins.run(exchange, route)
    if (!exchange.ending && !route.service) {
      exchange.ending = {
        by: 'router',
        status: 503,
        headers: {},
        body: { type: 'message', message: 'no Service found with those values' },
      }
    }
    if (exchange.ending?.by === 'router' && plugins.length === 0)
      this.#plugins.respondGlobally(view, exchange.response)
    return {
      route: refOf(route),
      service: route.service && refOf(route.service),
      why,
      also: matches.all.length > 1 ? matches.all.slice(1).map(match => refOf(match.route)) : none,
      upstream: exchange.ending || !route.service ? null : this.#upstreams.requestOf(exchange, route.service),
      plugins,
      status: exchange.ending?.status ?? null,
      ending: exchange.ending,
      consumer: exchange.consumer && refOf(exchange.consumer),
      limits: exchange.limits,
      response: exchange.response,
      unknown: exchange.unknown,
    }
  }

  #withoutRoute(view: RequestView, why: string, ending: Ending, unknown: readonly string[]): RouterAnswer {
    const response: HeaderEdit[] = []
    if (ending.by === 'router') this.#plugins.respondGlobally(view, response)
    return {
      route: null,
      service: null,
      why,
      also: [],
      upstream: null,
      plugins: [],
      status: ending.status,
      ending,
      consumer: null,
      limits: [],
      response,
      unknown,
    }
  }
}

const none: readonly NamedRef[] = []
const noOptions: AnswerOptions = {}

function pathFor({ route, matchedPath }: Match, view: RequestView): string {
  const prefix = route.stripPath ? matchedPath : '/'
  return escapeUri(upstreamPath(view.path, prefix, route.service?.path ?? '/', route.stripPath))
}

/** Where the route matched but not for this protocol. */
function protocolEnding(route: Route, view: RequestView): Ending | null {
  const { protocols } = route
  if (protocols.includes('https') && !protocols.includes('http') && view.scheme !== 'https') {
    const status = route.httpsRedirectStatus
    if (status === 426) {
      return {
        by: 'router',
        status,
        headers: { connection: 'Upgrade', upgrade: 'TLS/1.2, HTTP/1.1' },
        body: { type: 'message', message: 'Please use HTTPS protocol' },
      }
    }
    const query = view.query === null ? '' : `?${view.query}`
    const location = `https://${view.forwardedHost}${view.rawPath}${query}`
    return { by: 'router', status, headers: { location }, body: { type: 'none' } }
  }
  if (!protocols.includes('grpc') && !protocols.includes('grpcs')) return null
  return grpcEnding(view)
}

function grpcEnding(view: RequestView): Ending | null {
  const isGrpc = view.header('content-type')?.startsWith('application/grpc') ?? false
  if (!isGrpc) {
    const message = 'Non-gRPC request matched gRPC route'
    return { by: 'router', status: 415, headers: {}, body: { type: 'message', message } }
  }
  if (view.request.httpVersion === 2) return null
  const headers = { connection: 'Upgrade', upgrade: 'HTTP/2' }
  return {
    by: 'router',
    status: 426,
    headers,
    body: { type: 'message', message: 'Please use HTTP2 protocol' },
  }
}

function whyFirst(matches: Matches, exchange: Exchange): string {
  const [first, second] = matches.all
  if (!first || !second) return 'no other route matches'
  const [winner, next] = [first.matcher.priority, second.matcher.priority]
  const reason = whyBefore(winner, next)
  const other = labelOf(second.route)
  if (winner.compiled < next.compiled) {
    exchange.say(
      `which of ${labelOf(first.route)} and ${other} wins: their priorities are beyond the gateway's number range, and their order can change while it runs`,
    )
  }
  if (reason !== undefined) return `it comes before ${other}: ${reason}`
  if (first.matcher.id === '' || second.matcher.id === '') {
    exchange.say(
      `which of ${labelOf(first.route)} and ${other} wins: they have the same priority, and the ids that decide are not known`,
    )
  }
  return `it comes before ${other}: their priorities are the same, and its id is the greater`
}
