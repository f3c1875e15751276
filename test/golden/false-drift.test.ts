import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BedOptions, GatewayBed } from '../gateway-bed.ts'
import { authorities } from '../random/certificates.ts'

/*
 * What decK 1.55 takes for a difference for ever, or misses: each with the right answer. A manifest is synced, what the
 * gateway then holds is compared with the next one.
 */

const manifest = (content: object): string => JSON.stringify({ _format_version: '3.0', ...content })
const route = (fields: object): string => manifest({ routes: [{ name: 'r', paths: ['/r'], ...fields }] })
const plugin = (name: string, config: object): string => manifest({ plugins: [{ name, config }] })
const targets = (...addresses: readonly string[]): string =>
  manifest({ upstreams: [{ name: 'u', targets: addresses.map(target => ({ target })) }] })
const limits = (config: object): string => plugin('rate-limiting', { minute: 5, ...config })
const ids = ['aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002']
const withAuthorities = (used: readonly (string | undefined)[]): string =>
  manifest({
    ca_certificates: ids.map((id, i) => ({ id, cert: authorities[i] })),
    services: [{ name: 's', host: 'h', protocol: 'https', ca_certificates: used }],
  })
const oauth2 = (fields: object): string =>
  manifest({
    consumers: [
      {
        username: 'c',
        oauth2_credentials: [{ name: 'app', client_id: 'i', client_secret: 's', ...fields }],
      },
    ],
  })

type Case = readonly [name: string, synced: string, compared: string, changes: readonly string[]]

const same = (name: string, text: string): Case => [name, text, text, []]
const other = (name: string, synced: string, compared: string, ...changes: readonly string[]): Case => [
  name,
  synced,
  compared,
  changes,
]

const cases: readonly Case[] = [
  same('headers: {} of a route', route({ headers: {} })),
  other(
    'headers: {} where there were some',
    route({ headers: { x: ['1'] } }),
    route({ headers: {} }),
    'update route r: headers',
  ),
  other(
    'protocols reordered',
    route({ protocols: ['https', 'http'] }),
    route({ protocols: ['http', 'https'] }),
  ),
  other('protocols left out where they are the default', route({ protocols: ['https', 'http'] }), route({})),
  other('tags reordered', route({ tags: ['a', 'b'] }), route({ tags: ['b', 'a'] })),
  other('tags [] where there are none', route({}), route({ tags: [] })),
  other('no tags where there were some', route({ tags: ['a'] }), route({ tags: [] }), 'update route r: tags'),
  other('ca_certificates reordered', withAuthorities(ids), withAuthorities(ids.toReversed())),
  other(
    'ca_certificates one less',
    withAuthorities(ids),
    withAuthorities(ids.slice(1)),
    'update service s: ca_certificates',
  ),
  other(
    'claims of jwt, a set, reordered',
    plugin('jwt', { claims_to_verify: ['exp', 'nbf'] }),
    plugin('jwt', { claims_to_verify: ['nbf', 'exp'] }),
  ),
  other(
    'headers of request-transformer, in order, reordered',
    plugin('request-transformer', { add: { headers: ['a:1', 'b:2'] } }),
    plugin('request-transformer', { add: { headers: ['b:2', 'a:1'] } }),
    'update plugin request-transformer (global): config.add.headers',
  ),
  same('targets of IPv6', targets('::1', '[2001:db8::e]:1326', '[::2]')),
  other('the same target of IPv6 in another form', targets('::1'), targets('[0:0:0:0:0:0:0:1]:8000')),
  same('a target without a port', targets('www.google.com')),
  other(
    'a target with the port that it gets anyway',
    targets('www.google.com'),
    targets('www.google.com:8000'),
  ),
  same(
    'rate-limiting with redis.* only',
    limits({ policy: 'redis', redis: { host: 'r', port: 1, timeout: 9 } }),
  ),
  same('rate-limiting with redis_* only', limits({ policy: 'redis', redis_host: 'r', redis_port: 1 })),
  other(
    'rate-limiting with redis_* where it was redis.*',
    limits({ policy: 'redis', redis: { host: 'r', port: 1, database: 2 } }),
    limits({ policy: 'redis', redis_host: 'r', redis_port: 1, redis_database: 2 }),
  ),
  other(
    'rate-limiting with another redis_host',
    limits({ policy: 'redis', redis: { host: 'r' } }),
    limits({ policy: 'redis', redis_host: 'q' }),
    'update plugin rate-limiting (global): config.redis.host',
  ),
  same('rate-limiting with a local policy and neither', limits({ policy: 'local' })),
  same('oauth2 without what the gateway makes up', oauth2({})),
  same('oauth2 with a hashed secret', oauth2({ hash_secret: true })),
  other(
    'oauth2 with a place to come back to',
    oauth2({}),
    oauth2({ redirect_uris: ['https://b.example'] }),
    'update oauth2-cred app for consumer c: redirect_uris',
  ),
  other('times in a file', route({}), route({ created_at: 1, updated_at: 2, plugins: [] })),
  other(
    'a password that changed, which decK does not see',
    manifest({ consumers: [{ username: 'c', basicauth_credentials: [{ username: 'u', password: 'one' }] }] }),
    manifest({ consumers: [{ username: 'c', basicauth_credentials: [{ username: 'u', password: 'two' }] }] }),
    'update basic-auth u for consumer c: password',
  ),
  same('hash_on, which changes the algorithm', manifest({ upstreams: [{ name: 'u', hash_on: 'ip' }] })),
  same(
    'an algorithm that hashes on nothing, which the gateway makes round-robin',
    manifest({ upstreams: [{ name: 'u', algorithm: 'consistent-hashing' }] }),
  ),
  other(
    'an upstream that is created at some time',
    manifest({ upstreams: [{ name: 'u', created_at: 1, algorithm: 'latency' }] }),
    manifest({ upstreams: [{ name: 'u', created_at: 2, algorithm: 'latency' }] }),
  ),
]

