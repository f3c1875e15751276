import { describe, expect, it } from 'vitest'
import type { GatewayConfig, PluginConfig } from '../../src/providers/kong/router/index.ts'
import { answerOf, gateway, messageOf, payments, plugin, request, route } from './routing-gateways.ts'

const r = route('r', { paths: ['/'], strip_path: false })
const onRoute = { route: { id: r.id } }
const onService = { service: { id: payments.id } }
const ann = { id: 'c1', username: 'ann', custom_id: 'a-1' }
const bob = { id: 'c2', username: 'bob' }
const people: Partial<GatewayConfig> = {
  consumers: [ann, bob],
  'key-auths': [
    { id: 'k1', key: 'ann-key', consumer: { id: 'c1' } },
    { id: 'k2', key: 'bob-key', consumer: { id: 'c2' } },
  ],
  acls: [
    { id: '2', group: 'staff', consumer: { id: 'c1' } },
    { id: '1', group: 'audit', consumer: { id: 'c1' } },
  ],
}

function ask(plugins: readonly PluginConfig[], rest: Parameters<typeof request>[1] & { path?: string } = {}) {
  return answerOf(gateway([r], { ...people, plugins }), request(rest.path ?? '/', rest))
}

describe('key-auth', () => {
  const keyAuth = plugin('key-auth', {}, onRoute)

  it('refuses requests without a key, with two, or with one that nobody has', () => {
    const missing = ask([keyAuth])
    expect(missing).toMatchObject({ status: 401, upstream: null, consumer: null })
    expect(messageOf(missing)).toBe('No API key found in request')
    expect(missing.ending?.headers).toEqual({ 'www-authenticate': 'Key' })
    expect(messageOf(ask([keyAuth], { headers: { apikey: ['a', 'b'] } }))).toBe('Duplicate API key found')
    expect(messageOf(ask([keyAuth], { headers: { apikey: 'nobody' } }))).toBe('Unauthorized')
  })

  it('lets a key in a header or the query pass and tells the upstream who the caller is', () => {
    const answer = ask([keyAuth], { headers: { ApiKey: 'ann-key' } })
    expect(answer).toMatchObject({ status: null, consumer: { name: 'ann' }, unknown: [] })
    expect(answer.upstream?.headers).toMatchObject({
      apikey: 'ann-key',
      'x-consumer-id': 'c1',
      'x-consumer-username': 'ann',
      'x-consumer-custom-id': 'a-1',
      'x-credential-identifier': 'k1',
    })
    expect(ask([keyAuth], { path: '/x?apikey=bob-key' }).consumer?.name).toBe('bob')
  })

  it('keeps to where the key may be, and hides it if told', () => {
    const fields = { key_names: ['token'], key_in_query: false, hide_credentials: true }
    const hiding = plugin('key-auth', fields, onRoute)
    expect(ask([hiding], { path: '/?token=ann-key' }).status).toBe(401)
    expect(ask([hiding], { headers: { token: 'ann-key' } }).upstream?.headers).not.toHaveProperty('token')
    const inQuery = plugin('key-auth', { hide_credentials: true }, onRoute)
    expect(ask([inQuery], { path: '/x?a=1&apikey=ann-key&b=%20' }).upstream?.uri).toBe('/x?a=1&b=%20')
  })

  it('lets callers without a key pass as the anonymous consumer', () => {
    const answer = ask([plugin('key-auth', { anonymous: 'bob' }, onRoute)])
    expect(answer).toMatchObject({ status: null, consumer: { name: 'bob' } })
    expect(answer.upstream?.headers).toMatchObject({ 'x-anonymous-consumer': 'true', 'x-consumer-id': 'c2' })
    expect(ask([plugin('key-auth', { anonymous: 'nobody' }, onRoute)]).status).toBe(500)
  })

  it('leaves preflight requests alone if told', () => {
    const plugins = [plugin('key-auth', { run_on_preflight: false }, onRoute)]
    expect(ask(plugins, { method: 'OPTIONS' }).status).toBeNull()
    expect(ask(plugins).status).toBe(401)
  })

  it('takes a named consumer as presenting its credentials, if it has any', () => {
    expect(ask([keyAuth], { consumer: 'ann' })).toMatchObject({ status: null, consumer: { name: 'ann' } })
    expect(ask([plugin('basic-auth', {}, onRoute)], { consumer: 'ann' }).status).toBe(401)
    expect(ask([keyAuth], { consumer: 'nobody' }).status).toBe(401)
    const unread = answerOf(
      gateway([r], { ...people, 'key-auths': undefined, plugins: [keyAuth] }),
      request('/', { consumer: 'bob' }),
    )
    expect(unread.consumer?.name).toBe('bob')
  })

  it('reports that it can’t compare a key', () => {
    const secret = [{ id: 'k', key: { $secret: 'x' }, consumer: { id: 'c1' } }]
    for (const keys of [secret, [{ key: '{vault://env/key}' }], undefined]) {
      const config = gateway([r], { ...people, 'key-auths': keys, plugins: [keyAuth] })
      const answer = answerOf(config, request('/', { headers: { apikey: 'x' } }))
      expect(answer).toMatchObject({
        status: null,
        consumer: null,
        plugins: [{ name: 'key-auth', effect: 'unknown' }],
      })
      expect(answer.unknown).toEqual([
        'key-auth (route): the credential sent can not be compared with the ones known here',
      ])
    }
  })
})

