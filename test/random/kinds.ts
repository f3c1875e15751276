import type { Json, JsonObject } from '../../src/model/json.ts'
import { authorities, certificatePairs } from './certificates.ts'

/** A kind of entity as it is made at random. Values are few, so that they meet, and move, often. */
export interface RandomKind {
  readonly kind: string
  /** Its list in a manifest. */
  readonly list: string
  /** What it may point to, by field; `required` where it can't be without. */
  readonly refs: Readonly<Record<string, { readonly kind: string; readonly required: boolean }>>
  /** Values that no two may share, by field; one of the first field is always there unless the entity has an id. */
  readonly unique: Readonly<Record<string, readonly Json[]>>
  /** Fields that are unique only among those with the same references. */
  readonly uniqueWithRefs?: boolean
  /** Fields that are set together, one of each group. */
  readonly groups: readonly (readonly JsonObject[])[]
  /** It can be referred to, and told, by an id alone. */
  readonly ids: 'never' | 'sometimes' | 'always'
  /** Order among others: what it points to comes before. */
  readonly weight: number
}

const names = (...stems: readonly string[]): readonly string[] => stems
const choice = (field: string, ...values: readonly (Json | undefined)[]): readonly JsonObject[] =>
  values.map(value => (value === undefined ? {} : { [field]: value }))
const tags = choice('tags', undefined, ['red'], [], ['red', 'blue'], ['blue', 'red'])

export const services: RandomKind = {
  kind: 'service',
  list: 'services',
  refs: { client_certificate: { kind: 'certificate', required: false } },
  unique: { name: names('pay', 'geo', 'ship', 'auth.v1') },
  groups: [
    [
      { host: 'one.internal' },
      { url: 'https://two.internal:8443/api' },
      { url: 'http://three.internal' },
      { host: 'four.internal', port: 8080, protocol: 'http', path: '/v1' },
      { host: 'two.internal', protocol: 'https', port: 8443, path: '/api' },
      { host: 'five.internal', protocol: 'https', port: 443, tls_verify: true, tls_verify_depth: 3 },
      { host: 'six.internal', protocol: 'https', tls_verify: false },
      { host: 'seven.internal', protocol: 'grpc', port: 50051 },
      { host: 'eight.internal', protocol: 'tcp', port: 9000 },
    ],
    choice('retries', undefined, 5, 0, 3),
    choice('read_timeout', undefined, 60_000, 30_000),
    choice('enabled', undefined, false, true),
    tags,
  ],
  ids: 'sometimes',
  weight: 5,
}

const routes: RandomKind = {
  kind: 'route',
  list: 'routes',
  refs: { service: { kind: 'service', required: false } },
  unique: { name: names('list', 'read', 'write', 'drop', 'root') },
  groups: [
    [
      { paths: ['/a'] },
      { paths: ['/b', '~/c/\\d+$'] },
      { paths: ['~/c/\\d+$', '/b'] },
      { hosts: ['a.example', '*.b.example'] },
      { hosts: ['*.b.example', 'a.example'], paths: ['/'] },
      { methods: ['GET', 'POST'] },
      { methods: ['POST', 'GET'], paths: ['/x'] },
      { headers: { 'x-v': ['1', '2'] } },
      { headers: { 'x-v': ['2', '1'] } },
      { headers: {}, paths: ['/h'] },
      { headers: { 'x-v': ['~*^[12]$'], 'x-w': ['z'] } },
    ],
    [
      {},
      { protocols: ['http', 'https'] },
      { protocols: ['https', 'http'] },
      { protocols: ['https'], https_redirect_status_code: 301 },
      { protocols: ['https'], snis: ['a.example', 'b.example'] },
      { protocols: ['http'] },
    ],
    choice('strip_path', undefined, true, false),
    choice('preserve_host', undefined, true),
    choice('regex_priority', undefined, 0, 7),
    choice('path_handling', undefined, 'v1'),
    choice('request_buffering', undefined, false),
    tags,
  ],
  ids: 'sometimes',
  weight: 6,
}

const upstreams: RandomKind = {
  kind: 'upstream',
  list: 'upstreams',
  refs: { client_certificate: { kind: 'certificate', required: false } },
  unique: { name: names('one.internal', 'two.internal', 'pool') },
  groups: [
    [
      {},
      { algorithm: 'round-robin' },
      { algorithm: 'least-connections' },
      { algorithm: 'latency' },
      { algorithm: 'consistent-hashing', hash_on: 'ip' },
      { hash_on: 'header', hash_on_header: 'x-h', hash_fallback: 'ip' },
      { hash_on: 'cookie', hash_on_cookie: 'c', hash_on_cookie_path: '/p' },
    ],
    choice('slots', undefined, 10_000, 100),
    choice(
      'healthchecks',
      undefined,
      { threshold: 20 },
      { active: { http_path: '/up', healthy: { interval: 5, http_statuses: [200, 204] } } },
      { active: { http_path: '/up', healthy: { interval: 5, http_statuses: [204, 200] } } },
      { passive: { unhealthy: { tcp_failures: 2, http_failures: 1 } } },
      { active: { headers: { 'x-a': ['1', '2'] }, type: 'https', https_verify_certificate: false } },
    ),
    choice('host_header', undefined, 'h.example'),
    choice('use_srv_name', undefined, true, false),
    tags,
  ],
  ids: 'sometimes',
  weight: 3,
}

