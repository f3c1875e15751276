import { choice, type RandomKind, tags } from './kind.ts'

/** Plugins that can be set for anything. */
export const plugins: RandomKind = {
  kind: 'plugin',
  list: 'plugins',
  refs: {
    service: { kind: 'service', required: false },
    route: { kind: 'route', required: false },
    consumer: { kind: 'consumer', required: false },
  },
  unique: { instance_name: ['inst-a', 'inst-b', 'inst-c'] },
  groups: [
    [
      { name: 'correlation-id', config: { header_name: 'x-id' } },
      {
        name: 'correlation-id',
        config: { header_name: 'x-id', generator: 'tracker', echo_downstream: true },
      },
      { name: 'correlation-id' },
      { name: 'request-transformer', config: { add: { headers: ['x-a:1', 'x-b:2'] } } },
      { name: 'request-transformer', config: { add: { headers: ['x-b:2', 'x-a:1'] } } },
      { name: 'request-transformer', config: { remove: { headers: ['x-a'] }, http_method: 'POST' } },
      { name: 'rate-limiting', config: { minute: 5, policy: 'local' } },
      { name: 'rate-limiting', config: { minute: 5, hour: 100, limit_by: 'ip' } },
      {
        name: 'rate-limiting',
        config: { second: 9, policy: 'redis', redis: { host: 'r.internal', port: 6380 } },
      },
      {
        name: 'rate-limiting',
        config: { second: 9, policy: 'redis', redis_host: 'r.internal', redis_port: 6380 },
      },
      {
        name: 'rate-limiting',
        config: { second: 9, policy: 'redis', redis: { host: 'r.internal', password: 'secret-1' } },
      },
      { name: 'request-termination', config: { status_code: 403, message: 'no' } },
      {
        name: 'request-termination',
        config: { status_code: 418, body: '{"no":1}', content_type: 'application/json' },
      },
      { name: 'ip-restriction', config: { allow: ['10.0.0.0/8', '::1'] } },
      { name: 'ip-restriction', config: { allow: ['::1', '10.0.0.0/8'] } },
      { name: 'ip-restriction', config: { deny: ['10.0.0.1'], status: 404 } },
      { name: 'prometheus' },
      { name: 'prometheus', config: { status_code_metrics: true, per_consumer: false } },
      {
        name: 'http-log',
        config: { http_endpoint: 'http://log.internal/x', headers: { authorization: 'secret-1' } },
      },
      { name: 'http-log', config: { http_endpoint: 'http://log.internal/x', queue: { max_batch_size: 10 } } },
      { name: 'file-log', config: { path: '/tmp/log', custom_fields_by_lua: { a: 'return 1' } } },
      { name: 'response-transformer', config: { add: { json: ['a:1'], json_types: ['number'] } } },
      { name: 'request-size-limiting', config: { allowed_payload_size: 5 } },
      {
        name: 'proxy-cache',
        config: { strategy: 'memory', cache_ttl: 10, content_type: ['text/plain', 'application/json'] },
      },
      {
        name: 'proxy-cache',
        config: { strategy: 'memory', content_type: ['application/json', 'text/plain'] },
      },
    ],
    choice('enabled', undefined, false, true),
    [{}, { protocols: ['http', 'https'] }, { protocols: ['https', 'http'] }],
    tags,
  ],
  ids: 'sometimes',
  weight: 8,
}

/** Plugins that can't be set for a consumer. */
export const unscoped: RandomKind = {
  ...plugins,
  refs: {
    service: plugins.refs.service ?? { kind: 'service', required: false },
    route: { kind: 'route', required: false },
  },
  groups: [
    [
      { name: 'key-auth' },
      { name: 'key-auth', config: { key_names: ['k', 'apikey'] } },
      { name: 'key-auth', config: { key_names: ['apikey', 'k'], hide_credentials: true } },
      { name: 'acl', config: { allow: ['g1', 'g2'] } },
      { name: 'acl', config: { allow: ['g2', 'g1'] } },
      { name: 'acl', config: { deny: ['g1'], hide_groups_header: true } },
      { name: 'jwt', config: { claims_to_verify: ['exp', 'nbf'] } },
      { name: 'jwt', config: { claims_to_verify: ['nbf', 'exp'], uri_param_names: ['jwt', 'token'] } },
      { name: 'cors', config: { origins: ['https://a.example', '*'], methods: ['GET', 'POST'] } },
      {
        name: 'cors',
        config: { origins: ['https://a.example', '*'], methods: ['POST', 'GET'], max_age: 60 },
      },
      { name: 'basic-auth', config: { realm: 'r' } },
    ],
    ...plugins.groups.slice(1),
  ],
  weight: 5,
}
