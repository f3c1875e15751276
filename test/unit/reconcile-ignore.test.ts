import { describe, expect, it } from 'vitest'
import type { Problem } from '../../src/model/problem.ts'
import type { State } from '../../src/model/state/state.ts'
import { noBase } from '../../src/reconcile/drift/base.ts'
import { compare } from '../../src/reconcile/drift/compare.ts'
import type { Drift } from '../../src/reconcile/drift/drift.ts'
import { applyIgnoreRules, withoutIgnored, writesIgnored } from '../../src/reconcile/drift/ignore.ts'
import { type IgnoreRule, ignoredLines, ruleProblems } from '../../src/reconcile/drift/ignore-rules.ts'
import { schemas, stateOf } from './states.ts'

const now = new Date('2026-06-01T00:00:00Z')
const rule = (kind: string, name: string, more: Partial<IgnoreRule> = {}): IgnoreRule => ({
  kind,
  name,
  reason: 'others set it',
  place: { file: 'gatewatch.yaml', line: 9, column: 5 },
  ...more,
})

function drift(desired: State, live: State, ...rules: readonly IgnoreRule[]): Drift {
  const ignoring = applyIgnoreRules({ desired, live, schemas, rules, now })
  return compare({
    target: 't',
    live,
    desired: ignoring.desired,
    base: noBase,
    schemas,
    selectTags: [],
    ignoring,
  })
}
const shown = ({ changes }: Drift): readonly string[] =>
  changes.map(change => `${change.id}: ${change.fields.map(field => field.path).join(' ')}`)
const reasons = ({ blocked }: Drift): readonly string[] =>
  blocked.map(({ entity, reason }) => `${entity.kind} ${entity.key}: ${reason.code}`)

const service = (name: string, more = {}) => ['service', { name, host: 'h', ...more }] as const

describe('an ignored field', () => {
  it('is not a difference, and the entity is as the gateway has it', () => {
    const found = drift(
      stateOf(service('a', { retries: 1, read_timeout: 2 }), service('b', { retries: 1 })),
      stateOf(service('a', { id: 'a', retries: 3, read_timeout: 4 }), service('b', { id: 'b', retries: 3 })),
      rule('service', '*', { field: 'retries' }),
    )
    expect(shown(found)).toEqual(['update service a: read_timeout'])
    expect(found.equal).toBe(1)
    expect(found.ignored.map(each => [each.name, each.operation, each.fields])).toEqual([
      ['a', 'update', ['retries']],
      ['b', 'update', ['retries']],
    ])
    expect(ignoredLines(found.ignored)).toEqual(['field retries of service *: 2 (others set it)'])
  })

  it('in a map stands in it as the gateway has it, for a map is sent as a whole', () => {
    const desired = stateOf(['route', { name: 'r', headers: { 'x.a': ['1'], 'x-b': ['1'] } }])
    const live = stateOf(['route', { name: 'r', id: 'r', headers: { 'x.a': ['2'], 'x-b': ['2'] } }])
    const rules = [rule('route', 'r', { field: 'headers.x.a' })]
    expect(shown(drift(desired, live, ...rules))).toEqual(['update route r: headers.x-b'])
    const masked = applyIgnoreRules({ desired, live, schemas, rules, now }).desired.entities.get('route')
    expect(masked?.get('r')?.fields.headers).toEqual({ 'x.a': ['2'], 'x-b': ['1'] })
  })

  it('in a record, with what is below it', () => {
    const limits = (minute: number, host: string) =>
      ['plugin', { name: 'rate-limiting', config: { minute, redis: { host, password: host } } }] as const
    const found = drift(
      stateOf(limits(1, 'x')),
      stateOf(limits(2, 'y')),
      rule('plugin', 'rate-limiting*', { field: 'config.redis' }),
    )
    expect(found.changes.flatMap(change => change.fields.map(field => field.path))).toEqual(['config.minute'])
    expect(found.ignored.flatMap(each => each.fields)).toEqual(['config.redis.host', 'config.redis.password'])
  })

  it('can be a reference, which then keeps what it points to from being deleted', () => {
    const found = drift(
      stateOf(service('new'), ['route', { name: 'r', service: 'new' }]),
      stateOf(service('new', { id: 'n' }), service('old', { id: 'o' }), [
        'route',
        { name: 'r', id: 'r', service: 'old' },
      ]),
      rule('route', 'r', { field: 'service' }),
    )
    expect(shown(found)).toEqual([])
    expect(reasons(found)).toEqual(['service old: used-by-ignored'])
    expect(found.ignored).toMatchObject([{ name: 'r', operation: 'update', fields: ['service'] }])
  })

  it('is not set on new entities, and an entity that requires it is not created', () => {
    const desired = stateOf(service('a', { retries: 1 }), service('b', { retries: 1 }))
    const found = drift(
      desired,
      stateOf(),
      rule('service', 'a', { field: 'retries' }),
      rule('service', 'b', { field: 'host' }),
    )
    expect(shown(found)).toEqual(['create service a: name host'])
    expect(reasons(found)).toEqual(['service b: ignored-required'])
    expect(found.blocked[0]?.reason.place).toMatchObject({ file: 'gatewatch.yaml', line: 9 })
  })

  it('does not protect an entity that is in no manifest: it is deleted', () => {
    const found = drift(
      stateOf(),
      stateOf(service('a', { id: 'a' })),
      rule('service', 'a', { field: 'retries' }),
    )
    expect(found.changes.map(change => change.id)).toEqual(['delete service a'])
    expect(found.ignoreRules).toMatchObject([{ state: 'matches', entities: 1 }])
  })
})

