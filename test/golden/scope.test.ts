import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { canonicalText } from '../../src/model/json.ts'
import { type BedOptions, GatewayBed } from '../gateway-bed.ts'

/*
 * What a sync may touch: what the manifests' tags own, of the kinds that are read, and no deletions where none are
 * wanted.
 */

const manifest = (content: object): string => JSON.stringify({ _format_version: '3.0', ...content })
const ours: BedOptions = { selectTags: ['ours'] }
const theirId = 'cccccccc-0000-4000-8000-000000000001'

/** What another team synced, with a tag of its own. */
const theirs = manifest({
  services: [
    { id: theirId, name: 'their-service', host: 'h', routes: [{ name: 'their-route', paths: ['/t'] }] },
  ],
  consumers: [
    {
      username: 'them',
      custom_id: 'c-them',
      keyauth_credentials: [{ key: 'their-key' }],
      acls: [{ group: 'theirs' }],
      plugins: [{ name: 'request-termination' }],
    },
  ],
  upstreams: [{ name: 'their-pool', targets: [{ target: '10.9.9.9:80' }] }],
  plugins: [{ name: 'cors', instance_name: 'their-cors' }],
  vaults: [{ name: 'env', prefix: 'theirs', config: { prefix: 'T_' } }],
  key_sets: [{ name: 'their-set' }],
})

