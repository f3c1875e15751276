import { describe, expect, it } from 'vitest'
import { authenticationText, posture } from '../../src/providers/kong/posture/index.ts'
import type { GatewayConfig, PluginConfig, RouteConfig } from '../../src/providers/kong/router/index.ts'
import { gateway, payments, plugin, route } from './routing-gateways.ts'

const disputes = route('disputes', { paths: ['/disputes'], methods: ['GET'], hosts: ['api.pay.example'] })
const onRoute = { route: { id: disputes.id } }
const onService = { service: { id: payments.id } }

function of(plugins: readonly PluginConfig[], fields: RouteConfig = {}, rest: Partial<GatewayConfig> = {}) {
  const [first] = posture(gateway([{ ...disputes, ...fields }], { plugins, ...rest }))
  if (!first) throw new Error('no posture')
  return first
}

describe('authentication of a route', () => {
  it('comes from the plugin and scope in effect', () => {
    const { authentication, open } = of([plugin('key-auth', {}, onService), plugin('key-auth')])
    expect(open).toBe(false)
    expect(authentication).toEqual({
      state: 'required',
      plugins: [
        {
          plugin: 'key-auth',
          id: `key-auth ,,${payments.id}`,
          scope: 'service',
          anonymous: null,
          hidesCredentials: false,
          keyInQuery: true,
        },
      ],
      because: [],
      disabled: [],
    })
  })

  it('is open where nothing authenticates, and names plugins that are disabled', () => {
    const { authentication, open, exposes, disabled } = of([
      plugin('key-auth', {}, { ...onRoute, enabled: false }),
      plugin('cors', {}, { enabled: false }),
      plugin('rate-limiting', { minute: 5 }),
    ])
    expect(open).toBe(true)
    expect(authentication).toMatchObject({
      state: 'open',
      plugins: [],
      disabled: [{ plugin: 'key-auth', scope: 'route' }],
    })
    expect(disabled.map(origin => origin.plugin)).toEqual(['key-auth', 'cors'])
    expect(exposes).toEqual(['GET api.pay.example/disputes'])
  })

  it('is open to anyone with an anonymous fallback, unless that consumer is refused', () => {
    const people: Partial<GatewayConfig> = { consumers: [{ id: 'c1', username: 'guest' }], acls: [] }
    const keyAuth = plugin(
      'key-auth',
      { anonymous: 'c1', hide_credentials: true, key_in_query: false },
      onRoute,
    )
    const falling = of([keyAuth], {}, people)
    expect(falling).toMatchObject({ open: true, authentication: { state: 'anonymous' } })
    expect(falling.authentication.plugins).toMatchObject([
      { anonymous: 'c1', hidesCredentials: true, keyInQuery: false },
    ])
    const stop = plugin('request-termination', {}, { consumer: { id: 'c1' } })
    expect(of([keyAuth, stop], {}, people)).toMatchObject({
      open: false,
      authentication: { state: 'required', because: [{ plugin: 'request-termination', scope: 'consumer' }] },
    })
    const acl = plugin('acl', { allow: ['staff'] }, onRoute)
    expect(of([keyAuth, acl], {}, people).authentication.state).toBe('required')
    const inGroup = { ...people, acls: [{ group: 'staff', consumer: { id: 'c1' } }] }
    expect(of([keyAuth, acl], {}, inGroup).authentication.state).toBe('anonymous')
    expect(of([keyAuth, acl], {}, { ...people, acls: undefined }).authentication.state).toBe('anonymous')
    const strict = plugin('basic-auth', {}, onRoute)
    expect(of([keyAuth, strict], {}, people).authentication.state).toBe('required')
  })

  it('is described in words', () => {
    const keyAuth = (config: object = {}) => plugin('key-auth', { ...config }, onRoute)
    const texts = [
      [],
      [keyAuth(), plugin('basic-auth', {}, onRoute)],
      [keyAuth({ anonymous: 'c1' })],
      [plugin('acl', { allow: ['x'] })],
      [plugin('our-auth')],
    ].map(plugins => authenticationText(of(plugins).authentication))
    expect(texts).toEqual([
      'nothing authenticates',
      'key-auth and basic-auth',
      'key-auth, else anonymous',
      'nobody passes (acl)',
      'our-auth may authenticate',
    ])
  })

  it('is closed if nobody passes', () => {
    expect(of([plugin('acl', { allow: ['staff'] })])).toMatchObject({
      open: false,
      authentication: { state: 'closed' },
    })
    expect(of([plugin('request-termination')]).authentication.state).toBe('closed')
    expect(of([plugin('request-termination', { trigger: 'x' })]).authentication.state).toBe('open')
  })

  it('is unknown where a plugin that runs code may authenticate', () => {
    const { authentication, open, unknown } = of([
      plugin('our-auth'),
      plugin('pre-function'),
      plugin('proxy-cache'),
    ])
    expect(authentication.state).toBe('unknown')
    expect(open).toBe(false)
    expect(unknown.map(origin => origin.plugin)).toEqual(['pre-function', 'our-auth'])
  })

  it('does not count a route that can’t be reached', () => {
    expect(of([], { service: null }).open).toBe(false)
    const disabled = { services: [{ ...payments, enabled: false }] }
    expect(of([], {}, disabled)).toMatchObject({
      open: false,
      unreachable: { reason: 'its service payments is disabled' },
    })
    const over = route('over', { paths: ['~/d'], methods: ['GET'], hosts: ['api.pay.example'] })
    const [shadowedRoute] = posture(gateway([disputes, over]))
    expect(shadowedRoute).toMatchObject({ open: false, unreachable: { by: [{ name: 'over' }] } })
  })
})

