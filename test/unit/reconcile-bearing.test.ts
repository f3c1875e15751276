import { describe, expect, test } from 'vitest'
import type { Entity, EntityRef } from '../../src/model/entity.ts'
import type { JsonObject } from '../../src/model/json.ts'
import type { Problem } from '../../src/model/problem.ts'
import type { State } from '../../src/model/state/state.ts'
import { kinds } from '../../src/providers/kong/kinds/index.ts'
import type { Change, Unknown } from '../../src/reconcile/drift/drift.ts'
import { bearings } from '../../src/reconcile/plan/bearing.ts'

interface Given {
  readonly refs?: Readonly<Record<string, EntityRef>>
  readonly fields?: JsonObject
}

function entity(kind: string, key: string, { refs = {}, fields = {} }: Given = {}): Entity {
  return { kind, key, name: key, fields, refs, tags: [] }
}

function state(...entities: readonly Entity[]): State {
  const byKind = Map.groupBy(entities, each => each.kind)
  return {
    kinds,
    entities: new Map([...byKind].map(([kind, list]) => [kind, new Map(list.map(each => [each.key, each]))])),
    coverage: new Map(kinds.all.map(({ kind }) => [kind, { state: 'complete' }])),
  }
}

function change(operation: Change['operation'], { kind, key }: EntityRef): Change {
  const id = `${operation} ${kind} ${key}`
  return { id, operation, kind, key, name: key, cause: 'git ahead', fields: [], needs: [], cascades: [] }
}

const reason: Problem = { code: 'forbidden', message: 'reading is not allowed (403)' }
const whole = (kind: string): Unknown => ({ kind, reason })
const ref = (kind: string, key: string): EntityRef => ({ kind, key })

const service = entity('service', 'payouts')
const other = entity('service', 'refunds')
const route = entity('route', 'payouts-list', { refs: { service: ref('service', 'payouts') } })
const otherRoute = entity('route', 'refunds-list', { refs: { service: ref('service', 'refunds') } })
const joe = entity('consumer', 'joe')

/** Whether an unknown kind bears on a change, where all this is at the gateway and wanted. */
function bears(unknown: Unknown, made: Change, live: State, desired = live): boolean {
  return bearings([made], [unknown], { desired, live }).length > 0
}

describe('a kind that is known in part', () => {
  const limit = entity('plugin', 'rate-limiting for joe on payouts-list', {
    refs: { consumer: ref('consumer', 'joe'), route: ref('route', 'payouts-list') },
    fields: { name: 'rate-limiting' },
  })
  const part: Unknown = { kind: 'plugin', reason, entities: [limit] }
  const all = state(service, other, route, otherRoute, joe, limit)

  test('bears on what its unknown entities act upon, and on nothing else', () => {
    expect(bears(part, change('update', route), all)).toBe(true)
    expect(bears(part, change('update', joe), all)).toBe(true)
    expect(bears(part, change('update', otherRoute), all)).toBe(false)
    expect(bears(part, change('update', other), all)).toBe(false)
  })

  test('bears on all routes where an unknown entity names none', () => {
    const everywhere = entity('plugin', 'rate-limiting for joe', {
      refs: { consumer: ref('consumer', 'joe') },
      fields: { name: 'rate-limiting' },
    })
    const unknown: Unknown = { kind: 'plugin', reason, entities: [everywhere] }
    const there = state(service, route, joe, everywhere)
    expect(bears(unknown, change('update', route), there)).toBe(true)
    expect(bears(unknown, change('update', entity('upstream', 'pool')), there)).toBe(false)
  })

  test('affects a route of an unknown service', () => {
    const unknown: Unknown = { kind: 'service', reason, entities: [service] }
    expect(bears(unknown, change('create', route), all)).toBe(true)
    expect(bears(unknown, change('create', otherRoute), all)).toBe(false)
  })
})

describe('a kind of which nothing is known', () => {
  test('does not bear on something new that wants nothing of it, unless it acts upon everything', () => {
    const nothing = state()
    const wanted = state(joe, service)
    expect(bears(whole('key-auth'), change('create', joe), nothing, wanted)).toBe(false)
    expect(bears(whole('filter-chain'), change('create', service), nothing, wanted)).toBe(false)
    expect(bears(whole('plugin'), change('create', service), nothing, wanted)).toBe(true)
    expect(bears(whole('plugin'), change('create', joe), nothing, wanted)).toBe(true)
    const key = entity('key-auth', 'abc', { refs: { consumer: ref('consumer', 'joe') } })
    expect(bears(whole('key-auth'), change('create', joe), nothing, state(joe, key))).toBe(true)
  })

  test('affects what exists already, and what belongs to it if it limits that', () => {
    const key = entity('key-auth', 'abc', { refs: { consumer: ref('consumer', 'joe') } })
    const all = state(joe, key, service, route)
    expect(bears(whole('acl-group'), change('update', key), all)).toBe(true)
    expect(bears(whole('basic-auth'), change('update', key), all)).toBe(false)
    expect(bears(whole('basic-auth'), change('update', joe), all)).toBe(true)
    expect(bears(whole('filter-chain'), change('update', route), all)).toBe(true)
  })

  test('bears on what refers to it, through everything that acts upon the same entity', () => {
    const plugin = (name: string, refs: NonNullable<Given['refs']>, config: JsonObject = {}): Entity =>
      entity('plugin', `${name} ${Object.keys(refs).join()}`, { refs, fields: { name, config } })
    const onService = { service: ref('service', 'payouts') }
    const withKeys = state(service, route, other, otherRoute, plugin('key-auth', onService))
    for (const kind of ['key-auth', 'consumer']) {
      expect(bears(whole(kind), change('update', route), withKeys)).toBe(true)
      expect(bears(whole(kind), change('update', otherRoute), withKeys)).toBe(false)
    }
    expect(bears(whole('acl-group'), change('update', route), withKeys)).toBe(false)
    const global = state(service, route, plugin('acl', {}))
    expect(bears(whole('acl-group'), change('update', route), global)).toBe(true)
    const anonymous = state(service, route, plugin('openid-connect', onService, { anonymous: 'guest' }))
    expect(bears(whole('consumer'), change('update', route), anonymous)).toBe(true)
    expect(bears(whole('key-auth'), change('update', route), anonymous)).toBe(false)
  })

  test('bears on a deletion if one of its entities may reference, link or use the deleted one', () => {
    const all = state(
      service,
      entity('certificate', 'c'),
      entity('partial', 'p'),
      entity('vault', 'v'),
      entity('ca-certificate', 'ca'),
    )
    const gone = (kind: string, key: string) => change('delete', ref(kind, key))
    expect(bears(whole('service'), gone('certificate', 'c'), all)).toBe(true)
    expect(bears(whole('service'), change('update', ref('certificate', 'c')), all)).toBe(false)
    expect(bears(whole('plugin'), gone('partial', 'p'), all)).toBe(true)
    expect(bears(whole('plugin'), gone('vault', 'v'), all)).toBe(true)
    expect(bears(whole('mtls-auth'), gone('ca-certificate', 'ca'), all)).toBe(true)
    expect(bears(whole('consumer'), gone('vault', 'v'), all)).toBe(false)
  })

  test('that the gateway does not have is absent, and bears on nothing', () => {
    const lacking: Unknown = {
      kind: 'plugin',
      reason: { code: 'not-supported', message: 'none' },
      absent: true,
    }
    expect(bears(lacking, change('update', route), state(service, route))).toBe(false)
  })
})