describe('basic-auth', () => {
  const basic = plugin('basic-auth', { realm: 'pay' }, onRoute)
  const authorization = `Basic ${Buffer.from('ann:pass:word').toString('base64')}`
  const asked = (password: unknown, headers: object = { authorization }) => {
    const credentials = [{ id: 'b1', username: 'ann', password, consumer: { id: 'c1' } }]
    const config = gateway([r], { ...people, plugins: [basic], 'basic-auths': credentials })
    return answerOf(config, request('/', { headers: { ...headers } }))
  }

  it('compares with the hash that a gateway holds, or with the password of a manifest', () => {
    // printf 'pass:wordc1' | sha1sum
    expect(asked('3049de7e099707d69ad41fb416590baa0bd8a44a')).toMatchObject({
      status: null,
      consumer: { name: 'ann' },
    })
    expect(asked('3049de7e099707d69ad41fb416590baa0bd8a44b').status).toBe(401)
    expect(asked('pass:word')).toMatchObject({ status: null, consumer: { name: 'ann' } })
    expect(asked('pass:word').upstream?.headers).toMatchObject({ 'x-credential-identifier': 'ann' })
  })

  it('refuses without credentials, and with what is not Basic', () => {
    expect(asked('pass:word', {}).ending).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="pay"' },
    })
    expect(asked('pass:word', { authorization: 'Bearer x' }).status).toBe(401)
    expect(asked({ $secret: 'x' }).unknown).toHaveLength(1)
  })
})

describe('other authentication', () => {
  it.each(['jwt', 'hmac-auth', 'ldap-auth'])(
    '%s refuses who presents nothing, and leaves the rest open',
    name => {
      expect(ask([plugin(name, {}, onRoute)]).status).toBe(401)
      const presenting = ask([plugin(name, {}, onRoute)], { headers: { authorization: 'Bearer x.y.z' } })
      expect(presenting).toMatchObject({ status: null, plugins: [{ name, effect: 'unknown' }] })
      expect(presenting.unknown).toEqual([
        `${name} (route): whether it accepts the request is not known from here`,
      ])
    },
  )

  it('leaves what hangs on the consumer open then', () => {
    const plugins = [
      plugin('jwt', {}, onRoute),
      plugin('acl', { allow: ['staff'] }, onRoute),
      plugin('request-termination', {}, { ...onRoute, consumer: { id: 'c1' } }),
    ]
    const { unknown } = ask(plugins, { headers: { authorization: 'Bearer x' } })
    expect(unknown).toContain('acl (route): hangs on the consumer, who is not known from here')
    expect(unknown).toContain(
      'request-termination: whether that of a consumer applies hangs on who calls, which is not known from here',
    )
    expect(ask(plugins, { consumer: 'ann' })).toMatchObject({ status: 503 })
    expect(ask(plugins, { consumer: 'bob' })).toMatchObject({ status: 403 })
  })

  it('of two that fall back to anonymous, one is enough', () => {
    const plugins = [
      plugin('key-auth', { anonymous: 'bob' }, onRoute),
      plugin('basic-auth', { anonymous: 'bob' }, onRoute),
    ]
    expect(ask(plugins, { headers: { apikey: 'ann-key' } }).consumer?.name).toBe('ann')
    expect(
      ask([...plugins.slice(0, 1), plugin('basic-auth', {}, onRoute)], { headers: { apikey: 'ann-key' } })
        .status,
    ).toBe(401)
  })
})

describe('acl', () => {
  const both = (config: object) => [plugin('key-auth', {}, onRoute), plugin('acl', { ...config }, onRoute)]

  it('lets groups pass, or all but some, and tells the upstream the groups', () => {
    const asAnn = { headers: { apikey: 'ann-key' } }
    const asBob = { headers: { apikey: 'bob-key' } }
    const passed = ask(both({ allow: ['staff', 'x'] }), asAnn)
    expect(passed.upstream?.headers['x-consumer-groups']).toBe('audit, staff')
    expect(ask(both({ allow: ['x'] }), asAnn).status).toBe(403)
    expect(ask(both({ allow: ['staff'] }), asBob).status).toBe(403)
    expect(ask(both({ deny: ['staff'] }), asAnn).status).toBe(403)
    expect(ask(both({ deny: ['staff'] }), asBob).status).toBeNull()
    expect(
      ask(both({ allow: ['staff'], hide_groups_header: true }), asAnn).upstream?.headers,
    ).not.toHaveProperty('x-consumer-groups')
  })

  it('refuses everybody if nothing authenticates', () => {
    expect(ask([plugin('acl', { allow: ['staff'] }, onRoute)])).toMatchObject({ status: 401 })
  })
})

