import { describe, expect, it } from 'vitest'
import {
  buildRouter,
  editHeaders,
  type PluginConfig,
  type RouteConfig,
} from '../../src/providers/kong/router/index.ts'
import { answerOf, gateway, messageOf, plugin, request, route } from './routing-gateways.ts'

type Asked = Parameters<typeof request>[1] & { path?: string }

function ask(plugins: readonly PluginConfig[], asked: Asked = {}, fields: RouteConfig = {}) {
  const config = gateway([route('r', { paths: ['/'], strip_path: false, ...fields })], { plugins })
  return answerOf(config, request(asked.path ?? '/', asked))
}

/** The response's headers as the plugins leave those of an upstream, or those of the gateway's own answer. */
function headersOf(answer: ReturnType<typeof ask>, upstream: Record<string, string> = {}) {
  return editHeaders({ ...upstream, ...answer.ending?.headers }, answer.response)
}

describe('where the router ends a request', () => {
  it('no route: 404, and global plugins still see the response', () => {
    const answer = ask([plugin('cors', { origins: ['https://a.example'] })], {}, { paths: ['/x'] })
    expect(answer).toMatchObject({ route: null, status: 404, why: 'no route matches', plugins: [] })
    expect(messageOf(answer)).toBe('no Route matched with those values')
    expect(headersOf(answer)).toMatchObject({ 'access-control-allow-origin': 'https://a.example' })
  })

  it('plain HTTP to a route for HTTPS: 426, or a redirect with the request as it was', () => {
    const answer = ask([plugin('key-auth')], {}, { protocols: ['https'] })
    expect(answer).toMatchObject({ route: { name: 'r' }, status: 426, plugins: [], upstream: null })
    expect(answer.ending?.headers).toEqual({ connection: 'Upgrade', upgrade: 'TLS/1.2, HTTP/1.1' })
    const moved = { protocols: ['https'], https_redirect_status_code: 301 }
    const { ending } = ask([], { path: '/a//b?x=1', host: 'API.example:8000' }, moved)
    expect(ending).toMatchObject({ status: 301, headers: { location: 'https://api.example/a//b?x=1' } })
    expect(ask([], { scheme: 'https' }, moved).status).toBeNull()
  })

  it('a route without a service: 503, after its plugins', () => {
    const answer = ask([plugin('prometheus')], {}, { service: null })
    expect(answer).toMatchObject({ status: 503, upstream: null, plugins: [{ name: 'prometheus' }] })
    expect(ask([plugin('request-termination', { status_code: 204 })], {}, { service: null }).status).toBe(204)
  })

  it('gRPC routes only take gRPC over HTTP/2', () => {
    const fields = { protocols: ['grpc'] }
    const headers = { 'content-type': 'application/grpc' }
    expect(ask([], {}, fields).status).toBe(415)
    expect(ask([], { headers }, fields).status).toBe(426)
    expect(ask([], { headers, httpVersion: 2 }, fields).status).toBeNull()
  })
})

describe('cors', () => {
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://a.example', 'access-control-request-method': 'PUT' },
  }

  it('answers preflight requests itself, unless told to go on', () => {
    const answer = ask(
      [
        plugin('cors', {
          origins: ['https://a.example', 'https://b.example'],
          max_age: 60,
          methods: ['GET'],
        }),
      ],
      preflight,
    )
    expect(answer).toMatchObject({ status: 200, upstream: null })
    expect(headersOf(answer)).toEqual({
      vary: 'Origin',
      'access-control-allow-origin': 'https://a.example',
      'access-control-allow-methods': 'GET',
      'access-control-max-age': '60',
    })
    expect(ask([plugin('cors', { preflight_continue: true })], preflight).status).toBeNull()
    expect(ask([plugin('cors')], { ...preflight, method: 'GET' }).status).toBeNull()
  })

  it('names the origin that may read the response', () => {
    const allowed = (config: object, origin?: string) => {
      const headers = origin === undefined ? {} : { origin }
      return headersOf(ask([plugin('cors', { ...config })], { headers }))['access-control-allow-origin']
    }
    expect(allowed({}, 'https://x')).toBe('*')
    expect(allowed({ origins: ['https://a'] }, 'https://x')).toBe('https://a')
    expect(allowed({ origins: ['https://a', 'https://b:443'] }, 'https://b')).toBe('https://b')
    expect(allowed({ origins: ['https://a', 'https://b'] }, 'https://x')).toBeUndefined()
    expect(allowed({ origins: ['.*\\.example$', 'z'] }, 'https://x.example')).toBe('https://x.example')
    expect(allowed({ origins: ['.*\\.example$', 'z'] }, 'https://x.example.evil')).toBeUndefined()
    expect(allowed({ credentials: true }, 'https://x')).toBe('https://x')
  })
})