describe('a value that counts as a difference or not', () => {
  let bed: GatewayBed
  beforeAll(async () => {
    bed = await GatewayBed.start()
  })
  afterAll(() => bed[Symbol.asyncDispose]())
  beforeEach(() => bed.clear())

  it.each(cases)('%s', async (_name, synced, compared, changes) => {
    expect((await bed.sync(synced)).problems).toEqual([])
    expect(await bed.changes(compared)).toEqual(changes)
    // And as the sync of the other one leaves it: where nothing differs, nothing is written.
    const { problems, writes } = await bed.sync(compared)
    expect(problems).toEqual([])
    expect(writes.length > 0).toBe(changes.length > 0)
    expect(await bed.changes(compared)).toEqual([])
  })

  it.each([
    ['[] where the manifest has none', []],
    ['null where the manifest has []', null],
  ])('tags that the gateway holds as %s', async (_name, tags) => {
    await bed.request('POST', '/services', { name: 's', host: 'h', tags })
    expect(await bed.changes(manifest({ services: [{ name: 's', host: 'h' }] }))).toEqual([])
    expect(await bed.changes(manifest({ services: [{ name: 's', host: 'h', tags: [] }] }))).toEqual([])
  })

  it('tags of --select-tag are added to all entities that have tags, and then make no difference', async () => {
    const text = manifest({
      services: [{ name: 's', host: 'h', routes: [{ name: 'r', paths: ['/r'], tags: ['mine'] }] }],
      consumers: [{ username: 'c', keyauth_credentials: [{ key: 'k' }], acls: [{ group: 'g' }] }],
      upstreams: [{ name: 'u', targets: [{ target: '10.0.0.1:80' }] }],
      plugins: [{ name: 'cors' }],
    })
    const options: BedOptions = { selectTags: ['team', 'prod'] }
    const found = await bed.diff(text, options)
    if (!('drift' in found)) throw new Error('not compared')
    const tags = found.drift.changes.map(change => change.fields.find(({ path }) => path === 'tags')?.git)
    expect(tags).toHaveLength(8)
    for (const each of tags) expect(each).toEqual(expect.arrayContaining(['team', 'prod']))
    expect((await bed.sync(text, options)).problems).toEqual([])
    expect(await bed.changes(text, options)).toEqual([])
    const state = await bed.control.state()
    expect(state.routes).toMatchObject([{ tags: expect.arrayContaining(['mine', 'team', 'prod']) }])
    expect(state['key-auths']).toMatchObject([{ tags: expect.arrayContaining(['team', 'prod']) }])
  })
})

it('consumers: null in the configuration of a custom plugin is not a difference', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatewatch-schemas-'))
  mkdirSync(join(folder, 'plugins'))
  const nullable = { type: 'array', elements: { type: 'string' } }
  const fields = [
    { consumers: nullable },
    { mode: { type: 'string', default: 'all' } },
    { limits: { type: 'record', fields: [{ consumers: nullable }] } },
  ]
  const schema = { fields: [{ config: { type: 'record', required: true, fields } }] }
  writeFileSync(join(folder, 'plugins', 'custom-guard.json'), JSON.stringify(schema))
  await using bed = await GatewayBed.start({ schemas: folder })
  try {
    const withNull = plugin('custom-guard', { consumers: null, limits: { consumers: null } })
    for (const text of [withNull, plugin('custom-guard', { mode: 'all', limits: {} })]) {
      expect((await bed.sync(text)).problems).toEqual([])
      expect(await bed.changes(withNull)).toEqual([])
      expect(await bed.changes(plugin('custom-guard', { limits: {} }))).toEqual([])
    }
    const named = plugin('custom-guard', { consumers: ['ann'], limits: {} })
    expect(await bed.changes(named)).toEqual(['update plugin custom-guard (global): config.consumers'])
    expect((await bed.sync(named)).problems).toEqual([])
    expect(await bed.changes(named)).toEqual([])
    expect(await bed.changes(withNull)).toEqual(['update plugin custom-guard (global): config.consumers'])
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('a secret that a gateway generates at each start, such as that of sessions, is left unchanged', async () => {
  await using bed = await GatewayBed.start()
  const open = plugin('session', {})
  const { plan, problems } = await bed.sync(open)
  expect(problems).toEqual([])
  // Sent with a create it would be that of one node, at one start.
  expect(plan?.steps.map(step => step.preview)).not.toContainEqual(expect.stringContaining('secret'))
  const [there] = (await bed.control.state()).plugins ?? []
  await bed.request('PATCH', `/plugins/${there?.id}`, { config: { secret: 'made-by-another-node' } })
  expect(await bed.changes(open)).toEqual([])
  const given = plugin('session', { secret: 'of-the-team' })
  expect(await bed.changes(given)).toEqual(['update plugin session (global): config.secret'])
  expect((await bed.sync(given)).problems).toEqual([])
  expect(await bed.changes(given)).toEqual([])
})
