/** What protects each route of a gateway, and where that comes from. */
import type { RoutePosture } from '../../../model/routing/posture.ts'
import {
  type GatewayConfig,
  type Route,
  Router,
  rateLimitsOf,
  runsCode,
  type Shadowed,
  shadowed,
} from '../router/index.ts'
import { authenticationPosture } from './authentication.ts'
import { exposesOf } from './exposure.ts'
import { originOf } from './origin.ts'
import { accessGroupsOf, corsOf, ipRestrictionOf, sizeLimitOf, tlsOf, upstreamTlsOf } from './protections.ts'

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