const targets: RandomKind = {
  kind: 'target',
  list: 'targets',
  refs: { upstream: { kind: 'upstream', required: true } },
  unique: {
    target: [
      '10.0.0.1:8001',
      'www.example.com',
      '10.0.0.2',
      '::1',
      '[2001:db8::e]:1326',
      'www.example.com:80',
    ],
  },
  uniqueWithRefs: true,
  groups: [choice('weight', undefined, 100, 0, 250), tags],
  ids: 'never',
  weight: 5,
}

const consumers: RandomKind = {
  kind: 'consumer',
  list: 'consumers',
  refs: {},
  unique: {
    username: names('ann', 'bob', 'cy', 'dee'),
    custom_id: names('c-1', 'c-2', 'c-3'),
  },
  groups: [tags],
  ids: 'sometimes',
  weight: 5,
}

const ofConsumer = { consumer: { kind: 'consumer', required: true } }
const credentialTags = choice('tags', undefined, ['red'], ['red', 'blue'], ['blue', 'red'])

const credentials: readonly RandomKind[] = [
  {
    kind: 'key-auth',
    list: 'keyauth_credentials',
    refs: ofConsumer,
    unique: { key: names('key-one-1111', 'key-two-2222', 'key-three-3333', 'key-four-4444') },
    groups: [credentialTags],
    ids: 'sometimes',
    weight: 5,
  },
  {
    kind: 'basic-auth',
    list: 'basicauth_credentials',
    refs: ofConsumer,
    unique: { username: names('basic-a', 'basic-b', 'basic-c') },
    groups: [choice('password', 'secret-1', 'secret-2'), credentialTags],
    ids: 'sometimes',
    weight: 4,
  },
  {
    kind: 'hmac-auth',
    list: 'hmacauth_credentials',
    refs: ofConsumer,
    unique: { username: names('hmac-a', 'hmac-b', 'hmac-c') },
    groups: [choice('secret', 'secret-1', 'secret-2'), credentialTags],
    ids: 'sometimes',
    weight: 3,
  },
  {
    kind: 'jwt-auth',
    list: 'jwt_secrets',
    refs: ofConsumer,
    unique: { key: names('issuer-a', 'issuer-b', 'issuer-c') },
    groups: [choice('algorithm', 'HS256', 'HS512'), choice('secret', 'secret-1', 'secret-2'), credentialTags],
    ids: 'sometimes',
    weight: 3,
  },
  {
    kind: 'oauth2-cred',
    list: 'oauth2_credentials',
    refs: ofConsumer,
    unique: { client_id: names('client-a', 'client-b', 'client-c') },
    groups: [
      choice('name', 'app', 'other'),
      choice('client_secret', 'secret-1', 'secret-2'),
      choice('redirect_uris', ['https://a.example/cb'], ['https://a.example/cb', 'https://b.example/cb']),
      credentialTags,
    ],
    ids: 'sometimes',
    weight: 2,
  },
  {
    kind: 'acl-group',
    list: 'acls',
    refs: ofConsumer,
    unique: { group: names('g1', 'g2', 'g3') },
    uniqueWithRefs: true,
    groups: [credentialTags],
    ids: 'never',
    weight: 4,
  },
]

const plugins: RandomKind = {
  kind: 'plugin',
  list: 'plugins',
  refs: {
    service: { kind: 'service', required: false },
    route: { kind: 'route', required: false },
    consumer: { kind: 'consumer', required: false },
  },
  unique: { instance_name: names('inst-a', 'inst-b', 'inst-c') },
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
const unscoped: RandomKind = {
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

const certificates: RandomKind = {
  kind: 'certificate',
  list: 'certificates',
  refs: {},
  unique: {},
  groups: [certificatePairs.map(pair => ({ ...pair })), tags],
  ids: 'always',
  weight: 2,
}

const snis: RandomKind = {
  kind: 'sni',
  list: 'snis',
  refs: { certificate: { kind: 'certificate', required: true } },
  unique: { name: names('a.example', 'b.example', '*.c.example') },
  groups: [credentialTags],
  ids: 'never',
  weight: 3,
}

const caCertificates: RandomKind = {
  kind: 'ca-certificate',
  list: 'ca_certificates',
  refs: {},
  unique: { cert: authorities },
  groups: [tags],
  ids: 'always',
  weight: 2,
}

const vaults: RandomKind = {
  kind: 'vault',
  list: 'vaults',
  refs: {},
  unique: { prefix: names('env-a', 'env-b') },
  groups: [
    [
      { name: 'env', config: { prefix: 'A_' } },
      { name: 'env', config: { prefix: 'B_' } },
    ],
    choice('description', undefined, 'words'),
    tags,
  ],
  ids: 'sometimes',
  weight: 2,
}

const keySets: RandomKind = {
  kind: 'key-set',
  list: 'key_sets',
  refs: {},
  unique: { name: names('set-a', 'set-b') },
  groups: [tags],
  ids: 'sometimes',
  weight: 2,
}

const keys: RandomKind = {
  kind: 'key',
  list: 'keys',
  refs: { set: { kind: 'key-set', required: false } },
  unique: { name: names('key-a', 'key-b', 'key-c'), kid: names('kid-1', 'kid-2', 'kid-3') },
  groups: [choice('jwk', 'abc', 'def'), tags],
  ids: 'sometimes',
  weight: 2,
}

/** All kinds that an open-source gateway has, each after those that it points to. */
export const randomKinds: readonly RandomKind[] = [
  caCertificates,
  certificates,
  services,
  routes,
  upstreams,
  targets,
  consumers,
  ...credentials,
  vaults,
  keySets,
  keys,
  snis,
  plugins,
  unscoped,
]
