import { identifyByName, parkedName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'
import { type Fields, named } from './manifest-shape.ts'

const healthy: Fields = { http_statuses: 'numbers', interval: 'integer', successes: 'integer' }
const unhealthy: Fields = {
  http_failures: 'integer',
  http_statuses: 'numbers',
  interval: 'integer',
  tcp_failures: 'integer',
  timeouts: 'integer',
}

/** A load balancer over targets: https://developer.konghq.com/gateway/entities/upstream/ */
export const upstream: KongKind = {
  kind: 'upstream',
  identity: {
    plural: 'upstreams',
    listedAs: 'Upstreams',
    unique: [['name']],
    parked: { name: parkedName },
    identify: identifyByName('name'),
  },
  // A service is led to an upstream by the name of its host.
  meaning: { namedBy: { kind: 'service', field: 'host' } },
  transport: {
    path: 'upstreams',
    schema: 'upstreams',
    everywhere: true,
  },
  references: {
    level: 2,
    foreign: { client_certificate: { kind: 'certificate', onDelete: 'refuse', uses: true } },
    // A service is led to an upstream by the name of its host.
    usedBy: { service: ({ host }, isNamed) => typeof host === 'string' && isNamed(host) },
  },
  fields: {
    tagged: true,
    /**
     * Either of the two fields changes the other, each time that the gateway reads them too: hashing on nothing is
     * round-robin, whatever algorithm is given.
     * https://github.com/Kong/kong/blob/3.9.1/kong/db/schema/entities/upstreams.lua
     */
    normalise(fields, given) {
      if (!given) return fields
      const { algorithm, hash_on: hashOn } = fields
      if (algorithm === 'least-connections' || algorithm === 'latency') return { ...fields, hash_on: 'none' }
      if (hashOn === undefined || hashOn === null) return fields
      return { ...fields, algorithm: hashOn === 'none' ? 'round-robin' : 'consistent-hashing' }
    },
  },
  manifest: {
    fields: {
      ...named,
      algorithm: 'text',
      hash_fallback: 'text',
      hash_fallback_header: 'text',
      hash_fallback_query_arg: 'text',
      hash_fallback_uri_capture: 'text',
      hash_on: 'text',
      hash_on_cookie: 'text',
      hash_on_cookie_path: 'text',
      hash_on_header: 'text',
      hash_on_query_arg: 'text',
      hash_on_uri_capture: 'text',
      healthchecks: {
        record: {
          active: {
            record: {
              concurrency: 'integer',
              headers: 'name-lists',
              healthy: { record: healthy },
              http_path: 'text',
              https_sni: 'text',
              https_verify_certificate: 'boolean',
              timeout: 'integer',
              type: 'text',
              unhealthy: { record: unhealthy },
            },
          },
          passive: {
            record: { healthy: { record: healthy }, type: 'text', unhealthy: { record: unhealthy } },
          },
          threshold: 'number',
        },
      },
      host_header: 'text',
      slots: 'integer',
      sticky_sessions_cookie: 'text',
      sticky_sessions_cookie_path: 'text',
      use_srv_name: 'boolean',
    },
    references: { client_certificate: 'none' },
    required: ['name'],
    known: ['name', 'id'],
    ownFiles: true,
    defaults: {
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
  },
}
