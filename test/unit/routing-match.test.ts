import { describe, expect, it } from 'vitest'
import { buildRouter, type RouteConfig } from '../../src/providers/kong/router/index.ts'
import { answerOf, gateway, request, route, winner } from './routing-gateways.ts'

describe('what a route matches', () => {
  const matches = (fields: RouteConfig, asked: Parameters<typeof request>[1] & { path?: string }) =>
    winner([route('r', fields)], request(asked?.path ?? '/', asked)) === 'r'

  it('methods and hosts as they stand', () => {
    expect(matches({ methods: ['POST'] }, { method: 'POST' })).toBe(true)
    expect(matches({ methods: ['POST'] }, { method: 'GET' })).toBe(false)
    expect(matches({ hosts: ['api.example'] }, { host: 'api.example' })).toBe(true)
    expect(matches({ hosts: ['api.example'] }, { host: 'API.example' })).toBe(false)
    expect(matches({ hosts: ['api.example'] }, { host: 'api.example:1234' })).toBe(true)
  })

  it('wildcard hosts by their end or start', () => {
    expect(matches({ hosts: ['*.example'] }, { host: 'a.b.example' })).toBe(true)
    expect(matches({ hosts: ['*.example'] }, { host: 'example' })).toBe(false)
    expect(matches({ hosts: ['api.*'] }, { host: 'api.x.y' })).toBe(true)
    expect(matches({ hosts: ['api.*'] }, { host: 'xapi.y' })).toBe(false)
    expect(matches({ hosts: ['*ample'] }, { host: 'x.example' })).toBe(true)
    expect(matches({ hosts: ['ap*'] }, { host: 'api.example' })).toBe(true)
  })

  it('a port of a host against that of the Host header, else of the connection', () => {
    expect(matches({ hosts: ['api.example:8443'] }, { host: 'api.example:8443' })).toBe(true)
    expect(matches({ hosts: ['api.example:8443'] }, { host: 'api.example', port: 8443 })).toBe(true)
    expect(matches({ hosts: ['api.example:8443'] }, { host: 'api.example' })).toBe(false)
    expect(matches({ hosts: ['*.example:8443'] }, { host: 'api.example:8443' })).toBe(true)
  })

  it('headers: all names, any of their values, in any case', () => {
    const headers = { 'X-Version': ['2', 'Beta'], 'x-team': ['pay'] }
    expect(matches({ headers }, { headers: { 'x-version': 'BETA', 'X-TEAM': 'Pay' } })).toBe(true)
    expect(matches({ headers }, { headers: { 'x-version': ['1', '2'], 'x-team': 'pay' } })).toBe(true)
    expect(matches({ headers }, { headers: { 'x-version': '2' } })).toBe(false)
    expect(matches({ headers }, { headers: { 'x-version': '3', 'x-team': 'pay' } })).toBe(false)
  })

  it('headers by a regex, which is compared in lower case itself', () => {
    expect(matches({ headers: { 'x-v': ['~*^V[12]$'] } }, { headers: { 'x-v': 'v1' } })).toBe(true)
    expect(matches({ headers: { 'x-v': ['~*^V[12]$'] } }, { headers: { 'x-v': 'v3' } })).toBe(false)
    expect(matches({ headers: { 'x-v': ['~*^\\D$'] } }, { headers: { 'x-v': '1' } })).toBe(true)
  })

  it('SNIs for HTTPS only', () => {
    const fields = { snis: ['*.example'], protocols: ['https'] }
    expect(matches(fields, { scheme: 'https', sni: 'a.example' })).toBe(true)
    expect(matches(fields, { scheme: 'https', sni: 'a.test' })).toBe(false)
    expect(matches(fields, { scheme: 'https', sni: null })).toBe(false)
    expect(matches(fields, { scheme: 'https', host: 'b.example:443' })).toBe(true)
    expect(matches(fields, { scheme: 'http' })).toBe(true)
    expect(matches({ ...fields, snis: ['a.example.'] }, { scheme: 'https', sni: 'a.example' })).toBe(true)
  })

  it('addresses and ports of source and destination', () => {
    expect(matches({ sources: [{ ip: '192.0.2.0/24' }] }, {})).toBe(true)
    expect(matches({ sources: [{ ip: '192.0.3.0/24' }] }, {})).toBe(false)
    expect(matches({ sources: [{ ip: '2001:db8::/32' }] }, { clientIp: '2001:db8::1' })).toBe(true)
    expect(matches({ sources: [{ ip: '192.0.2.7', port: 99 }] }, { clientPort: 99 })).toBe(true)
    expect(matches({ destinations: [{ port: 8000 }] }, {})).toBe(true)
    expect(matches({ destinations: [{ port: 8001 }] }, {})).toBe(false)
  })

  it('reports what the request leaves undecided', () => {
    const config = gateway([route('r', { destinations: [{ ip: '10.0.0.1' }] }), route('s', { paths: ['/'] })])
    const answer = answerOf(config, request('/'))
    expect(answer.route?.name).toBe('s')
    expect(answer.unknown).toEqual([
      "whether route r matches: the request's destination address is not given",
    ])
  })

  it('ignores stream routes, disabled services and routes without criteria', () => {
    const config = gateway(
      [
        route('a', { protocols: ['tcp'], destinations: [{ port: 8000 }] }),
        route('b', { paths: ['/'], service: { id: 's' } }),
        route('c'),
      ],
      { services: [{ id: 's', name: 's', host: 's', enabled: false }] },
    )
    expect(answerOf(config, request('/')).status).toBe(404)
    expect(buildRouter(config).table.leftOut.map(({ route: r, reason }) => [r.name, reason])).toEqual([
      ['b', 'its service s is disabled'],
      ['c', 'it asks for nothing (no paths, hosts, methods, headers or SNIs)'],
    ])
  })
})

