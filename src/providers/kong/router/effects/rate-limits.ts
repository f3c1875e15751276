import type { Route } from '../configuration/entities.ts'
import { windowsOf } from '../plugins/rate-limiting.ts'
import type { KongRouter } from '../router.ts'
import { PluginFields } from './plugin-fields.ts'
import type { Consumer, ScopedPlugin } from './plugin-scopes.ts'

/** So many requests in so many seconds. */
export interface Window {
  readonly limit: number
  readonly seconds: number
  /** `minute`, or `30 seconds` where the window has no name. */
  readonly name: string
}

/** A rate limit in effect on a route. */
export interface RateLimit {
  readonly source: ScopedPlugin
  readonly windows: readonly Window[]
  /** Whom it counts: `consumer`, `credential`, `ip`, `service`, `header`, `path`. */
  readonly by: string
  /** Where it counts: `local` (each node for itself), `cluster` or `redis`. */
  readonly policy: string
}

type Windowed = Pick<RateLimit, 'windows'>

const namedWindows: ReadonlyMap<string, number> = new Map([
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86_400],
  ['month', 2_592_000],
  ['year', 31_536_000],
])

/** The rate limits in effect on a route: for a consumer, or for whoever is not one. */
export function rateLimitsOf(
  router: KongRouter,
  route: Route,
  consumer: Consumer | null = null,
): readonly RateLimit[] {
  return router.scopes
    .effective(route, consumer)
    .filter(plugin => plugin.name === 'rate-limiting' || plugin.name === 'rate-limiting-advanced')
    .map(rateLimitOf)
}

function rateLimitOf(plugin: ScopedPlugin): RateLimit {
  const fields = new PluginFields(plugin.plugin.config)
  const advanced = plugin.name === 'rate-limiting-advanced'
  const windows = advanced ? advancedWindows(fields) : standardWindows(fields)
  const by = fields.text(advanced ? 'identifier' : 'limit_by') ?? 'consumer'
  return { source: plugin, windows, by, policy: fields.text(advanced ? 'strategy' : 'policy') ?? 'local' }
}

/** Requests a second that limits let through in the long run; infinite where there are none. */
export function sustainedRate(limits: readonly Windowed[]): number {
  const rates = limits.flatMap(({ windows }) => windows.map(({ limit, seconds }) => limit / seconds))
  return rates.reduce((least, rate) => Math.min(least, rate), Number.POSITIVE_INFINITY)
}

/**
 * How many times as much limits let through as others: of windows that both have the greatest factor, else
 * by their sustained rates. Above 1: weaker, infinite: limited before and not after.
 */
export function weakening(before: readonly Windowed[], after: readonly Windowed[]): number {
  if (before.length === 0) return after.length === 0 ? 1 : 0
  if (after.length === 0) return Number.POSITIVE_INFINITY
  const [old, now] = [strictest(before), strictest(after)]
  const shared = [...old.keys()].filter(seconds => now.has(seconds))
  const everyWindowShared = shared.length === old.size && shared.length === now.size
  if (!everyWindowShared) return sustainedRate(after) / sustainedRate(before)
  return Math.max(...shared.map(seconds => (now.get(seconds) ?? 1) / (old.get(seconds) ?? 1)))
}

/** `10 per minute by consumer`, or `none`. */
export function limitText(limits: readonly Pick<RateLimit, 'windows' | 'by'>[]): string {
  const texts = limits.map(
    ({ windows, by }) => `${windows.map(({ limit, name }) => `${limit} per ${name}`).join(', ')} by ${by}`,
  )
  return texts.join('; ') || 'none'
}

function strictest(limits: readonly Windowed[]): ReadonlyMap<number, number> {
  const windows = new Map<number, number>()
  for (const { limit, seconds } of limits.flatMap(each => each.windows)) {
    windows.set(seconds, Math.min(limit, windows.get(seconds) ?? limit))
  }
  return windows
}

function standardWindows(fields: PluginFields): readonly Window[] {
  return Object.entries(windowsOf(fields)).map(([name, limit]) => ({
    limit,
    seconds: namedWindows.get(name) ?? 1,
    name,
  }))
}

function advancedWindows(fields: PluginFields): readonly Window[] {
  const limits = numbers(fields.value('limit'))
  const sizes = numbers(fields.value('window_size'))
  return limits.map((limit, index) => {
    const seconds = sizes[index] ?? 60
    const name = [...namedWindows].find(([, size]) => size === seconds)?.[0]
    return { limit, seconds, name: name ?? `${seconds} seconds` }
  })
}

function numbers(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'number') : []
}
