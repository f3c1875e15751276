/** Random gateways and requests that meet often: few names, many combinations. */
import fc from 'fast-check'
import type { GatewayConfig, ProxyRequest, RouteConfig } from '../../src/providers/kong/router/index.ts'

const segments = ['a', 'b', 'users', 'v1', 'x.y', '\u00e9', 'A']
const path = fc
  .tuple(fc.array(fc.constantFrom(...segments), { maxLength: 3 }), fc.boolean())
  .map(([parts, slash]) => `/${parts.join('/')}${slash && parts.length > 0 ? '/' : ''}`)
const tail = fc.constantFrom(
  '',
  '$',
  '.*',
  '/\\d+',
  '/(?<id>[^/]+)$',
  '/(a|b)',
  '|/b',
  '/v[12]',
  '(?i:/A)',
  '/[a-z]{1,3}',
)
const regexPath = fc.tuple(path, tail).map(([start, end]) => `~${start.replaceAll('.', '\\.')}${end}`)
const hosts = [
  'a.example',
  'b.example',
  'x.y.example',
  'a.example:8000',
  '*.example',
  '*.y.example',
  'a.*',
  'x.*',
  '*ple',
]
const headerValue = fc.constantFrom('1', '2', 'z', '~*^[12]$', '~*')

const idOf = (number: number) => `b0000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`

const some = <T>(items: fc.Arbitrary<T>, maxLength = 2) =>
  fc.option(fc.uniqueArray(items, { minLength: 1, maxLength }), { nil: null, freq: 2 })

export const route: fc.Arbitrary<RouteConfig> = fc
  .record({
    id: fc.nat(0xffff).map(idOf),
    paths: fc.oneof(
      { weight: 3, arbitrary: some(fc.oneof(path, path, regexPath), 3) },
      { weight: 1, arbitrary: fc.constant(['/']) },
    ),
    hosts: some(fc.constantFrom(...hosts)),
    methods: some(fc.constantFrom('GET', 'POST', 'DELETE')),
    headers: fc.option(
      fc.dictionary(
        fc.constantFrom('x-v', 'X-W'),
        fc.uniqueArray(headerValue, { minLength: 1, maxLength: 2 }),
        { maxKeys: 2 },
      ),
      { nil: null, freq: 1 },
    ),
    regex_priority: fc.constantFrom(0, 0, 1, 5, -1),
    strip_path: fc.boolean(),
    preserve_host: fc.boolean(),
    protocols: fc.constantFrom(['http', 'https'], ['https']),
    service: fc.constantFrom({ id: 's0' }, { id: 's1' }, { id: 's2' }, null),
  })
  .map(fields => ({ ...fields, name: `r${fields.id.slice(-4)}` }))

export const routes = fc.uniqueArray(route, { selector: each => each.id, minLength: 1, maxLength: 12 })

export const request: fc.Arbitrary<ProxyRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'OPTIONS'),
  scheme: fc.constantFrom('http', 'https'),
  host: fc.constantFrom('a.example', 'b.example', 'x.y.example', 'a.example:8000', 'A.example', 'other.test'),
  port: fc.constantFrom(8000, 80),
  path: fc
    .tuple(path, fc.constantFrom('', 'tail', '/tail', '/7', '//x', '/../b', '?q=1', '/a', '%2Fb'))
    .map(([start, end]) => `${start}${end}`.replaceAll('\u00e9', '%C3%A9')),
  headers: fc.dictionary(
    fc.constantFrom('x-v', 'x-w', 'apikey'),
    fc.constantFrom('1', '2', 'Z', 'key1', 'bad'),
    { maxKeys: 3 },
  ),
  clientIp: fc.constant('192.0.2.1'),
})

const services = [
  { id: 's0', name: 's0', host: 'up0', port: 80 },
  { id: 's1', name: 's1', host: 'up1', port: 8080, path: '/up1' },
  { id: 's2', name: 's2', host: 'up2', port: 443, protocol: 'https', path: '/up2/' },
]

/** A gateway of some routes with plugins in all scopes, and two consumers. */
export function gatewayOf(ownRoutes: readonly RouteConfig[], seed: number): GatewayConfig {
  const plugins = [
    'key-auth',
    'acl',
    'cors',
    'rate-limiting',
    'request-transformer',
    'request-termination',
    'our-own',
  ]
  const of = (index: number) => (seed >>> index) & 3
  return {
    routes: ownRoutes,
    services,
    consumers: [
      { id: 'c1', username: 'c1' },
      { id: 'c2', username: 'c2' },
    ],
    'key-auths': [{ id: 'k1', key: 'key1', consumer: { id: 'c1' } }],
    acls: [{ id: 'g1', group: 'g1', consumer: { id: 'c1' } }],
    plugins: plugins.flatMap((name, index) => {
      const config = {
        allow: ['g1'],
        minute: index + 1,
        trigger: 'x-w',
        add: { headers: [`x-mark:${index}`] },
      }
      const routeId = ownRoutes[index % ownRoutes.length]?.id
      const scopes = [
        { id: `${name} global` },
        { id: `${name} service`, service: { id: `s${index % 3}` } },
        { id: `${name} route`, ...(routeId && { route: { id: routeId } }) },
        { id: `${name} consumer`, consumer: { id: 'c1' } },
      ]
      return scopes
        .filter((_, scope) => of(index * 2 + scope) === 1)
        .map(scope => ({ name, config, ...scope }))
    }),
  }
}