describe('restrictions', () => {
  it('ip-restriction: denies first, then allows', () => {
    const from = (config: object, clientIp?: string) =>
      ask([plugin('ip-restriction', { ...config })], { clientIp }).status
    expect(from({ allow: ['192.0.2.0/24'] }, '192.0.2.7')).toBeNull()
    expect(from({ allow: ['192.0.2.0/24'] }, '192.0.3.7')).toBe(403)
    expect(from({ allow: ['192.0.2.0/24'], deny: ['192.0.2.7'] }, '192.0.2.7')).toBe(403)
    expect(from({ deny: ['2001:db8::/32'], status: 404 }, '2001:db8:1::')).toBe(404)
    const answer = ask([plugin('ip-restriction', { allow: ['10.0.0.1'] })], { clientIp: undefined })
    expect(answer).toMatchObject({ status: null, plugins: [{ effect: 'unknown' }] })
  })

  it('request-termination: always, or where its trigger is there', () => {
    expect(messageOf(ask([plugin('request-termination')]))).toBe('Service unavailable')
    expect(messageOf(ask([plugin('request-termination', { status_code: 410, message: 'gone' })]))).toBe(
      'gone',
    )
    const body = { status_code: 200, body: '<ok/>', content_type: 'text/xml' }
    expect(ask([plugin('request-termination', body)]).ending?.body).toEqual({
      type: 'text',
      text: '<ok/>',
      contentType: 'text/xml',
    })
    const triggered = plugin('request-termination', { trigger: 'X-Stop' })
    expect(ask([triggered]).status).toBeNull()
    expect(ask([triggered], { headers: { 'x-stop': '1' } }).status).toBe(503)
    expect(ask([triggered], { path: '/?X-Stop' }).status).toBe(503)
  })

  it('request-size-limiting: by the declared length', () => {
    const limited = plugin('request-size-limiting', { allowed_payload_size: 1, size_unit: 'kilobytes' })
    const of = (headers: Record<string, string>) => ask([limited], { method: 'POST', headers }).status
    expect(of({ 'content-length': '1024' })).toBeNull()
    expect(of({ 'content-length': '1025' })).toBe(413)
    expect(of({ 'content-length': '1025', expect: '100-continue' })).toBe(417)
    expect(ask([plugin('request-size-limiting', { require_content_length: true })]).status).toBe(411)
  })

  it('bot-detection: what is configured; the rest is unknown', () => {
    const of = (agent: string | undefined) =>
      ask([plugin('bot-detection', { deny: ['^evil'], allow: ['^good'] })], {
        headers: { 'user-agent': agent },
      })
    expect(of('evil/1').status).toBe(403)
    expect(of('good evil').unknown).toEqual([])
    expect(of(undefined).unknown).toEqual([])
    expect(of('curl').unknown).toHaveLength(1)
  })

  it('redirect: to a place, or with the path', () => {
    const to = (config: object) => ask([plugin('redirect', { ...config })], { path: '/a?b=1' }).ending
    expect(to({ location: 'https://new.example/x' })).toMatchObject({
      status: 301,
      headers: { location: 'https://new.example/x' },
    })
    const kept = to({ location: 'https://new.example/x', keep_incoming_path: true, status_code: 308 })
    expect(kept).toMatchObject({ status: 308, headers: { location: 'https://new.example/a?b=1' } })
  })

  it('rate-limiting: its limits; whether they are used up only with who counts', () => {
    const limited = [
      plugin('rate-limiting', { minute: 5, hour: 50, limit_by: 'ip' }),
      plugin('request-termination'),
    ]
    const answer = ask(limited)
    expect(answer.limits).toMatchObject([
      { windows: { minute: 5, hour: 50 }, by: 'ip', identifier: '192.0.2.7' },
    ])
    expect(answer.status).toBe(503)
    expect(answer.unknown).toEqual([
      'rate-limiting (global): not counted here; beyond its limit it answers 429',
    ])
    const router = buildRouter(gateway([route('r', { paths: ['/'] })], { plugins: limited }))
    const counted = router.answer(request('/'), { exceeded: limit => limit.windows.minute === 5 })
    expect(counted).toMatchObject({ status: 429, unknown: [] })
    expect(messageOf(counted)).toBe('API rate limit exceeded')
  })
})

