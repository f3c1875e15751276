import { authorities, certificatePairs } from './certificates.ts'
import { credentials } from './credentials.ts'
import { choice, type RandomKind, someTags, tags } from './kind.ts'
import { plugins, unscoped } from './plugins.ts'

export const services: RandomKind = {
  kind: 'service',
  list: 'services',
  refs: { client_certificate: { kind: 'certificate', required: false } },
  unique: { name: ['pay', 'geo', 'ship', 'auth.v1'] },
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
  unique: { name: ['list', 'read', 'write', 'drop', 'root'] },
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
  unique: { name: ['one.internal', 'two.internal', 'pool'] },
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
    username: ['ann', 'bob', 'cy', 'dee'],
    custom_id: ['c-1', 'c-2', 'c-3'],
  },
  groups: [tags],
  ids: 'sometimes',
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
  unique: { name: ['a.example', 'b.example', '*.c.example'] },
  groups: [someTags],
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
  unique: { prefix: ['env-a', 'env-b'] },
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
  unique: { name: ['set-a', 'set-b'] },
  groups: [tags],
  ids: 'sometimes',
  weight: 2,
}

const keys: RandomKind = {
  kind: 'key',
  list: 'keys',
  refs: { set: { kind: 'key-set', required: false } },
  unique: { name: ['key-a', 'key-b', 'key-c'], kid: ['kid-1', 'kid-2', 'kid-3'] },
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
