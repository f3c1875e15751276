import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { GatewayBed } from '../gateway-bed.ts'
import { certificatePairs } from '../random/certificates.ts'

const id = (number: number): string => `bbbbbbbb-0000-4000-8000-00000000000${number}`
const key = (name: string, kid: string): object => ({
  name,
  kid,
  jwk: JSON.stringify({ kty: 'RSA', kid, n: 'abc', e: 'AQAB' }),
})
const [one, two] = certificatePairs
/** Consumers with credentials of one sort each. */
const consumers = (list: string, of: Readonly<Record<string, object | undefined>>): object => ({
  consumers: Object.entries(of).map(([username, each]) => ({
    username,
    ...(each ? { [list]: [each] } : {}),
  })),
})

/** From one manifest to the next, in one run: what must be so afterwards is what the manifest says. */
const moves: readonly (readonly [string, object, object])[] = [
  [
    'a key of a consumer that is deleted goes to another',
    consumers('keyauth_credentials', { a: { key: 'shared-key' } }),
    consumers('keyauth_credentials', { b: { key: 'shared-key' } }),
  ],
  [
    'a key goes from one consumer to another, and back comes another',
    consumers('keyauth_credentials', { a: { key: 'key-one' }, b: { key: 'key-two' } }),
    consumers('keyauth_credentials', { a: { key: 'key-two' }, b: { key: 'key-one' } }),
  ],
  [
    'a key goes from a credential with an id to one with another',
    consumers('keyauth_credentials', { a: { id: id(1), key: 'key-one' } }),
    consumers('keyauth_credentials', { a: { id: id(1), key: 'key-two' }, b: { id: id(2), key: 'key-one' } }),
  ],
  [
    'a user name with its password goes to another consumer',
    consumers('basicauth_credentials', { a: { username: 'u', password: 'p' }, b: undefined }),
    consumers('basicauth_credentials', { a: undefined, b: { username: 'u', password: 'p' } }),
  ],
  [
    'an issuer goes to another consumer while the first is deleted',
    consumers('jwt_secrets', { a: { key: 'iss', secret: 's', algorithm: 'HS256' } }),
    consumers('jwt_secrets', { b: { key: 'iss', secret: 't', algorithm: 'HS256' } }),
  ],
  [
    'a client goes to another consumer',
    consumers('oauth2_credentials', {
      a: { name: 'x', client_id: 'i', client_secret: 's', redirect_uris: ['https://a.example'] },
    }),
    consumers('oauth2_credentials', {
      b: { name: 'y', client_id: 'i', client_secret: 's', redirect_uris: ['https://a.example'] },
    }),
  ],
  [
    'an hmac user name goes to another consumer',
    consumers('hmacauth_credentials', { a: { username: 'h', secret: 's' } }),
    consumers('hmacauth_credentials', { b: { username: 'h', secret: 's' } }),
  ],
  [
    'a custom_id goes from a consumer that changes to a new one',
    { consumers: [{ username: 'a', custom_id: 'c1' }] },
    {
      consumers: [
        { username: 'a', custom_id: 'c2' },
        { username: 'b', custom_id: 'c1' },
      ],
    },
  ],
  [
    'two consumers swap their custom_ids',
    {
      consumers: [
        { username: 'a', custom_id: 'c1' },
        { username: 'b', custom_id: 'c2' },
      ],
    },
    {
      consumers: [
        { username: 'a', custom_id: 'c2' },
        { username: 'b', custom_id: 'c1' },
      ],
    },
  ],
  [
    'a custom_id of a consumer that is deleted goes to another that was there',
    { consumers: [{ username: 'a', custom_id: 'c1' }, { username: 'b' }] },
    { consumers: [{ username: 'b', custom_id: 'c1' }] },
  ],
  [
    'three consumers pass their user names on in a circle',
    { consumers: ['x', 'y', 'z'].map((username, i) => ({ id: id(i), username })) },
    { consumers: ['y', 'z', 'x'].map((username, i) => ({ id: id(i), username })) },
  ],
  [
    'an SNI goes to another certificate',
    {
      certificates: [
        { id: id(1), ...one, snis: [{ name: 'a.example' }] },
        { id: id(2), ...two },
      ],
    },
    {
      certificates: [
        { id: id(1), ...one },
        { id: id(2), ...two, snis: [{ name: 'a.example' }] },
      ],
    },
  ],
  [
    'an SNI of a certificate that is deleted goes to a new one',
    { certificates: [{ id: id(1), ...one, snis: [{ name: 'a.example' }, { name: 'b.example' }] }] },
    { certificates: [{ id: id(2), ...two, snis: [{ name: 'b.example' }] }] },
  ],
  [
    'a service gets another id, and its route stays',
    { services: [{ id: id(1), name: 's', host: 'h', routes: [{ name: 'r', paths: ['/r'] }] }] },
    { services: [{ id: id(2), name: 's', host: 'h', routes: [{ name: 'r', paths: ['/r'] }] }] },
  ],
  [
    'services get other names under the same ids',
    {
      services: [
        { id: id(1), name: 's', host: 'h' },
        { id: id(2), name: 't', host: 'h' },
      ],
    },
    {
      services: [
        { id: id(1), name: 't', host: 'h' },
        { id: id(2), name: 's', host: 'h' },
      ],
    },
  ],
  [
    'a service gets another name under the same id, and another takes its name',
    { services: [{ id: id(1), name: 's', host: 'h' }] },
    {
      services: [
        { id: id(1), name: 't', host: 'h' },
        { name: 's', host: 'i' },
      ],
    },
  ],
  [
    'a service with a route is deleted, and another with an id takes its name and the route',
    { services: [{ name: 's', host: 'h', routes: [{ name: 'r', paths: ['/r'] }] }] },
    { services: [{ id: id(1), name: 's', host: 'i', routes: [{ name: 'r', paths: ['/r'] }] }] },
  ],
  [
    'routes move between services, and one to none',
    {
      services: [
        {
          name: 's',
          host: 'h',
          routes: [
            { name: 'r', paths: ['/r'] },
            { name: 'p', paths: ['/p'] },
          ],
        },
        { name: 't', host: 'h' },
      ],
    },
    {
      services: [{ name: 't', host: 'h', routes: [{ name: 'r', paths: ['/r'] }] }],
      routes: [{ name: 'p', paths: ['/p'] }],
    },
  ],
  [
    'a route that gets another id keeps its plugins',
    { routes: [{ name: 'r', paths: ['/r'], plugins: [{ name: 'cors' }] }] },
    { routes: [{ id: id(1), name: 'r', paths: ['/r'], plugins: [{ name: 'cors' }] }] },
  ],
  [
    'a consumer that gets another id keeps all that hangs on it',
    consumers('keyauth_credentials', { a: { key: 'k' } }),
    {
      consumers: [{ id: id(1), username: 'a', keyauth_credentials: [{ key: 'k' }], acls: [{ group: 'g' }] }],
    },
  ],
  [
    'an instance_name goes from one plugin to another',
    {
      plugins: [
        { name: 'cors', instance_name: 'i' },
        { name: 'prometheus', instance_name: 'j' },
      ],
    },
    {
      plugins: [
        { name: 'cors', instance_name: 'j' },
        { name: 'prometheus', instance_name: 'i' },
      ],
    },
  ],
  [
    'a plugin of one id becomes another plugin',
    { plugins: [{ id: id(1), name: 'prometheus' }] },
    { plugins: [{ id: id(1), name: 'rate-limiting', config: { minute: 5, policy: 'local' } }] },
  ],
  [
    'a plugin moves from a route to a service under its id',
    {
      services: [
        {
          name: 's',
          host: 'h',
          routes: [{ name: 'r', paths: ['/r'], plugins: [{ id: id(1), name: 'cors' }] }],
        },
      ],
    },
    {
      services: [
        {
          name: 's',
          host: 'h',
          plugins: [{ id: id(1), name: 'cors' }],
          routes: [{ name: 'r', paths: ['/r'] }],
        },
      ],
    },
  ],
  [
    'keys without a set swap their kids',
    { keys: [key('a', 'k1'), key('b', 'k2')] },
    { keys: [key('a', 'k2'), key('b', 'k1')] },
  ],
  [
    'an upstream gets another id, and its targets stay',
    { upstreams: [{ id: id(1), name: 'u', targets: [{ target: '10.0.0.1:80' }, { target: '::1' }] }] },
    { upstreams: [{ id: id(2), name: 'u', targets: [{ target: '10.0.0.1:80' }, { target: '::1' }] }] },
  ],
  [
    'a vault’s prefix goes to another',
    { vaults: [{ id: id(1), name: 'env', prefix: 'env-a', config: { prefix: 'A_' } }] },
    { vaults: [{ id: id(2), name: 'env', prefix: 'env-a', config: { prefix: 'B_' } }] },
  ],
  [
    'a key set gets another id, and its keys stay',
    { key_sets: [{ id: id(1), name: 's' }], keys: [{ ...key('a', 'k1'), set: { name: 's' } }] },
    { key_sets: [{ id: id(2), name: 's' }], keys: [{ ...key('a', 'k1'), set: { name: 's' } }] },
  ],
]
describe.each([
  ['with a database', false],
  ['without one', true],
])('unique values that move at a gateway %s', (_gateway, dbless) => {
  let bed: GatewayBed
  beforeAll(async () => {
    bed = await GatewayBed.start({ dbless })
  })
  afterAll(() => bed[Symbol.asyncDispose]())
  beforeEach(() => bed.clear())

  // There and back again: two moves of each sort.
  it.each(moves)('%s', async (_name, before, after) => {
    for (const content of [before, after, before]) {
      const manifest = JSON.stringify({ _format_version: '3.0', ...content })
      const { problems } = await bed.sync(manifest)
      expect(problems).toEqual([])
      expect(await bed.changes(manifest)).toEqual([])
    }
  })
})