describe('transformers', () => {
  it('request-transformer: removes, renames, replaces, adds and appends, in this order', () => {
    const config = {
      remove: { headers: ['x-a'], querystring: ['a'] },
      rename: { headers: ['x-b:x-c'], querystring: ['b:c'] },
      replace: {
        headers: ['x-c:2', 'x-none:1', 'host:new.example'],
        querystring: ['c:9', 'none:1'],
        uri: '/new path',
      },
      add: { headers: ['x-c:3', 'x-d:4'], querystring: ['d:1 2'] },
      append: { headers: ['x-d:5'], querystring: ['d:x'] },
      http_method: 'put',
    }
    const headers = { 'x-a': '1', 'x-b': '1' }
    const { upstream } = ask([plugin('request-transformer', config)], { path: '/o?a=1&b=2&e=f', headers })
    expect(upstream).toMatchObject({
      method: 'PUT',
      host: 'new.example',
      uri: '/new%20path?c=9&d=1%202&d=x&e=f',
    })
    expect(upstream?.headers).toMatchObject({ 'x-c': '2', 'x-d': ['4', '5'] })
    expect(Object.keys(upstream?.headers ?? {})).not.toContain('x-a')
  })

  it('request-transformer: fills simple templates, leaves Lua open', () => {
    const uri = (template: string) => {
      const config = { replace: { uri: template } }
      const fields = { paths: ['~/users/(?<id>\\d+)'] }
      return ask(
        [plugin('request-transformer', config)],
        { path: '/users/7/x?q=9', headers: { 'x-v': 'v2' } },
        fields,
      )
    }
    expect(uri('/$(headers["x-v"])/u/$(uri_captures.id)').upstream?.uri).toBe('/v2/u/7?q=9')
    expect(uri("/$(query_params.q)/$(uri_captures['id'])/$(uri_captures[1])").upstream?.uri).toBe(
      '/9/7/7?q=9',
    )
    const lua = uri('/$(string.upper("x"))')
    expect(lua.plugins[0]?.effect).toBe('unknown')
    expect(lua.unknown[0]).toContain('string.upper')
  })

  it("response-transformer: on the upstream's and on the gateway's own answers", () => {
    const config = {
      remove: { headers: ['x-a'] },
      rename: { headers: ['x-b:x-c'] },
      replace: { headers: ['x-d:9', 'x-none:1'] },
      add: { headers: ['x-d:8', 'x-e:1:2'] },
      append: { headers: ['x-e:3'] },
    }
    const plugins = [plugin('response-transformer', config)]
    expect(headersOf(ask(plugins), { 'x-a': '1', 'x-b': '2', 'x-d': '3' })).toEqual({
      'x-c': '2',
      'x-d': '9',
      'x-e': ['1:2', '3'],
    })
    expect(headersOf(ask([...plugins, plugin('key-auth')]))).toMatchObject({ 'x-e': ['1:2', '3'] })
  })

  it('correlation-id: keeps an id, or takes one that the caller makes', () => {
    const plugins = [plugin('correlation-id', { header_name: 'X-Id', echo_downstream: true })]
    const kept = ask(plugins, { headers: { 'x-id': 'mine' } })
    expect(kept.upstream?.headers['x-id']).toBe('mine')
    expect(headersOf(kept)).toEqual({ 'x-id': 'mine' })
    const router = buildRouter(gateway([route('r', { paths: ['/'] })], { plugins }))
    const made = router.answer(request('/'), { newId: generator => `made by ${generator}` })
    expect(made.upstream?.headers['x-id']).toBe('made by uuid#counter')
  })
})
