import { describe, expect, it } from 'vitest'
import { comparePosture, posture } from '../../src/providers/kong/posture/index.ts'
import type { GatewayConfig, PluginConfig, RouteConfig } from '../../src/providers/kong/router/index.ts'
import { gateway, payments, plugin, route } from './routing-gateways.ts'

const a = route('a', { paths: ['/a'], methods: ['GET'], hosts: ['api.example'] })
const onRoute = { route: { id: a.id } }
const config = (
  plugins: readonly PluginConfig[],
  fields: RouteConfig = {},
  rest: Partial<GatewayConfig> = {},
) => gateway([{ ...a, ...fields }], { plugins, ...rest })

function compare(before: GatewayConfig, after: GatewayConfig) {
  return comparePosture(posture(before), posture(after)).map(
    ({ aspect, effect, before: was, after: is, factor }) => {
      return { aspect, effect, was, is, factor }
    },
  )
}

describe('posture before and after', () => {
  it('is the same for the same configuration', () => {
    const same = config([plugin('key-auth', {}, onRoute), plugin('rate-limiting', { minute: 5 })])
    expect(compare(same, same)).toEqual([])
  })

  it('reports authentication that is lost or gained, and what that exposes', () => {
    const closed = config([plugin('key-auth', {}, onRoute)])
    expect(comparePosture(posture(closed), posture(config([])))).toEqual([
      {
        aspect: 'authentication',
        routeId: a.id,
        routeName: 'a',
        serviceName: 'payments',
        effect: 'weaker',
        factor: null,
        before: 'key-auth',
        after: 'nothing authenticates',
        exposes: ['GET api.example/a'],
      },
    ])
    expect(compare(config([]), closed)).toMatchObject([{ effect: 'stronger' }])
    const disabled = config([plugin('key-auth', {}, { ...onRoute, enabled: false })])
    expect(compare(closed, disabled)).toMatchObject([{ effect: 'weaker', is: 'nothing authenticates' }])
    const anonymous = config([plugin('key-auth', { anonymous: 'x' }, onRoute)])
    expect(compare(closed, anonymous)).toMatchObject([{ effect: 'weaker', is: 'key-auth, else anonymous' }])
    expect(compare(closed, config([plugin('jwt', {}, onRoute)]))).toMatchObject([
      { effect: 'other', is: 'jwt' },
    ])
  })

  it('reports new and deleted routes if they are open', () => {
    const two = gateway([a, route('b', { paths: ['/b'] })])
    expect(compare(config([]), two)).toMatchObject([
      { effect: 'weaker', was: 'no route', is: 'nothing authenticates' },
    ])
    expect(compare(two, config([]))).toMatchObject([{ effect: 'stronger', is: 'no route' }])
    expect(compare(config([plugin('key-auth')]), { ...two, plugins: [plugin('key-auth')] })).toEqual([])
  })

  it('knows a route by its name, whatever its id', () => {
    const renewed = config([], { id: 'another' })
    expect(compare(config([]), renewed)).toEqual([])
  })

  it('reports by how much a limit is weaker', () => {
    const limit = (limits: object) => config([plugin('rate-limiting', { ...limits }, onRoute)])
    expect(compare(limit({ minute: 10 }), limit({ minute: 100 }))).toEqual([
      {
        aspect: 'rate limit',
        effect: 'weaker',
        was: '10 per minute by consumer',
        is: '100 per minute by consumer',
        factor: 10,
      },
    ])
    expect(compare(limit({ minute: 10 }), config([]))).toMatchObject([
      { effect: 'weaker', factor: Number.POSITIVE_INFINITY },
    ])
    expect(compare(config([]), limit({ minute: 10 }))).toMatchObject([{ effect: 'stronger', factor: 0 }])
    expect(compare(limit({ minute: 10 }), limit({ hour: 60 }))).toMatchObject([
      { effect: 'stronger', factor: 0.1 },
    ])
    expect(compare(limit({ minute: 10, hour: 50 }), limit({ minute: 5, hour: 100 }))).toMatchObject([
      { effect: 'weaker', factor: 2 },
    ])
    expect(compare(limit({ minute: 10 }), limit({ minute: 10, limit_by: 'ip' }))).toMatchObject([
      { effect: 'other', factor: 1 },
    ])
    const size = (allowed_payload_size: number) =>
      config([plugin('request-size-limiting', { allowed_payload_size }, onRoute)])
    expect(compare(size(1), size(4))).toMatchObject([{ aspect: 'size limit', effect: 'weaker', factor: 4 }])
  })

  it.each([
    ['TLS', config([], { protocols: ['https'] }), config([])],
    ['hosts', config([]), config([], { hosts: ['*.example'] })],
    ['hosts', config([], { hosts: ['*.example'] }), config([], { hosts: null })],
    ['IP restriction', config([plugin('ip-restriction', { allow: ['10.0.0.1'] })]), config([])],
    [
      'access groups',
      config([plugin('key-auth'), plugin('acl', { allow: ['x'] })]),
      config([plugin('key-auth')]),
    ],
    ['CORS', config([plugin('cors', { origins: ['https://a'] })]), config([plugin('cors')])],
    ['logging', config([plugin('http-log')]), config([])],
    ['upstream TLS', config([], {}, { services: [{ ...payments, protocol: 'https' }] }), config([])],
  ])('reports that %s is weaker one way and stronger the other', (aspect, strong, weak) => {
    expect(compare(strong, weak)).toMatchObject([{ aspect, effect: 'weaker' }])
    expect(compare(weak, strong)).toMatchObject([{ aspect, effect: 'stronger' }])
  })

  it('reports a route that can no longer be reached', () => {
    const over = route('z', { paths: ['~/a'], methods: ['GET'], hosts: ['api.example'] })
    const after = gateway([a, over], { plugins: [plugin('key-auth')] })
    expect(compare(config([plugin('key-auth')]), after)).toMatchObject([
      {
        aspect: 'reachability',
        effect: 'other',
        was: 'reachable',
        is: 'every request that it matches goes to z',
      },
    ])
  })
})
