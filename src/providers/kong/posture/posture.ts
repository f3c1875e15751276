/** What protects each route of a gateway, and where that comes from. */
import {
  type GatewayConfig,
  type NamedRef,
  type RateLimit,
  type Route,
  Router,
  rateLimitsOf,
  runsCode,
  type Shadowed,
  shadowed,
} from '../router/index.ts'
import { type AuthenticationPosture, authenticationPosture } from './authentication.ts'
import { exposesOf } from './exposure.ts'
import { originOf, type PluginOrigin } from './origin.ts'
import {
  type AccessGroups,
  accessGroupsOf,
  type Cors,
  corsOf,
  type IpRestriction,
  ipRestrictionOf,
  type SizeLimit,
  sizeLimitOf,
  type Tls,
  tlsOf,
  type UpstreamTls,
  upstreamTlsOf,
} from './protections.ts'

export type RateLimitPosture = PluginOrigin & Omit<RateLimit, 'source'>

/** What protects one route. Null or an empty list: nothing of that kind is in effect. */
export interface RoutePosture {
  readonly routeId: string | null
  readonly routeName: string | null
  readonly serviceId: string | null
  readonly serviceName: string | null
  readonly hosts: readonly string[]
  readonly paths: readonly string[]
  readonly methods: readonly string[]
  readonly tags: readonly string[]
  /** What the route answers: `GET api.pay.example/disputes`. */
  readonly exposes: readonly string[]
  readonly authentication: AuthenticationPosture
  /** Requests without credentials reach an upstream: nothing authenticates, or anyone passes as anonymous. */
  readonly open: boolean
  readonly accessGroups: AccessGroups | null
  readonly rateLimits: readonly RateLimitPosture[]
  readonly sizeLimit: SizeLimit | null
  readonly ipRestriction: IpRestriction | null
  readonly cors: Cors | null
  readonly tls: Tls
  /** Null: the route has no service. */
  readonly upstreamTls: UpstreamTls | null
  readonly logging: readonly PluginOrigin[]
  readonly metrics: readonly PluginOrigin[]
  readonly wildcardHosts: readonly string[]
  /** Whether it answers whatever host is asked for. */
  readonly anyHost: boolean
  /** Plugins that stand in a scope of the route and are disabled. */
  readonly disabled: readonly PluginOrigin[]
  /** Plugins that run code or are not known: what they do is not known from here. */
  readonly unknown: readonly PluginOrigin[]
  /** Why no request can reach the route, and what wins instead; null: requests can. */
  readonly unreachable: { readonly reason: string; readonly by: readonly NamedRef[] } | null
}

const logs = new Set(['file-log', 'http-log', 'kafka-log', 'loggly', 'syslog', 'tcp-log', 'udp-log'])
const meters = new Set(['datadog', 'opentelemetry', 'prometheus', 'statsd', 'statsd-advanced', 'zipkin'])

/** The posture of every HTTP route of a gateway, in the order of the configuration. */
export function posture(gateway: GatewayConfig | Router): readonly RoutePosture[] {
  const router = gateway instanceof Router ? gateway : new Router(gateway)
  const shadows = new Map(shadowed(router).map(shadow => [shadow.route, shadow]))
  return router.table.routes.map(route => postureOf(router, route, shadows.get(route)))
}

function postureOf(router: Router, route: Route, shadow: Shadowed | undefined): RoutePosture {
  const effective = router.scopes.effective(route, null)
  const { config, service } = route
  const hosts = config.hosts ?? []
  const authentication = authenticationPosture(router, route)
  const passesFreely = authentication.state === 'open' || authentication.state === 'anonymous'
  return {
    routeId: route.id,
    routeName: route.name,
    serviceId: service?.id ?? null,
    serviceName: service?.name ?? null,
    hosts,
    paths: config.paths ?? [],
    methods: config.methods ?? [],
    tags: config.tags ?? [],
    exposes: exposesOf(config),
    authentication,
    open: passesFreely && service !== null && shadow === undefined,
    accessGroups: accessGroupsOf(effective),
    rateLimits: rateLimitsOf(router, route).map(({ source, ...limit }) => ({
      ...originOf(source),
      ...limit,
    })),
    sizeLimit: sizeLimitOf(effective),
    ipRestriction: ipRestrictionOf(effective),
    cors: corsOf(effective),
    tls: tlsOf(route),
    upstreamTls: service && upstreamTlsOf(service),
    logging: effective.filter(({ name }) => logs.has(name)).map(originOf),
    metrics: effective.filter(({ name }) => meters.has(name)).map(originOf),
    wildcardHosts: hosts.filter(host => host.includes('*')),
    anyHost: hosts.length === 0,
    disabled: router.scopes.disabledOn(route).map(originOf),
    unknown: effective.filter(runsCode).map(originOf),
    unreachable: shadow
      ? { reason: shadow.reason, by: shadow.by.map(({ id, name }) => ({ id, name })) }
      : null,
  }
}
