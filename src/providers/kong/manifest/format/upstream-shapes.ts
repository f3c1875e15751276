import { type Fields, named, own, type Shape } from './shape.ts'

const healthy: Fields = { http_statuses: 'numbers', interval: 'integer', successes: 'integer' }
const unhealthy: Fields = {
  http_failures: 'integer',
  http_statuses: 'numbers',
  interval: 'integer',
  tcp_failures: 'integer',
  timeouts: 'integer',
}
const target: Shape = {
  kind: 'target',
  fields: { ...own, created_at: 'number', target: 'text', weight: 'integer', failover: 'boolean' },
  refs: { upstream: { kind: 'upstream', checked: 'names' } },
  required: ['target'],
}

export const upstream: Shape = {
  kind: 'upstream',
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
        passive: { record: { healthy: { record: healthy }, type: 'text', unhealthy: { record: unhealthy } } },
        threshold: 'number',
      },
    },
    host_header: 'text',
    slots: 'integer',
    sticky_sessions_cookie: 'text',
    sticky_sessions_cookie_path: 'text',
    use_srv_name: 'boolean',
  },
  refs: { client_certificate: { kind: 'certificate', checked: 'none' } },
  children: { targets: { shape: () => target, parent: 'upstream' } },
  required: ['name'],
  known: ['name', 'id'],
}