describe.each([
  ['with a database', false],
  ['without one', true],
])('the scope of a sync at a gateway %s', (_gateway, dbless) => {
  let bed: GatewayBed
  beforeAll(async () => {
    bed = await GatewayBed.start({ dbless })
  })
  afterAll(() => bed[Symbol.asyncDispose]())
  beforeEach(() => bed.clear())

  const held = async (): Promise<unknown> => {
    const lists = await bed.control.state()
    return Object.fromEntries(
      Object.entries(lists).map(([path, list]) => [
        path,
        list.map(({ updated_at: _, ...entity }) => canonicalText(entity)).sort(),
      ]),
    )
  }

  it('does not change entities with other tags, whatever the manifests want', async () => {
    expect((await bed.sync(theirs, { selectTags: ['theirs'] })).problems).toEqual([])
    const before = await held()
    const mine = manifest({ services: [{ name: 'mine', host: 'h' }], consumers: [{ username: 'me' }] })
    expect(await bed.changes(mine, ours)).toEqual(['create consumer me', 'create service mine'])
    expect((await bed.sync(mine, ours)).problems).toEqual([])
    expect((await bed.sync(manifest({}), ours)).problems).toEqual([])
    expect(await held()).toEqual(before)
  })

  it.each([
    ['a name', { services: [{ name: 'their-service', host: 'i' }] }, 'service'],
    ['an id', { services: [{ id: theirId, name: 'mine', host: 'i' }] }, 'service'],
    ['a user name', { consumers: [{ username: 'them' }] }, 'consumer'],
    ['a custom_id', { consumers: [{ username: 'me', custom_id: 'c-them' }] }, 'consumer'],
    ['a key', { consumers: [{ username: 'me', keyauth_credentials: [{ key: 'their-key' }] }] }, 'key-auth'],
    ['a plugin of a scope', { plugins: [{ name: 'cors', config: { max_age: 1 } }] }, 'plugin'],
    ['an instance_name', { plugins: [{ name: 'prometheus', instance_name: 'their-cors' }] }, 'plugin'],
    ['a prefix', { vaults: [{ name: 'env', prefix: 'theirs', config: { prefix: 'M_' } }] }, 'vault'],
  ])('blocks changes that would take over %s of others, and names them', async (_name, content, kind) => {
    expect((await bed.sync(theirs, { selectTags: ['theirs'] })).problems).toEqual([])
    const before = await held()
    const found = await bed.diff(manifest(content), ours)
    if (!('drift' in found)) throw new Error('not compared')
    expect(found.drift.blocked.map(each => each.entity.kind)).toEqual([kind])
    expect(found.drift.blocked[0]?.reason.message).toContain('theirs')
    expect(found.drift.changes.filter(change => change.kind === kind)).toEqual([])
    await bed.sync(manifest(content), ours)
    const { consumers, ...rest } = JSON.parse(JSON.stringify(await held()))
    const { consumers: theirConsumers, ...theirRest } = JSON.parse(JSON.stringify(before))
    expect(rest).toEqual(theirRest)
    expect(consumers).toEqual(expect.arrayContaining(theirConsumers))
  })

  it('recreates nothing that others’ entities depend on, because they would be deleted with it', async () => {
    const service = (which: number) => ({
      id: `${which}ccccccc-0000-4000-8000-000000000002`,
      name: 'mine',
      host: 'h',
    })
    const mine = (which: number) => manifest({ services: [service(which)] })
    expect((await bed.sync(mine(1), ours)).problems).toEqual([])
    const all = { services: [{ ...service(1), tags: ['ours'] }] }
    const hanging = [{ name: 'cors', service: 'mine', tags: ['theirs'] }]
    expect((await bed.sync(manifest({ ...all, plugins: hanging }))).problems).toEqual([])
    const before = await held()
    const found = await bed.diff(mine(2), ours)
    if (!('drift' in found)) throw new Error('not compared')
    expect(found.drift.changes).toEqual([])
    expect(found.drift.blocked).toMatchObject([
      {
        entity: { kind: 'service', key: 'mine' },
        reason: {
          code: 'used-by-others',
          message: expect.stringContaining(`again under the id ${service(2).id}`),
        },
      },
    ])
    expect((await bed.sync(mine(2), ours)).problems).toEqual([])
    expect(await held()).toEqual(before)
  })

  it('does not pass on a value whose entity stays because others depend on it', async () => {
    const named = (id: string, name: string) => ({
      id: `${id}ddddddd-0000-4000-8000-000000000001`,
      name,
      host: 'h',
    })
    const mine = manifest({ services: [named('1', 'old'), named('2', 'new')] })
    expect((await bed.sync(mine, ours)).problems).toEqual([])
    const all = {
      services: [named('1', 'old'), named('2', 'new')].map(each => ({ ...each, tags: ['ours'] })),
    }
    const hanging = [{ name: 'their-route', paths: ['/t'], service: { name: 'old' }, tags: ['theirs'] }]
    expect((await bed.sync(manifest({ ...all, routes: hanging }))).problems).toEqual([])
    const before = await held()
    const renamed = manifest({
      services: [named('2', 'old'), { ...named('3', 'new'), retries: 1 }, { name: 'other', host: 'h' }],
    })
    const found = await bed.diff(renamed, ours)
    if (!('drift' in found)) throw new Error('not compared')
    expect(found.drift.changes.map(({ id }) => id)).toEqual(['create service other'])
    expect(found.drift.blocked.map(({ entity, reason }) => `${reason.code} ${entity.key}`).sort()).toEqual([
      'taken-by-kept new',
      'taken-by-kept old',
      `used-by-others old (id ${named('1', '').id})`,
    ])
    expect((await bed.sync(renamed, ours)).problems).toEqual([])
    expect(await held()).toMatchObject({ routes: JSON.parse(JSON.stringify(before)).routes })
  })

  it('shows the tags that a sync adds, and takes over what carries none', async () => {
    expect((await bed.sync(manifest({ services: [{ name: 's', host: 'h' }] }))).problems).toEqual([])
    const wanted = manifest({ services: [{ name: 's', host: 'h' }] })
    const found = await bed.diff(wanted, ours)
    if (!('drift' in found)) throw new Error('not compared')
    expect(found.drift.changes).toMatchObject([
      { operation: 'update', name: 's', fields: [{ path: 'tags', git: ['ours'] }] },
    ])
    expect((await bed.sync(wanted, ours)).problems).toEqual([])
    expect(await bed.control.state()).toMatchObject({ services: [{ name: 's', tags: ['ours'] }] })
    expect(await bed.changes(wanted, ours)).toEqual([])
  })

  it('deletes nothing with deletes off, and says in the plan how many were left out', async () => {
    const all = {
      services: [
        { name: 's', host: 'h' },
        { name: 't', host: 'h' },
      ],
      consumers: [{ username: 'c' }],
    }
    expect((await bed.sync(manifest(all))).problems).toEqual([])
    const less = manifest({ services: [{ name: 's', host: 'other' }] })
    const { plan, problems } = await bed.sync(less, { deletes: false })
    expect(problems).toEqual([])
    expect(plan?.mode).toEqual({ deletes: false })
    expect(plan?.leftOut.map(({ by, change }) => `${by} ${change.id}`).sort()).toEqual([
      'mode delete consumer c',
      'mode delete service t',
    ])
    const state = await bed.control.state()
    expect(state.services?.map(each => each.host).sort()).toEqual(['h', 'other'])
    expect(state.consumers).toHaveLength(1)
  })

  it('does not touch consumers and what belongs to them with --skip-consumers', async () => {
    expect((await bed.sync(theirs)).problems).toEqual([])
    const { services: _, routes: __, ...before } = JSON.parse(JSON.stringify(await held()))
    const wanted = manifest({
      services: [{ name: 's', host: 'h' }],
      consumers: [{ username: 'new', plugins: [{ name: 'prometheus' }] }],
    })
    const options: BedOptions = { skips: ['consumers'] }
    const changes = await bed.changes(wanted, options)
    expect(changes).toContain('create service s')
    expect(changes.filter(each => /consumer|key-auth|acl/.test(each))).toEqual([])
    expect((await bed.sync(wanted, options)).problems).toEqual([])
    const after = JSON.parse(JSON.stringify(await held()))
    for (const path of ['consumers', 'key-auths', 'acls']) expect(after[path]).toEqual(before[path])
    expect(JSON.stringify(after.plugins)).toContain('request-termination')
    expect(await bed.changes(wanted, options)).toEqual([])
  })

  it('only references what lookup tags name', async () => {
    const shared = manifest({
      services: [{ name: 'shared', host: 'h' }],
      consumers: [{ username: 'shared', keyauth_credentials: [{ key: 'k' }] }],
    })
    expect((await bed.sync(shared, { selectTags: ['shared'] })).problems).toEqual([])
    const wanted = manifest({
      _info: {
        select_tags: ['ours'],
        default_lookup_tags: { consumers: ['shared'], services: ['shared'] },
      },
      routes: [{ name: 'r', paths: ['/r'], service: { name: 'shared' } }],
      plugins: [{ name: 'request-termination', consumer: 'shared' }],
    })
    expect(await bed.changes(wanted)).toEqual([
      'create plugin request-termination for consumer shared',
      'create route r',
    ])
    expect((await bed.sync(wanted)).problems).toEqual([])
    expect(await bed.changes(wanted)).toEqual([])
    expect((await bed.sync(manifest({ _info: { select_tags: ['ours'] } }))).problems).toEqual([])
    expect(await bed.control.state()).toMatchObject({
      services: [{ name: 'shared' }],
      consumers: [{ username: 'shared' }],
    })
  })
})
