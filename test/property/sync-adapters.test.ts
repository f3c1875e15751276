import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalText } from '../../src/model/json.ts'
import { GatewayBed } from '../gateway-bed.ts'

const some = <T>(value: fc.Arbitrary<T>, key: (value: T) => string, most = 3) =>
  fc.uniqueArray(value, { selector: key, maxLength: most })
const name = fc.constantFrom('a', 'b', 'c')

const plugin = fc.record({
  name: fc.constant('rate-limiting'),
  config: fc.record({ minute: fc.integer({ min: 1, max: 3 }), policy: fc.constant('local') }),
})
const route = (service: string) =>
  fc.record({
    name: name.map(each => `${service}-${each}`),
    paths: fc.constantFrom(['/x'], ['/x', '/y'], ['~/z$']),
    strip_path: fc.boolean(),
    headers: fc.constantFrom({}, { 'x-a': ['1'] }, { 'x-a': ['2'], 'x-b': ['1'] }),
    plugins: some(plugin, each => each.name, 1),
  })
const service = name.chain(each =>
  fc.record({
    name: fc.constant(each),
    host: fc.constantFrom('h', 'i'),
    retries: fc.nat(2),
    routes: some(route(each), ({ name }) => name, 2),
  }),
)
// Each key and user name belongs to one consumer: two of them at once would be refused.
const consumer = name.chain(each =>
  fc.record({
    username: fc.constant(each),
    keyauth_credentials: some(
      fc.record({ key: fc.constantFrom(`${each}-1`, `${each}-2`) }),
      ({ key }) => key,
    ),
    basicauth_credentials: some(
      fc.record({ username: fc.constant(each), password: fc.constantFrom('p', 'q') }),
      ({ username }) => username,
    ),
    acls: some(fc.record({ group: fc.constantFrom('g', 'h') }), ({ group }) => group),
  }),
)
const upstream = fc.record({
  name,
  targets: some(
    fc.record({ target: fc.constantFrom('10.0.0.1:80', '[2001:db8::1]:80'), weight: fc.nat(2) }),
    ({ target }) => target,
  ),
})
const manifest = fc
  .record({
    services: some(service, each => each.name),
    consumers: some(consumer, ({ username }) => username),
    upstreams: some(upstream, each => each.name, 2),
  })
  .map(lists => JSON.stringify({ _format_version: '3.0', ...lists }))

const theirs = JSON.stringify({
  _format_version: '3.0',
  services: [
    {
      name: 'theirs',
      host: 'h',
      routes: [{ name: 'their-route', paths: ['/t'], plugins: [{ name: 'cors' }] }],
    },
  ],
  consumers: [
    {
      username: 'them',
      keyauth_credentials: [{ key: 'their-key' }],
      basicauth_credentials: [{ username: 'them', password: 'theirs' }],
    },
  ],
  upstreams: [{ name: 'their-pool', algorithm: 'consistent-hashing', targets: [{ target: '10.9.9.9:80' }] }],
})

const lists = ['services', 'routes', 'plugins', 'consumers', 'key-auths', 'basic-auths', 'acls', 'upstreams']
const kinds: Readonly<Record<string, string>> = {
  services: 'service',
  routes: 'route',
  plugins: 'plugin',
  consumers: 'consumer',
  'key-auths': 'key-auth',
  'basic-auths': 'basic-auth',
  acls: 'acl-group',
  upstreams: 'upstream',
}

async function entities(bed: GatewayBed): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const path of [...lists, 'upstreams/their-pool/targets']) {
    const answer = JSON.parse(JSON.stringify(await bed.request('GET', `/${path}?size=1000`)))
    for (const { updated_at: _, ...entity } of answer.data) found.set(entity.id, canonicalText(entity))
  }
  return found
}

describe.each([
  ['with a database', false],
  ['without one', true],
])('whatever the manifests, at a gateway %s', (_gateway, dbless) => {
  let bed: GatewayBed
  beforeAll(async () => {
    bed = await GatewayBed.start({ dbless })
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  it('a plan creates what they define, keeps what is not theirs, and does not change what can’t be read', async () => {
    await fc.assert(
      fc.asyncProperty(manifest, manifest, fc.constantFrom(...lists), async (first, second, unread) => {
        await bed.clear()
        expect((await bed.sync(theirs, { selectTags: ['theirs'] })).problems).toEqual([])
        const before = await entities(bed)
        for (const text of [first, second]) {
          const { problems } = await bed.sync(text, { selectTags: ['ours'] })
          expect(problems).toEqual([])
          expect(await bed.changes(text, { selectTags: ['ours'] })).toEqual([])
          const after = await entities(bed)
          for (const [id, entity] of before) expect(after.get(id)).toBe(entity)
        }
        await bed.control.setFaults([{ fault: 'status', status: 403, kinds: [unread], methods: ['GET'] }])
        const found = await bed.diff(first, { selectTags: ['ours'] })
        if (!('drift' in found)) throw new Error('not compared')
        expect(found.drift.unknown.map(each => each.kind)).toContain(kinds[unread])
        expect(found.drift.changes.filter(change => change.kind === kinds[unread])).toEqual([])
      }),
      { numRuns: 4 },
    )
  }, 120_000)
})