describe('an ignored entity', () => {
  it('is neither created, updated nor deleted', () => {
    const found = drift(
      stateOf(service('x-new'), service('x-both', { retries: 1 }), service('x-same'), service('y')),
      stateOf(service('x-both', { id: 'b' }), service('x-same', { id: 's' }), service('x-old', { id: 'o' })),
      rule('service', 'x-*'),
    )
    expect(found.changes.map(change => change.id)).toEqual(['create service y'])
    expect(found.ignored.map(each => `${each.operation} ${each.name}`)).toEqual([
      'create x-new',
      'update x-both',
      'delete x-old',
    ])
    expect(found.ignoreRules).toMatchObject([{ state: 'matches', entities: 4 }])
  })

  it('prevents deleting what it depends on, or what would be deleted with it', () => {
    const live = stateOf(
      service('s', { id: 's' }),
      ['route', { name: 'r', id: 'r', service: 's' }],
      ['consumer', { username: 'c', id: 'c' }],
      ['key-auth', { key: 'k', id: 'k', consumer: 'c' }],
    )
    const found = drift(stateOf(), live, rule('route', 'r'), rule('key-auth', '*'))
    expect(shown(found)).toEqual([])
    expect(reasons(found).toSorted()).toEqual(['consumer c: used-by-ignored', 'service s: used-by-ignored'])
  })

  it('prevents recreating under another id what it depends on', () => {
    const live = stateOf(
      service('s', { id: 'old' }),
      ['route', { name: 'r', id: 'r', service: 's' }],
      ['plugin', { name: 'cors', id: 'p', service: 's' }],
    )
    const desired = stateOf(service('s', { id: 'new' }), ['route', { name: 'r', service: 's' }])
    for (const left of [
      rule('plugin', 'cors*'),
      rule('route', 'r', { field: 'service' }),
      rule('route', 'r'),
    ]) {
      const found = drift(desired, live, left)
      expect(found.changes.filter(each => each.kind !== 'plugin')).toEqual([])
      expect(reasons(found)).toContain('service s: used-by-ignored')
    }
  })

  it('prevents creating what depends on it, directly or indirectly', () => {
    const found = drift(
      stateOf(service('s'), ['route', { name: 'r', service: 's' }], ['plugin', { name: 'cors', route: 'r' }]),
      stateOf(),
      rule('service', 's'),
    )
    expect(shown(found)).toEqual([])
    expect(reasons(found)).toEqual(['route r: follows-blocked', 'plugin cors for route r: follows-blocked'])
  })

  it('keeps its unique values reserved', () => {
    const found = drift(
      stateOf(['consumer', { username: 'new', custom_id: 'one' }]),
      stateOf(['consumer', { username: 'old', id: 'o', custom_id: 'one' }]),
      rule('consumer', 'old'),
    )
    expect(shown(found)).toEqual([])
    expect(reasons(found)).toEqual(['consumer new: taken-by-ignored'])
  })
})

describe('a rule', () => {
  const live = stateOf(service('a', { id: 'a', retries: 3 }))
  const desired = stateOf(service('a', { retries: 1 }))
  const told = (...rules: readonly IgnoreRule[]) =>
    ruleProblems(drift(desired, live, ...rules).ignoreRules, () => true).map(each => each.code)

  it('that has ended ignores nothing, and is reported', () => {
    const over = rule('service', 'a', { field: 'retries', expires: '2026-06-01T00:00:00Z' })
    expect(shown(drift(desired, live, over))).toEqual(['update service a: retries'])
    expect(told(over)).toEqual(['ignore-expired'])
    const lasting = { ...over, expires: '2026-06-01T00:00:01Z' }
    expect(shown(drift(desired, live, lasting))).toEqual([])
    expect(told(lasting)).toEqual([])
  })

  it('that matches no entity, or no field of any, is reported', () => {
    expect(told(rule('service', 'b'))).toEqual(['ignore-unused'])
    expect(told(rule('route', '*'))).toEqual(['ignore-unused'])
    expect(told(rule('service', 'a', { field: 'retires' }))).toEqual(['ignore-unused'])
    expect(told(rule('service', 'a', { field: 'host' }))).toEqual([])
  })

  it('is not called useless where entities of its kind could not all be read, or some target was not', () => {
    const reason: Problem = { code: 'forbidden', message: 'not allowed' }
    const partly: State = {
      ...live,
      coverage: new Map(live.coverage).set('route', { state: 'unread', reason }),
    }
    const { ignoreRules } = drift(desired, partly, rule('route', '*'))
    expect(ruleProblems(ignoreRules, () => true)).toEqual([])
    const unused = drift(desired, live, rule('route', '*')).ignoreRules
    expect(ruleProblems(unused, () => false)).toEqual([])
  })

  it('that was added after a plan prevents what the plan would write', () => {
    const [change] = drift(desired, live).changes
    if (!change) throw new Error('no change')
    const of = (later: IgnoreRule) =>
      writesIgnored(change, applyIgnoreRules({ desired, live, schemas, rules: [later], now }))
    expect(of(rule('service', 'a'))).toBeDefined()
    expect(of(rule('service', 'a', { field: 'retries' }))).toBeDefined()
    expect(of(rule('service', 'a', { field: 'host' }))).toBeUndefined()
    expect(of(rule('service', 'b'))).toBeUndefined()
  })

  it('leaves its fields out of what the ledger records', () => {
    const entity = live.entities.get('service')?.get('a')
    if (!entity) throw new Error('no entity')
    const { fields } = withoutIgnored(entity, [rule('service', 'a', { field: 'retries' })])
    expect(fields).not.toHaveProperty('retries')
    expect(fields).toHaveProperty('host', 'h')
  })
})
