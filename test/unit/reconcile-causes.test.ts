import { describe, expect, it } from 'vitest'
import { refText } from '../../src/model/entity.ts'
import type { JsonObject } from '../../src/model/json.ts'
import type { Problem } from '../../src/model/problem.ts'
import type { State } from '../../src/model/state/state.ts'
import { type Base, noBase } from '../../src/reconcile/drift/base.ts'
import { compare } from '../../src/reconcile/drift/compare.ts'
import { schemas, stateOf } from './states.ts'

/** What was last applied, from a state. */
function baseOf(state: State): Base {
  const all = [...state.entities.values()].flatMap(entities => [...entities.values()])
  return {
    entries: new Map(
      all.map(entity => [refText(entity), { fields: entity.fields, refs: entity.refs, commit: null }]),
    ),
    whole: true,
  }
}

const service = (fields: JsonObject = {}): readonly [string, JsonObject] => [
  'service',
  { name: 'batch', host: 'batch.internal', ...fields },
]

function changes(desired: State, live: State, base: Base) {
  return compare({ target: 't', desired, live, base, schemas, selectTags: [] }).changes
}

describe('the cause of a difference in a field', () => {
  const cases = [
    { base: 10, git: 10, live: 10, cause: undefined },
    { base: 10, git: 20, live: 10, cause: 'git ahead' },
    { base: 10, git: 10, live: 30, cause: 'edited live' },
    { base: 10, git: 20, live: 30, cause: 'conflict' },
    { base: 10, git: 20, live: 20, cause: undefined },
  ]
  it.each(cases)('last applied $base, Git $git, live $live: $cause', ({ base, git, live, cause }) => {
    const [change] = changes(
      stateOf(service({ retries: git })),
      stateOf(service({ id: 'i', retries: live })),
      baseOf(stateOf(service({ retries: base }))),
    )
    expect(change?.cause).toBe(cause)
    if (cause) expect(change?.fields).toEqual([{ path: 'retries', git, live, base, cause }])
  })

  it('is unattributed where nothing was recorded', () => {
    const [change] = changes(stateOf(service({ retries: 1 })), stateOf(service({ id: 'i' })), noBase)
    expect(change?.cause).toBe('unattributed')
  })

  it('names the worst of several fields for the entity, and each for itself', () => {
    const [change] = changes(
      stateOf(service({ retries: 1, read_timeout: 2 })),
      stateOf(service({ id: 'i', retries: 3, read_timeout: 60_000 })),
      baseOf(stateOf(service())),
    )
    expect(change?.cause).toBe('conflict')
    expect(change?.fields.map(field => [field.path, field.cause])).toEqual([
      ['retries', 'conflict'],
      ['read_timeout', 'git ahead'],
    ])
  })
})

describe('the cause of an entity that is on one side only', () => {
  const none = stateOf()
  it('new in Git is ahead, deleted live is an edit, changed in Git and deleted live is a conflict', () => {
    expect(changes(stateOf(service()), none, baseOf(none))[0]?.cause).toBe('git ahead')
    expect(changes(stateOf(service()), none, baseOf(stateOf(service())))[0]?.cause).toBe('edited live')
    expect(changes(stateOf(service({ retries: 1 })), none, baseOf(stateOf(service())))[0]?.cause).toBe(
      'conflict',
    )
  })
  it('created live is an edit, removed from Git is ahead, removed and changed live is a conflict', () => {
    const live = stateOf(service({ id: 'i' }))
    expect(changes(none, live, baseOf(none))[0]?.cause).toBe('edited live')
    expect(changes(none, live, baseOf(stateOf(service())))[0]?.cause).toBe('git ahead')
    expect(
      changes(none, stateOf(service({ id: 'i', retries: 9 })), baseOf(stateOf(service())))[0]?.cause,
    ).toBe('conflict')
  })
})

describe('what counts as a difference', () => {
  const route = (fields: JsonObject): readonly [string, JsonObject] => ['route', { name: 'r', ...fields }]
  it.each<readonly [string, JsonObject, JsonObject]>([
    ['a set in another order', { protocols: ['https', 'http'] }, { protocols: ['http', 'https'] }],
    ['an empty map and none', { headers: {} }, { headers: null }],
    ['an empty set and none', { tags: [] }, { tags: null }],
    ['a default and its being left out', {}, { strip_path: true, protocols: ['http', 'https'] }],
    ['times', { created_at: 1 }, { created_at: 2, updated_at: 3 }],
  ])('%s is not a difference', (_name, git, live) => {
    expect(changes(stateOf(route(git)), stateOf(route({ id: 'i', ...live })), noBase)).toEqual([])
  })
  it('a different order of an array is a difference, and each key of a map has its own path', () => {
    const git = stateOf(route({ paths: ['/a', '/b'], headers: { x: ['1'], y: ['2'] } }))
    const live = stateOf(route({ id: 'i', paths: ['/b', '/a'], headers: { x: ['1'], y: ['3'] } }))
    expect(changes(git, live, noBase)[0]?.fields.map(each => each.path)).toEqual(['paths', 'headers.y'])
  })
  it('a deprecated name means the field that replaces it', () => {
    const plugin = (config: JsonObject): readonly [string, JsonObject] => [
      'plugin',
      { name: 'rate-limiting', config },
    ]
    const git = stateOf(plugin({ minute: 5, redis_host: 'r' }))
    const live = stateOf(
      plugin({ minute: 5, policy: 'local', redis: { host: 'r', port: 6379, password: null } }),
    )
    expect(changes(git, live, noBase)).toEqual([])
  })
  it('a hidden value that changed counts, and is not in the change', () => {
    const plugin = (password: string): readonly [string, JsonObject] => [
      'plugin',
      { name: 'rate-limiting', config: { redis: { password } } },
    ]
    const [change] = changes(stateOf(plugin('canary-one')), stateOf(plugin('canary-two')), noBase)
    expect(change?.fields.map(each => each.path)).toEqual(['config.redis.password'])
    expect(JSON.stringify(change)).not.toContain('canary')
  })
})

describe('what is unknown or not ours', () => {
  it('a kind that could not be read yields no change and is reported', () => {
    const reason: Problem = { code: 'forbidden', message: 'no' }
    const live: State = { ...stateOf(), coverage: new Map([['service', { state: 'unread', reason }]]) }
    const drift = compare({
      target: 't',
      desired: stateOf(service()),
      live,
      base: noBase,
      schemas,
      selectTags: [],
    })
    expect(drift.changes).toEqual([])
    expect(drift.unknown).toEqual([{ kind: 'service', reason }])
  })
  it('an entity with other tags is neither deleted nor taken over', () => {
    const live = stateOf(
      service({ id: 'i', tags: ['team-b'] }),
      ['service', { id: 'j', name: 'other', host: 'h', tags: ['team-b'] }],
      ['service', { id: 'k', name: 'mine', host: 'h', tags: ['team-a'] }],
    )
    const drift = compare({
      target: 't',
      desired: stateOf(service({ tags: ['team-a'] })),
      live,
      base: noBase,
      schemas,
      selectTags: ['team-a'],
    })
    expect(drift.changes.map(change => change.id)).toEqual(['delete service mine'])
    expect(drift.notOurs.map(ref => ref.key)).toEqual(['other'])
    expect(drift.blocked[0]?.reason.message).toContain('team-b')
  })
})
