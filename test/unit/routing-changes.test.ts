import { describe, expect, it } from 'vitest'
import { parseRequest } from '../../src/model/routing/request.ts'
import {
  buildRouter,
  compareTraffic,
  type GatewayConfig,
  type RouteConfig,
  readConfig,
  requestsOf,
  shadowed,
} from '../../src/providers/kong/router/index.ts'
import { answerOf, gateway, payments, plugin, request, route } from './routing-gateways.ts'

describe('shadowed routes', () => {
  const found = (routes: readonly RouteConfig[]) =>
    shadowed(buildRouter(gateway(routes))).map(({ route: r, by }) => [
      r.name,
      by.map(({ name }) => name).join(),
    ])

  it('are those whose every request goes to another route', () => {
    expect(found([route('a', { paths: ['/x'] }), route('b', { paths: ['~/x.*'] })])).toEqual([['a', 'b']])
    expect(found([route('a', { paths: ['/x'] }), route('b', { paths: ['/x'] })])).toEqual([['a', 'b']])
    expect(
      found([
        route('a', { paths: ['~/x/\\d+'] }, 1),
        route('b', { paths: ['~/x/\\d+'], methods: ['GET'] }, 2),
      ]),
    ).toEqual([])
    expect(found([route('a', { paths: ['/x/y'] }), route('b', { paths: ['/x'], methods: ['GET'] })])).toEqual(
      [],
    )
    expect(
      found([
        route('a', { paths: ['/x/y'], hosts: ['*.b.example'] }),
        route('b', { paths: ['~/x'], hosts: ['*.example'] }),
      ]),
    ).toEqual([['a', 'b']])
  })

  it('need all their paths, hosts, methods and headers covered', () => {
    const wide = route('b', { paths: ['~/x'], methods: ['GET', 'PUT'] })
    expect(found([route('a', { paths: ['/x/1', '/x/2'], methods: ['GET'] }), wide])).toEqual([['a', 'b']])
    expect(found([route('a', { paths: ['/x/1', '/y/2'], methods: ['GET'] }), wide])).toEqual([])
    expect(found([route('a', { paths: ['/x/1', '/y'], methods: ['GET'] }), wide])).toEqual([])
    expect(found([route('a', { paths: ['/x/1'], methods: ['GET', 'POST'] }), wide])).toEqual([])
    expect(found([route('a', { paths: ['/x/1'] }), wide])).toEqual([])
    const ported = route('b', { paths: ['~/x'], hosts: ['a.example:80'] })
    expect(found([route('a', { paths: ['/x'], hosts: ['a.example'] }), ported])).toEqual([])
    const headed = route('b', { paths: ['~/x'], headers: { v: ['1', '~*^2'] } })
    expect(found([route('a', { paths: ['/x'], headers: { v: ['1', '3'], w: ['1'] } }), headed])).toEqual([])
    expect(found([route('a', { paths: ['/x'], headers: { v: ['1', '23'], w: ['1'] } }), headed])).toEqual([
      ['a', 'b'],
    ])
  })

  it('are not claimed if ids that decide are unknown', () => {
    expect(
      found([
        { name: 'a', paths: ['/x'] },
        { name: 'b', paths: ['/x'] },
      ]),
    ).toEqual([])
  })

  it('are not claimed if the order can change while the gateway runs', () => {
    const four = { methods: ['GET'], hosts: ['*.example'], headers: { x: ['1'] } }
    expect(found([route('a', { ...four, paths: ['/a'] }), route('b', { ...four, paths: ['/'] })])).toEqual([])
    expect(found([route('a', { ...four, paths: ['/'] }), route('b', { ...four, paths: ['/'] })])).toEqual([
      ['a', 'b'],
    ])
  })

  it('include those that the gateway leaves out', () => {
    const config = gateway([route('a')])
    expect(shadowed(buildRouter(config))[0]?.reason).toContain('it asks for nothing')
  })
})

