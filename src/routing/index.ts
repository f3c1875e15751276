/**
 * How a Kong gateway answers requests, worked out from its configuration alone; which gateways, `modelled.ts` says. Pure: no I/O, no clock.
 */

import type { GatewayConfig } from './config.ts'
import type { AnswerOptions } from './exchange.ts'
import type { ProxyRequest } from './request.ts'
import { type Answer, Router } from './router.ts'

export { type AuthenticationState, authenticationOf, runsCode } from './authentication.ts'
export type * from './config.ts'
export type { NamedRef, Route, Service } from './entities.ts'
export type { Ending, Limit } from './exchange.ts'
export { editHeaders, type HeaderEdit } from './header-edits.ts'
export { authenticates } from './plugin-facts.ts'
export { PluginFields } from './plugin-fields.ts'
export type { Scope, ScopedPlugin } from './plugin-scopes.ts'
export { allowedBytes } from './plugins/restrictions.ts'
export { limitText, type RateLimit, rateLimitsOf, weakening } from './rate-limits.ts'
export { readConfig } from './read-config.ts'
export { type ProxyRequest, parseRequest } from './request.ts'
export { requestsOf } from './requests-of.ts'
export { type Answer, Router, unknownAnswer } from './router.ts'
export { type Shadowed, shadowed } from './shadowed.ts'
export { compareTraffic, type TrafficGroup } from './traffic.ts'
export type { UpstreamRequest } from './upstream.ts'

/** Makes a gateway's configuration ready to answer requests (10,000 routes: some 50 ms). Immutable. */
export function buildRouter(config: GatewayConfig): Router {
  return new Router(config)
}

/** How a gateway answers a request. For many requests, pass what `buildRouter` made instead of the configuration. */
export function answer(
  gateway: Router | GatewayConfig,
  request: ProxyRequest,
  options?: AnswerOptions,
): Answer {
  const model = gateway instanceof Router ? gateway : new Router(gateway)
  return model.answer(request, options)
}
