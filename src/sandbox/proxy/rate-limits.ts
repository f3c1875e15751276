import type { HeaderEdit, Limit } from '../../providers/kong/router/index.ts'

const seconds: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  month: 2_592_000,
  year: 31_536_000,
}

interface Usage {
  readonly window: string
  readonly limit: number
  readonly remaining: number
  /** Seconds until the window ends. */
  readonly reset: number
}

interface Counter {
  readonly start: number
  count: number
}

/** When the window that holds a time began, in milliseconds since 1970, in UTC. */
function startOf(window: string, now: number): number {
  const date = new Date(now)
  if (window === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
  if (window === 'year') return Date.UTC(date.getUTCFullYear(), 0)
  const length = (seconds[window] ?? 1) * 1000
  return now - (now % length)
}

const titled = (window: string) => `${window.charAt(0).toUpperCase()}${window.slice(1)}`
const set = (name: string, value: number): HeaderEdit => ({ edit: 'set', name, value: String(value) })

/** Counts the requests of rate-limiting plugins, as their policy `local` does: in fixed windows. */
export class RateLimits {
  readonly #counters = new Map<string, Counter>()

  /** Counts a request, unless it exceeds a limit; returns that, and the response headers. */
  count(
    limit: Limit,
    now = Date.now(),
  ): { readonly exceeded: boolean; readonly headers: readonly HeaderEdit[] } {
    const counters = Object.entries(limit.windows).map(([window, most]) => {
      const start = startOf(window, now)
      const key = `${limit.plugin.id}:${limit.identifier}:${window}`
      const known = this.#counters.get(key)
      const counter = known !== undefined && known.start === start ? known : { start, count: 0 }
      this.#counters.set(key, counter)
      return { window, most, counter }
    })
    const exceeded = counters.some(({ most, counter }) => counter.count >= most)
    if (!exceeded) for (const { counter } of counters) counter.count++
    const usages = counters.map(({ window, most, counter }) => ({
      window,
      limit: most,
      remaining: Math.max(0, most - counter.count),
      reset: Math.max(1, (seconds[window] ?? 1) - Math.floor((now - counter.start) / 1000)),
    }))
    return { exceeded, headers: limit.hideHeaders ? [] : headersOf(usages, exceeded) }
  }
}

function headersOf(usages: readonly Usage[], exceeded: boolean): HeaderEdit[] {
  const edits = usages.flatMap(({ window, limit, remaining }) => [
    set(`X-RateLimit-Limit-${titled(window)}`, limit),
    set(`X-RateLimit-Remaining-${titled(window)}`, remaining),
  ])
  const tightest = usages.reduce<Usage | undefined>(
    (least, usage) => (least === undefined || usage.remaining < least.remaining ? usage : least),
    undefined,
  )
  if (tightest === undefined) return edits
  edits.push(set('RateLimit-Limit', tightest.limit), set('RateLimit-Remaining', tightest.remaining))
  edits.push(set('RateLimit-Reset', tightest.reset))
  if (exceeded) edits.push(set('Retry-After', tightest.reset))
  return edits
}