describe('which plugins run', () => {
  it('those of the most specific scope, in the order of their priorities', () => {
    const plugins = [
      plugin('rate-limiting', { minute: 1 }),
      plugin('rate-limiting', { minute: 2 }, onService),
      plugin('rate-limiting', { minute: 3 }, onRoute),
      plugin('rate-limiting', { minute: 4 }, { ...onRoute, ...onService }),
      plugin('rate-limiting', { minute: 5 }, { consumer: { id: 'c1' } }),
      plugin('rate-limiting', { minute: 6 }, { ...onRoute, consumer: { id: 'c1' } }),
      plugin('cors'),
      plugin('key-auth', { anonymous: 'bob' }, onService),
      plugin('prometheus'),
    ]
    const asAnn = ask(plugins, { headers: { apikey: 'ann-key' } })
    expect(asAnn.plugins.map(({ name, scope, effect }) => [name, scope, effect])).toEqual([
      ['cors', 'global', 'passed'],
      ['key-auth', 'service', 'passed'],
      ['rate-limiting', 'consumer+route', 'passed'],
      ['prometheus', 'global', 'observed'],
    ])
    const limitOf = (kept: readonly PluginConfig[], consumer: string) =>
      ask(kept, { headers: { apikey: `${consumer}-key` } }).limits[0]?.windows.minute
    expect(limitOf(plugins, 'ann')).toBe(6)
    expect(limitOf(plugins, 'bob')).toBe(4)
    const without = (minutes: number[]) =>
      plugins.filter(({ config }) => !minutes.includes(Number(config?.minute)))
    expect(limitOf(without([6]), 'ann')).toBe(4)
    expect(limitOf(without([4, 6]), 'ann')).toBe(5)
    expect(limitOf(without([3, 4]), 'bob')).toBe(2)
    expect(limitOf(without([2, 3, 4]), 'bob')).toBe(1)
  })

  it('excludes plugins that are disabled, for another route, or for a route with another service', () => {
    const other = { id: 's2', name: 'other', host: 'other' }
    const plugins = [
      plugin('key-auth', {}, { ...onRoute, enabled: false }),
      plugin('acl', {}, { route: { id: 'elsewhere' } }),
      plugin('cors', {}, { ...onRoute, service: { id: 's2' } }),
      plugin('bot-detection', {}, { ...onRoute, protocols: ['tcp'] }),
    ]
    const answer = answerOf(gateway([r], { services: [payments, other], plugins }), request('/'))
    expect(answer).toMatchObject({ plugins: [], status: null })
  })

  it('lets a wider scope act where the narrower one is disabled', () => {
    const plugins = [plugin('key-auth', {}, { ...onRoute, enabled: false }), plugin('key-auth')]
    expect(ask(plugins)).toMatchObject({ status: 401, plugins: [{ scope: 'global' }] })
  })

  it('reports plugins after the end of a request as not reached', () => {
    const plugins = [plugin('key-auth', {}, onRoute), plugin('request-transformer', {}, onRoute)]
    expect(ask(plugins).plugins.map(({ effect }) => effect)).toEqual(['ended', 'not reached'])
  })

  it('never guesses about plugins that run code or are unknown', () => {
    const { unknown, status } = ask([plugin('pre-function'), plugin('our-own'), plugin('constructor')])
    expect(status).toBeNull()
    expect(unknown).toEqual([
      'pre-function (global): what it does is not known from here',
      'our-own (global): what it does is not known from here',
      'constructor (global): what it does is not known from here',
    ])
  })

  it('finds plugins by names where there are no ids', () => {
    const config: GatewayConfig = {
      routes: [{ name: 'r', paths: ['/'], service: { name: 'payments' } }],
      services: [{ name: 'payments', host: 'x' }],
      plugins: [{ name: 'key-auth', route: { name: 'r' } }],
    }
    expect(answerOf(config, request('/'))).toMatchObject({ status: 401, service: { name: 'payments' } })
    const bare = { ...config, plugins: [{ name: 'key-auth', route: 'r' }] }
    expect(answerOf(bare, request('/'))).toMatchObject({ status: 401, plugins: [{ scope: 'route' }] })
  })
})