describe('representative requests', () => {
  it('reach each path, method and host that a route asks for', () => {
    const routes = [
      route('a', {
        paths: ['/caf\u00e9', '~/users/(?<id>[^/]+)/[a-z]{2}$'],
        methods: ['GET', 'PUT'],
        hosts: ['*.example', 'api.*:8443'],
        headers: { 'x-v': ['~*^v\\d$'] },
        protocols: ['https'],
      }),
    ]
    const requests = requestsOf(buildRouter(gateway(routes))).map(
      ({ request: r }) => `${r.method} ${r.scheme} ${r.host} ${r.path}`,
    )
    expect(requests.sort()).toEqual([
      'GET https any.example /caf%C3%A9',
      'GET https any.example /users/x/xx',
      'GET https api.any:8443 /caf%C3%A9',
      'GET https api.any:8443 /users/x/xx',
      'PUT https any.example /caf%C3%A9',
      'PUT https any.example /users/x/xx',
    ])
  })

  it.each([
    '/a(b|c)d',
    '/v[0-9]+\\.x',
    '/a?b*c+',
    '/[^a-z/]{3}',
    '/\\w+-\\d{4}',
    '/(?i)abc',
    '/.+\\.json$',
    '/x(/y)?$',
    '/[[:digit:]]',
  ])('finds one for %s', pattern => {
    const router = buildRouter(gateway([route('r', { paths: [`~${pattern}`] })]))
    expect(requestsOf(router)).toHaveLength(1)
  })
})

describe('traffic before and after', () => {
  const a = route('a', { paths: ['/a'] })
  const b = route('b', { paths: ['/b'] })
  const auth = plugin('key-auth', {}, { route: { id: a.id } })
  const limit = (minute: number) => plugin('rate-limiting', { minute }, { route: { id: a.id } })
  const base = gateway([a, b], { plugins: [auth, limit(10)] })
  const compare = (after: GatewayConfig, paths = ['/a', '/a/x', '/b']) =>
    compareTraffic(
      base,
      after,
      paths.map(path => request(path)),
    ).map(group => ({
      change: group.change,
      worse: group.worse,
      before: group.before,
      after: group.after,
      paths: group.requests.map(({ path }) => path).join(),
    }))

  it('finds nothing if nothing changed', () => {
    expect(compare(base)).toEqual([])
    expect(compare({ ...base, plugins: [limit(10), auth] })).toEqual([])
  })

  it('names requests that lose their authentication, and only those', () => {
    expect(compare({ ...base, plugins: [limit(10)] })).toEqual([
      {
        change: 'authentication lost',
        worse: true,
        before: 'route a: key-auth',
        after: 'route a: nothing authenticates',
        paths: '/a,/a/x',
      },
    ])
    const anonymous = plugin('key-auth', { anonymous: 'x' }, { route: { id: a.id } })
    expect(compare({ ...base, plugins: [limit(10), anonymous] })[0]).toMatchObject({
      change: 'authentication lost',
      after: 'route a: key-auth, else anonymous',
    })
    const swapped = plugin('jwt', {}, { route: { id: a.id } })
    expect(compare({ ...base, plugins: [limit(10), swapped] })).toEqual([])
  })

  it('names new 404s, changed upstreams, endings and limits', () => {
    expect(compare({ ...base, routes: [a] })).toMatchObject([
      { change: 'no route', worse: true, paths: '/b' },
    ])
    expect(compare({ ...base, routes: [a, b, route('c', { paths: ['/c'] })] }, ['/c'])).toMatchObject([
      { change: 'answered', before: 'no route', worse: true },
    ])
    const moved = { ...base, services: [{ ...payments, port: 9000 }] }
    expect(compare(moved)).toMatchObject([
      {
        change: 'upstream changed',
        paths: '/a,/a/x',
        after: 'route a to payments (http://payments.internal:9000)',
      },
      { change: 'upstream changed', paths: '/b' },
    ])
    expect(compare({ ...base, routes: [{ ...a, strip_path: false }, b] })).toMatchObject([
      {
        change: 'upstream changed',
        paths: '/a,/a/x',
        before: expect.stringMatching(/: \/$/),
        after: expect.stringMatching(/: \/a$/),
      },
    ])
    const stopped = plugin('request-termination', {}, { route: { id: b.id } })
    expect(compare({ ...base, plugins: [auth, limit(10), stopped] })).toMatchObject(
      [
        { change: 'authentication gained', paths: '/b' },
        { change: 'refused', worse: true, paths: '/b', after: '503 by request-termination' },
      ].sort((x, y) => (x.change === 'refused' ? -1 : y.change === 'refused' ? 1 : 0)),
    )
    expect(compare({ ...base, plugins: [auth, limit(100)] })).toMatchObject([
      {
        change: 'limit weaker',
        worse: true,
        before: 'route a: 10 per minute by consumer',
        after: 'route a: 100 per minute by consumer',
      },
    ])
    expect(compare({ ...base, plugins: [auth, limit(5)] })).toMatchObject([
      { change: 'limit stricter', worse: false },
    ])
  })

  it('names routes that become unreachable', () => {
    const over = route('z', { paths: ['~/b'] })
    const groups = compareTraffic(base, { ...base, routes: [a, b, over] }, [])
    expect(groups).toMatchObject([
      {
        change: 'unreachable',
        worse: true,
        after: 'route b: every request that it matches goes to z',
        routes: [{ name: 'b' }, { name: 'z' }],
      },
    ])
  })

  it('distinguishes another route to the same upstream', () => {
    const other = route('c', { paths: ['/b/x'] })
    expect(
      compare(
        { ...base, routes: [a, { ...b, paths: ['/b'], strip_path: false }, { ...other, strip_path: false }] },
        ['/b/x'],
      ),
    ).toMatchObject([{ change: 'upstream changed' }])
    const same = [a, { ...b, strip_path: false }]
    const groups = compareTraffic(
      { ...base, routes: same },
      { ...base, routes: [...same, { ...other, strip_path: false }] },
      [request('/b/x')],
    )
    expect(groups).toMatchObject([{ change: 'route changed', worse: false }])
  })
})