describe('the other protections of a route', () => {
  it('are absent on a bare route', () => {
    expect(of([], { hosts: null })).toMatchObject({
      accessGroups: null,
      rateLimits: [],
      sizeLimit: null,
      ipRestriction: null,
      cors: null,
      tls: { only: false, plainStatus: null },
      upstreamTls: { protocol: 'http', encrypted: false, verified: false, clientCertificate: false },
      logging: [],
      metrics: [],
      anyHost: true,
      wildcardHosts: [],
      disabled: [],
      unknown: [],
      unreachable: null,
    })
  })

  it('are read from the plugins in effect, with where they come from', () => {
    const found = of(
      [
        plugin('acl', { allow: ['staff'] }, onRoute),
        plugin('rate-limiting', { minute: 10, policy: 'redis', limit_by: 'ip' }, onService),
        plugin('rate-limiting-advanced', {
          limit: [5, 9],
          window_size: [30, 3600],
          identifier: 'ip',
          strategy: 'cluster',
        }),
        plugin('request-size-limiting', { allowed_payload_size: 2 }),
        plugin('ip-restriction', { allow: ['10.0.0.0/8'] }),
        plugin('cors', { origins: ['*'], credentials: true }),
        plugin('http-log'),
        plugin('prometheus'),
      ],
      { hosts: ['*.pay.example', 'pay.example'], protocols: ['https'], https_redirect_status_code: 301 },
      { services: [{ ...payments, protocol: 'https', tls_verify: true, client_certificate: { id: 'x' } }] },
    )
    expect(found).toMatchObject({
      accessGroups: { allow: ['staff'], deny: [], scope: 'route' },
      sizeLimit: { bytes: 2 * 1024 * 1024 },
      ipRestriction: { allow: ['10.0.0.0/8'], scope: 'global' },
      cors: { anyOrigin: true, credentials: true },
      tls: { only: true, plainStatus: 301 },
      upstreamTls: { encrypted: true, verified: true, clientCertificate: true },
      wildcardHosts: ['*.pay.example'],
      anyHost: false,
    })
    expect(found.logging.map(origin => origin.plugin)).toEqual(['http-log'])
    expect(found.metrics.map(origin => origin.plugin)).toEqual(['prometheus'])
    expect(found.rateLimits).toMatchObject([
      {
        plugin: 'rate-limiting-advanced',
        by: 'ip',
        policy: 'cluster',
        windows: [
          { limit: 5, seconds: 30, name: '30 seconds' },
          { limit: 9, seconds: 3600, name: 'hour' },
        ],
      },
      {
        plugin: 'rate-limiting',
        scope: 'service',
        by: 'ip',
        policy: 'redis',
        windows: [{ limit: 10, seconds: 60 }],
      },
    ])
  })

  it.each([
    [{ methods: null, hosts: null, paths: null, headers: { x: ['1'] } }, ['ANY */']],
    [
      { methods: ['GET', 'PUT'], hosts: ['a', 'b'], paths: ['/x'] },
      ['GET a/x', 'GET b/x', 'PUT a/x', 'PUT b/x'],
    ],
    [{ methods: ['GET'], hosts: ['a'], paths: ['~/d/(?<id>[^/]+)/v1\\.0$'] }, ['GET a/d/{id}/v1.0']],
  ])('say what %j exposes', (fields, lines) => {
    expect(of([], fields).exposes).toEqual(lines)
  })
})
