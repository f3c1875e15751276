/** Small gateways and requests for the tests of routing and posture. */
import {
  type Answer,
  answer,
  type GatewayConfig,
  type PluginConfig,
  type ProxyRequest,
  type RouteConfig,
} from '../../src/providers/kong/router/index.ts'

export const payments = {
  id: 'a0000000-0000-4000-8000-000000000001',
  name: 'payments',
  host: 'payments.internal',
  port: 8080,
}

/** A route of the payments service; the number makes its id, and greater ids win ties. */
export function route(name: string, fields: RouteConfig = {}, number = name.charCodeAt(0)): RouteConfig {
  const id = `b0000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  return { id, name, service: { id: payments.id }, ...fields }
}

export function plugin(
  name: string,
  config: PluginConfig['config'] = {},
  scope: Partial<PluginConfig> = {},
): PluginConfig {
  const of = [scope.consumer, scope.route, scope.service]
    .map(ref => (typeof ref === 'object' && ref?.id) || '')
    .join()
  return { id: `${name} ${of}`, name, config, ...scope }
}

export function gateway(routes: readonly RouteConfig[], rest: Partial<GatewayConfig> = {}): GatewayConfig {
  return {
    routes,
    services: [payments],
    consumers: [],
    'key-auths': [],
    'basic-auths': [],
    acls: [],
    ...rest,
  }
}

export function request(path: string, rest: Partial<ProxyRequest> = {}): ProxyRequest {
  return {
    method: 'GET',
    scheme: 'http',
    host: 'api.example',
    port: 8000,
    clientIp: '192.0.2.7',
    path,
    ...rest,
  }
}

/** The name of the route that answers; null: none. */
export function winner(routes: readonly RouteConfig[], asked: ProxyRequest): string | null {
  return answer(gateway(routes), asked).route?.name ?? null
}

export function answerOf(config: GatewayConfig, asked: ProxyRequest): Answer {
  return answer(config, asked)
}

/** What an ended request says. */
export function messageOf({ ending }: Answer): unknown {
  if (ending?.body.type === 'message') return ending.body.message
  return ending?.body.type === 'json' ? ending.body.value.message : undefined
}
