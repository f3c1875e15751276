import type { PluginFields } from '../effects/plugin-fields.ts'
import type { Exchange, Limit, PluginModel, Windows } from '../requests/exchange.ts'
import { message } from './authentication.ts'

const windowNames = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const

/** The limits of a rate-limiting plugin's configuration. */
export function windowsOf(config: PluginFields): Windows {
  const windows: Record<string, number> = {}
  for (const name of windowNames) {
    const limit = config.number(name)
    if (limit !== null) windows[name] = limit
  }
  return windows
}

/** What a configuration says of every request. */
type Settings = Omit<Limit, 'plugin' | 'identifier'>

const settings = new WeakMap<PluginFields, Settings>()

function settingsOf(config: PluginFields): Settings {
  let found = settings.get(config)
  if (!found) {
    found = {
      windows: windowsOf(config),
      by: config.text('limit_by') ?? 'consumer',
      policy: config.text('policy') ?? 'local',
      hideHeaders: config.flag('hide_client_headers', false),
      exceededStatus: config.number('error_code') ?? 429,
      exceededMessage: config.text('error_message') ?? 'API rate limit exceeded',
    }
    settings.set(config, found)
  }
  return found
}

/** Counts requests. How many came before is only known to a caller that counts. */
export const rateLimiting: PluginModel = {
  access(exchange, config) {
    const plugin = exchange.acting
    if (!plugin) return
    const common = settingsOf(config)
    const limit: Limit = { plugin, identifier: identifierOf(exchange, config, common.by), ...common }
    exchange.limits.push(limit)
    if (!exchange.options.exceeded) {
      exchange.say(
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