describe('regex paths', () => {
  const matched = (pattern: string, path: string) =>
    answerOf(gateway([route('r', { paths: [`~${pattern}`] })]), request(path)).upstream?.headers[
      'x-forwarded-prefix'
    ]

  it.each([
    ['/users/(?<id>[^/]+)$', '/users/7', '/users/7'],
    ['/users/(?P<id>[^/]+)$', '/users/7', '/users/7'],
    ['/users/\\d+', '/users/77x', '/users/77'],
    ['/(a|b)/c', '/b/c', '/b/c'],
    ['/a.c', '/abc', '/abc'],
    ['/(?i)ABC', '/abc', '/abc'],
    ['(?i)/ABC', '/abc/d', '/abc'],
    ['/(?i:A)b', '/ab', '/ab'],
    ['/[[:alpha:]]+', '/abc1', '/abc'],
    ['/[a-z&&[^b]]+', '/acb', '/ac'],
    ['/a{2,}', '/aaaa', '/aaaa'],
    ['/\\p{Greek}+', '/%CE%B1%CE%B2c', '/Î±Î²'],
    ['/\\w+', '/%C3%A9a-', '/Ã©a'],
    ['/a\\x2Eb', '/a.b', '/a.b'],
    ['/a\\/b', '/a/b', '/a/b'],
    ['/v1/.*?/x', '/v1/a/b/x/x', '/v1/a/b/x'],
    ['/a|/b', '/c/b', '/b'],
  ])('%s in %s matches %s', (pattern, path, prefix) => {
    expect(matched(pattern, path)).toBe(prefix)
  })

  it.each([
    ['/users/\\d+$', '/users/7/x'],
    ['/users', '/x/users'],
    ['/(?i)a(?-i)B', '/ab'],
    ['/\\bx', '/%C3%A9'],
    ['/a.b', '/a%0Ab'],
  ])('%s does not match %s', (pattern, path) => {
    expect(matched(pattern, path)).toBeUndefined()
  })

  it.each(['/(?=a)', '/(a)\\1', '/(?<!a)b', '/a**', '/('])('says that %s is not modelled', pattern => {
    const answer = answerOf(gateway([route('r', { paths: [`~${pattern}`] })]), request('/a'))
    expect(answer.status).toBe(404)
    expect(answer.unknown[0]).toMatch(/^whether route r matches: its regex .* is not modelled$/)
  })
})
