import type { Kind } from '../../../model/entity.ts'
import { isObject, type Json, type JsonObject } from '../../../model/json.ts'

/**
 * The defaults that decK itself knows and fills in when it renders without a gateway. A gateway's own schemas know
 * more and better, and a comparison goes by those alone.
 */
export const staticDefaults: Readonly<Record<Kind, JsonObject>> = {
  service: { protocol: 'http', connect_timeout: 60_000, read_timeout: 60_000, write_timeout: 60_000 },
  route: { preserve_host: false, regex_priority: 0, strip_path: true, protocols: ['http', 'https'] },
  target: { weight: 100 },
  upstream: {
    slots: 10_000,
    hash_on: 'none',
    hash_fallback: 'none',
    hash_on_cookie_path: '/',
    healthchecks: {
      active: {
        concurrency: 10,
        http_path: '/',
        timeout: 1,
        type: 'http',
        healthy: { http_statuses: [200, 302], interval: 0, successes: 0 },
        unhealthy: {
          http_failures: 0,
          http_statuses: [429, 404, 500, 501, 502, 503, 504, 505],
          interval: 0,
          tcp_failures: 0,
          timeouts: 0,
        },
      },
      passive: {
        healthy: {
          http_statuses: [
            200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308,
          ],
          successes: 0,
        },
        unhealthy: { http_failures: 0, http_statuses: [429, 500, 503], tcp_failures: 0, timeouts: 0 },
      },
    },
  },
}

/** The fields with what defaults say besides; what is empty counts as not given, and mappings are merged. */
export function withDefaults(fields: JsonObject, defaults: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...fields }
  for (const [name, value] of Object.entries(defaults)) {
    const there = Object.hasOwn(fields, name) ? (fields[name] ?? null) : null
    if (isObject(there) && isObject(value)) result[name] = withDefaults(there, value)
    else if (isEmpty(there)) result[name] = value
  }
  return result
}

function isEmpty(value: Json): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}
