import type { Exchange, Limit, PluginModel, Windows } from '../exchange.ts'
import type { PluginFields } from '../plugin-fields.ts'
import { message } from './authentication.ts'

const windowNames = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const

const known = new WeakMap<PluginFields, Windows>()

/** The limits of a rate-limiting plugin's configuration. */
export function windowsOf(config: PluginFields): Windows {
  const before = known.get(config)
  if (before) return before
  const windows: Record<string, number> = {}
  for (const name of windowNames) {
    const limit = config.number(name)
    if (limit !== null) windows[name] = limit
  }
  known.set(config, windows)
  return windows
}

/** Counts requests. How many came before is only known to a caller that counts. */
export const rateLimiting: PluginModel = {
  access(exchange, config) {
    const plugin = exchange.acting
    if (!plugin) return
    const by = config.text('limit_by') ?? 'consumer'
    const limit: Limit = {
      plugin,
      windows: windowsOf(config),
      by,
      identifier: identifierOf(exchange, config, by),
      policy: config.text('policy') ?? 'local',
      hideHeaders: config.flag('hide_client_headers', false),
      exceededStatus: config.number('error_code') ?? 429,
      exceededMessage: config.text('error_message') ?? 'API rate limit exceeded',
    }
    exchange.limits.push(limit)
    if (!exchange.options.exceeded) {
      exchange.unknown.add(
        `rate-limiting (${plugin.scope}): not counted here; beyond its limit it answers ${limit.exceededStatus}`,
      )
    } else if (exchange.options.exceeded(limit))
      exchange.end(limit.exceededStatus, message(limit.exceededMessage))
  },
}

/** Whoever can't be told by what is asked for is told by address. */
function identifierOf(exchange: Exchange, config: PluginFields, by: string): string | null {
  const address = exchange.view.request.clientIp ?? null
  const { consumer, credential, match, view } = exchange
  if (exchange.consumerUnknown && (by === 'consumer' || by === 'credential')) return null
  if (by === 'service') return match.route.service?.id ?? address
  if (by === 'consumer') return consumer?.id ?? credential?.id ?? address
  if (by === 'credential') return credential?.id ?? address
  if (by === 'header') return exchange.header(config.text('header_name') ?? '') ?? address
  if (by === 'path') return view.path === config.text('path') ? view.path : address
  return address
}
