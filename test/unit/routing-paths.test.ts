import { describe, expect, it } from 'vitest'
import { answerOf, gateway, payments, request, route, winner } from './routing-gateways.ts'

describe('paths that the upstream sees', () => {
  const upstreamUri = (servicePath: string | undefined, path: string, asked: string, strip: boolean) => {
    const service = servicePath === undefined ? payments : { ...payments, path: servicePath }
    const config = gateway([route('r', { paths: [path], strip_path: strip })], { services: [service] })
    return answerOf(config, request(asked)).upstream?.uri
  }

  it.each([
    [undefined, '/a', '/a', true, '/'],
    [undefined, '/a', '/a/', true, '/'],
    [undefined, '/a', '/a/b', true, '/b'],
    [undefined, '/a', '/abc', true, '/bc'],
    [undefined, '/a/', '/a/b', true, '/b'],
    ['/', '/a', '/a/', true, '/'],
    ['/up', '/a', '/a', true, '/up'],
    ['/up', '/a', '/a/', true, '/up/'],
    ['/up', '/a/', '/a/b', true, '/up/b'],
    ['/up/', '/a', '/a', true, '/up'],
    ['/up/', '/a', '/a/', true, '/up/'],
    ['/up/', '/a', '/a/b', true, '/up/b'],
    ['/up', '/', '/', false, '/up'],
    ['/up', '/a', '/a/b', false, '/up/a/b'],
    ['/up/', '/a', '/a/b', false, '/up/a/b'],
    ['/up/', '/', '/', false, '/up/'],
  ])(
    'joins service path %s, route path %s and request %s (strip: %s) to %s',
    (service, path, asked, strip, uri) => {
      expect(upstreamUri(service, path, asked, strip)).toBe(uri)
    },
  )

  it.each([
    ['/a//b///c', '/a/b/c'],
    ['/a/./b/../c', '/a/c'],
    ['/a/b/..', '/a/'],
    ['/%61%2Fb', '/a%2Fb'],
    ['/a%2fb', '/a%2Fb'],
    ['/caf%C3%A9', '/caf%C3%A9'],
    ['/a%20b', '/a%20b'],
    ['/a?x=%20&y', '/a?x=%20&y'],
    ['/a?', '/a?'],
    ['/a.b/.c', '/a.b/.c'],
    ['/a|b"c', '/a%7Cb%22c'],
  ])('normalises %s to %s', (asked, uri) => {
    expect(upstreamUri(undefined, '/', asked, false)).toBe(uri)
  })

  it('cuts what a prefix leaves of a dot segment', () => {
    expect(upstreamUri('/up', '/a', '/a../b', true)).toBe('/up/b')
    expect(upstreamUri('/up', '/a', '/a.', true)).toBe('/up')
  })

  it.each(['tail', '', '*', '/a%', '/a%zz', '/a%00', '/..', '/a/../../b', '/%2e%2e/a', '/a b'])(
    'answers 400 to %j, which HTTP does not allow',
    asked => {
      const answer = answerOf(gateway([route('r', { paths: ['/'] })]), request(asked))
      expect(answer).toMatchObject({ route: null, status: 400, upstream: null, ending: { by: 'gateway' } })
    },
  )

  it('matches by bytes: é is two', () => {
    const routes = [route('a', { paths: ['/é'] }), route('b', { paths: ['/xy'] })]
    expect(winner(routes, request('/%C3%A9/x'))).toBe('a')
    const answer = answerOf(gateway(routes), request('/%C3%A9/x'))
    expect(answer.upstream).toMatchObject({ uri: '/x', headers: { 'x-forwarded-prefix': '/Ã©' } })
  })

  it('matches nothing where the path is not UTF-8', () => {
    expect(winner([route('r', { paths: ['/'] })], request('/%ff'))).toBeNull()
    expect(winner([route('r', { hosts: ['api.example'] })], request('/%ff'))).toBe('r')
  })
})

describe('headers that the upstream sees', () => {
  const config = gateway([route('r', { paths: ['/a'] })])

  it('says where a request came from, whatever the client says', () => {
    const headers = {
      'X-Forwarded-Host': 'evil',
      'X-Forwarded-For': '10.1.1.1',
      'x-forwarded-prefix': '/evil',
      Accept: '*/*',
    }
    const answer = answerOf(config, request('/a/b?x=1', { host: 'API.example:8000', headers }))
    expect(answer.upstream?.headers).toEqual({
      accept: '*/*',
      'x-forwarded-for': '10.1.1.1, 192.0.2.7',
      'x-forwarded-host': 'api.example',
      'x-forwarded-path': '/a/b',
      'x-forwarded-port': '8000',
      'x-forwarded-prefix': '/a',
      'x-forwarded-proto': 'http',
      'x-real-ip': '192.0.2.7',
    })
  })

  it('drops the headers of the connection, and those it names', () => {
    const headers = {
      Connection: 'keep-alive, X-Hop',
      'X-Hop': '1',
      'Keep-Alive': '5',
      TE: 'x',
      'X-End': '2',
    }
    const { upstream } = answerOf(config, request('/a', { headers }))
    expect(upstream?.headers).toMatchObject({ 'x-end': '2' })
    expect(Object.keys(upstream?.headers ?? {})).not.toContain('x-hop')
    expect(Object.keys(upstream?.headers ?? {})).not.toContain('te')
  })

  it('sends the host of the service, or of the request where it is preserved', () => {
    const hostSent = (fields: object, service: object = {}) => {
      const routes = [route('r', { paths: ['/'], ...fields })]
      return answerOf(
        gateway(routes, { services: [{ ...payments, ...service }] }),
        request('/', { host: 'API.example' }),
      ).upstream?.host
    }
    expect(hostSent({})).toBe('payments.internal:8080')
    expect(hostSent({}, { port: 80 })).toBe('payments.internal')
    expect(hostSent({}, { port: 443, protocol: 'https' })).toBe('payments.internal')
    expect(hostSent({}, { port: 443 })).toBe('payments.internal:443')
    expect(hostSent({ preserve_host: true })).toBe('API.example')
  })

  it('sends the host of an upstream entity: its own, its only target, or an unknown one', () => {
    const upstreams = [{ id: 'u', name: 'payments.internal' }]
    const targets = [{ target: '10.0.0.1:9000', weight: 100, upstream: { id: 'u' } }]
    const two = [...targets, { target: '10.0.0.2:9000', weight: 100, upstream: { id: 'u' } }]
    const host = (rest: object) =>
      answerOf(gateway([route('r', { paths: ['/'] })], rest), request('/')).upstream?.host
    expect(host({ upstreams, targets })).toBe('10.0.0.1:9000')
    expect(host({ upstreams, targets: two })).toBeNull()
    expect(host({ upstreams: [{ ...upstreams[0], host_header: 'pay.example' }], targets: two })).toBe(
      'pay.example:9000',
    )
    const { unknown } = answerOf(
      gateway([route('r', { paths: ['/'] })], { upstreams, targets: two }),
      request('/'),
    )
    expect(unknown).toEqual([
      'the Host header: that of the target of upstream payments.internal which the gateway picks',
    ])
  })
})
