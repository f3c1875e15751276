import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/providers/kong/kinds/index.ts'
import { entitiesIn, manifestOf, v3 } from './manifest-reading.ts'

const flat = (text: string) => entitiesIn(manifestOf([v3(text)]))

describe('nested entities point to their parents', () => {
  test('routes, plugins and filter chains of a service', () => {
    const entities = flat(`
services:
- name: payments
  host: pay.internal
  plugins: [{name: cors}]
  filter_chains: [{filters: [{name: f}]}]
  routes:
  - name: pay
    paths: [/pay]
    plugins: [{name: key-auth}]
`)
    expect(entities).toEqual([
      { kind: 'service', fields: { name: 'payments', host: 'pay.internal' } },
      { kind: 'plugin', fields: { name: 'cors', service: { name: 'payments' } } },
      { kind: 'filter-chain', fields: { filters: [{ name: 'f' }], service: { name: 'payments' } } },
      { kind: 'route', fields: { name: 'pay', paths: ['/pay'], service: { name: 'payments' } } },
      { kind: 'plugin', fields: { name: 'key-auth', route: { name: 'pay' } } },
    ])
  })

  test('a parent without a name is pointed to by its id', () => {
    const id = '6f1a8b0e-44a5-4c0c-9a38-0d8a4e7c9f10'
    expect(flat(`services: [{id: ${id}, host: h, routes: [{name: r}]}]`)[1]?.fields).toEqual({
      name: 'r',
      service: { id },
    })
  })

  test('all credentials of a consumer', () => {
    const entities = flat(`
consumers:
- username: amy
  custom_id: "7"
  keyauth_credentials: [{key: k1}]
  basicauth_credentials: [{username: b, password: p}]
  hmacauth_credentials: [{username: h, secret: s}]
  jwt_secrets: [{algorithm: HS256, key: i, secret: s}]
  oauth2_credentials: [{name: app, client_id: c, client_secret: s, redirect_uris: [https://x.example]}]
  acls: [{group: g}]
  mtls_auth_credentials: [{id: 6f1a8b0e-44a5-4c0c-9a38-0d8a4e7c9f10, subject_name: CN=amy, ca_certificate: {id: ca}}]
  plugins: [{name: rate-limiting, config: {minute: 5}}]
`)
    expect(entities.map(({ kind }) => kind)).toEqual([
      'consumer',
      'key-auth',
      'basic-auth',
      'hmac-auth',
      'jwt-auth',
      'oauth2-cred',
      'acl-group',
      'mtls-auth',
      'plugin',
    ])
    for (const { fields } of entities.slice(1)) expect(fields.consumer).toEqual({ name: 'amy' })
    expect(entities[0]?.fields).toEqual({ username: 'amy', custom_id: '7' })
    expect(entities[7]?.fields.ca_certificate).toEqual({ id: 'ca' })
  })

  test('a consumer that only has a custom_id is pointed to by that', () => {
    expect(flat('consumers: [{custom_id: c7, acls: [{group: g}]}]')[1]?.fields).toEqual({
      group: 'g',
      consumer: { name: 'c7' },
    })
  })

  test('targets of an upstream, SNIs of a certificate, permissions of a role', () => {
    const id = '6f1a8b0e-44a5-4c0c-9a38-0d8a4e7c9f10'
    const entities = flat(`
upstreams: [{name: up, targets: [{target: "10.0.0.1:80", weight: 5}]}]
certificates: [{id: ${id}, cert: C, key: K, snis: [{name: a.example}]}]
rbac_roles: [{name: admin, endpoint_permissions: [{workspace: "*", endpoint: "*", actions: [read]}]}]
`)
    expect(
      entities.filter(({ kind }) => ['target', 'sni', 'rbac-endpoint-permission'].includes(kind)),
    ).toEqual([
      { kind: 'target', fields: { target: '10.0.0.1:80', weight: 5, upstream: { name: 'up' } } },
      { kind: 'sni', fields: { name: 'a.example', certificate: { id } } },
      {
        kind: 'rbac-endpoint-permission',
        fields: { workspace: '*', endpoint: '*', actions: ['read'], role: { name: 'admin' } },
      },
    ])
  })

  test('members of consumer groups, from either side and once each', () => {
    const entities = flat(`
consumers:
- username: amy
  tags: [vip]
  groups: [{name: gold}]
consumer_groups:
- name: gold
  consumers: [{username: amy}, {username: bob}]
  plugins: [{name: rate-limiting-advanced, config: {limit: [1]}}]
`)
    expect(entities).toEqual([
      { kind: 'consumer', fields: { username: 'amy', tags: ['vip'] } },
      { kind: 'consumer-group', fields: { name: 'gold' } },
      {
        kind: 'plugin',
        fields: { name: 'rate-limiting-advanced', config: { limit: [1] }, consumer_group: { name: 'gold' } },
      },
      { kind: 'consumer', fields: { username: 'bob' } },
      {
        kind: 'consumer-group-consumer',
        fields: { consumer_group: { name: 'gold' }, consumer: { name: 'amy' } },
      },
      {
        kind: 'consumer-group-consumer',
        fields: { consumer_group: { name: 'gold' }, consumer: { name: 'bob' } },
      },
    ])
  })
})

