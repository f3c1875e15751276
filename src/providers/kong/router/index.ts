/**
 * How a Kong gateway answers requests, worked out from its configuration alone; which gateways, `modelled.ts` says. Pure: no I/O, no clock.
 */

import type { ProxyRequest } from '../../../model/routing/request.ts'
import type { GatewayConfig } from './configuration/config.ts'
import type { AnswerOptions } from './requests/exchange.ts'
import { KongRouter, type RouterAnswer } from './router.ts'

export type { ProxyRequest } from '../../../model/routing/request.ts'
export type * from './configuration/config.ts'
export type { Route, Service } from './configuration/entities.ts'
export { readConfig } from './configuration/read-config.ts'
export { authenticationOf, runsCode } from './effects/authentication.ts'
export { editHeaders, type HeaderEdit } from './effects/header-edits.ts'
export { authenticates } from './effects/plugin-facts.ts'
export { PluginFields } from './effects/plugin-fields.ts'
export type { ScopedPlugin } from './effects/plugin-scopes.ts'
export { limitText, rateLimitsOf, weakening } from './effects/rate-limits.ts'
export { requestsOf } from './matching/requests-of.ts'
export { type Shadowed, shadowed } from './matching/shadowed.ts'
export { allowedBytes } from './plugins/restrictions.ts'
export type { Ending, Limit } from './requests/exchange.ts'
export { compareTraffic } from './requests/traffic.ts'
export type { UpstreamRequest } from './requests/upstream.ts'
export { KongRouter as Router, type RouterAnswer as Answer } from './router.ts'

/** Makes a gateway's configuration ready to answer requests (10,000 routes: some 50 ms). Immutable. */
export function buildRouter(config: GatewayConfig): KongRouter {
  return new KongRouter(config)
}

/** How a gateway answers a request. For many requests, pass what `buildRouter` made instead of the configuration. */
export function answer(
  gateway: KongRouter | GatewayConfig,
  request: ProxyRequest,
  options?: AnswerOptions,
): RouterAnswer {
  const model = gateway instanceof KongRouter ? gateway : new KongRouter(gateway)
  return model.answer(request, options)
}