describe('requests as people write them', () => {
  it('have a method, a URL and what else is known', () => {
    expect(parseRequest('GET https://api.example/a?x=1#top')).toMatchObject({
      method: 'GET',
      scheme: 'https',
      host: 'api.example',
      path: '/a?x=1',
    })
    expect(parseRequest('https://api.example:8443', { clientIp: '10.0.0.1' })).toMatchObject({
      host: 'api.example:8443',
      port: 8443,
      path: '/',
    })
    expect(parseRequest('post http://u:p@h/caf\u00e9/../%2e')).toMatchObject({
      method: 'POST',
      host: 'h',
      path: '/caf%C3%A9/../%2e',
    })
    expect(parseRequest('http://h?x')?.path).toBe('/?x')
    for (const text of ['', 'GET /x', 'ftp://x/', 'GET', 'GET https://'])
      expect(parseRequest(text)).toBeUndefined()
  })
})

describe('lists of a gateway', () => {
  it('are read with nulls and unknown fields; wrong types are reported and left out', () => {
    const { config, problems } = readConfig({
      routes: [
        { id: 'r', name: 'r', paths: ['/'], hosts: null, service: { id: 's' }, future: [1] },
        { name: 'bad', paths: '/x' },
        'text',
      ],
      services: [{ id: 's', host: 'h', port: 80 }],
      plugins: [{ name: 'key-auth', config: [] }, {}],
      vaults: [{ name: 'x' }],
    })
    expect(answerOf(config, request('/')).route?.name).toBe('r')
    expect(problems).toEqual([
      "routes: item 2 (bad) can't be read and is left out",
      "routes: item 3 (string) can't be read and is left out",
      "plugins: item 1 (key-auth) can't be read and is left out",
      "plugins: item 2 (without a name) can't be read and is left out",
    ])
  })
})