describe('flat entities point by name or id, however it is written', () => {
  const services = 'services: [{name: pay, id: 6f1a8b0e-44a5-4c0c-9a38-0d8a4e7c9f10, host: h}]\n'

  test.each([
    'pay',
    '{name: pay}',
    '6f1a8b0e-44a5-4c0c-9a38-0d8a4e7c9f10',
    '{id: 6f1a8b0e-44a5-4c0c-9a38-0d8a4e7c9f10}',
  ])('service: %s', written => {
    const entities = flat(
      `${services}routes: [{name: r, service: ${written}}]\nplugins: [{name: cors, service: ${written}}]`,
    )
    expect(entities[1]?.fields.service).toEqual({ name: 'pay' })
    expect(entities[2]?.fields.service).toEqual({ name: 'pay' })
  })

  test('an id that no manifest holds is left to the gateway, where decK does so', () => {
    const id = '0b6f7d2c-1a2b-4c3d-8e4f-5a6b7c8d9e0f'
    expect(flat(`routes: [{name: r, service: {id: ${id}}}]`)[0]?.fields.service).toEqual({ id })
    expect(
      flat(`services: [{name: s, host: h, client_certificate: ${id}}]`)[0]?.fields.client_certificate,
    ).toEqual({ id })
  })
})

test('keys, sets, vaults, partials, licences and custom entities', () => {
  const entities = flat(`
key_sets: [{name: set}]
keys: [{name: k, kid: "1", set: {name: set}, pem: {public_key: P}}]
vaults: [{name: env, prefix: my-env, config: {prefix: X_}}]
partials: [{name: redis, type: redis-ee, config: {host: h}}]
plugins: [{name: rate-limiting-advanced, partials: [{name: redis}]}]
licenses: [{payload: "{}"}]
services: [{name: s, host: h}]
custom_entities: [{type: degraphql_routes, fields: {service: {name: s}, uri: /x, query: q}}]
`)
  expect(entities.map(({ kind }) => kind)).toEqual([
    'key-set',
    'key',
    'vault',
    'partial',
    'plugin',
    'license',
    'service',
    'custom_entity',
  ])
  expect(entities[1]?.fields.set).toEqual({ name: 'set' })
  for (const { kind } of entities) expect(kinds.names).toContain(kind)
})

test('services of service packages', () => {
  const entities = flat(`
service_packages:
- name: pack
  versions: [{version: "1", implementation: {type: kong-gateway, kong: {service: {name: s, url: http://h/p}}}}]
`)
  expect(entities.map(({ kind }) => kind)).toEqual(['service-package', 'service'])
  expect(entities[1]?.fields).toEqual({ name: 's', protocol: 'http', host: 'h', port: 80, path: '/p' })
})

describe('the url of a service stands for its parts', () => {
  test.each([
    ['http://pay.internal', { protocol: 'http', host: 'pay.internal', port: 80 }],
    ['https://pay.internal', { protocol: 'https', host: 'pay.internal', port: 443 }],
    [
      'https://pay.internal:8443/v1/x',
      { protocol: 'https', host: 'pay.internal', port: 8443, path: '/v1/x' },
    ],
    ['grpcs://pay.internal', { protocol: 'grpcs', host: 'pay.internal', port: 80 }],
    [
      'http://user:pw@pay.internal/a%20b?q=1',
      { protocol: 'http', host: 'pay.internal', port: 80, path: '/a%20b' },
    ],
  ])('%s', (url, parts) => {
    expect(flat(`services: [{name: s, url: "${url}"}]`)[0]?.fields).toEqual({ name: 's', ...parts })
  })

  test('fields written beside the url win', () => {
    expect(flat('services: [{name: s, url: "https://h/x", port: 9000, path: /y}]')[0]?.fields).toEqual({
      name: 's',
      protocol: 'https',
      host: 'h',
      port: 9000,
      path: '/y',
    })
  })
})

test('a plugin takes fields that it does not set from the configuration that it names', () => {
  const entities = flat(`
_plugin_configs: {base: {minute: 5, policy: local, redis: {host: a}}}
plugins: [{name: rate-limiting, _config: base, config: {minute: 9}}]
`)
  expect(entities).toEqual([
    {
      kind: 'plugin',
      fields: { name: 'rate-limiting', config: { minute: 9, policy: 'local', redis: { host: 'a' } } },
    },
  ])
})
