import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Entity, refText } from '../../src/model/entity.ts'
import type { JsonObject } from '../../src/model/json.ts'
import type { State } from '../../src/model/state/state.ts'
import { noBase } from '../../src/reconcile/drift/base.ts'
import { compare } from '../../src/reconcile/drift/compare.ts'
import { applyIgnoreRules } from '../../src/reconcile/drift/ignore.ts'
import { type IgnoreRule, isAbout, isBelow } from '../../src/reconcile/drift/ignore-rules.ts'
import { stateAfter } from '../../src/reconcile/plan/state-after.ts'
import { schemas, stateOf } from '../unit/states.ts'

const names = ['a', 'ab', 'b'] as const
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const given = (fields: Readonly<Record<string, unknown>>): JsonObject => JSON.parse(JSON.stringify(fields))

const services = fc.uniqueArray(
  fc.record({ name: fc.constantFrom(...names), host: fc.constantFrom('h', 'i'), retries: fc.nat(2) }),
  { selector: ({ name }) => name },
)
const routes = (owners: readonly string[]) =>
  fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...names),
      strip_path: optional(fc.boolean()),
      headers: optional(
        fc.dictionary(fc.constantFrom('x', 'y.z'), fc.constantFrom(['1'], ['2']), { noNullPrototype: true }),
      ),
      ...(owners.length > 0 ? { service: optional(fc.constantFrom(...owners)) } : {}),
    }),
    { selector: ({ name }) => name },
  )
const states = (ids: boolean): fc.Arbitrary<State> =>
  services.chain(owners =>
    routes(owners.map(({ name }) => name)).map(all =>
      stateOf(
        ...owners.map(one => ['service', given(ids ? { ...one, id: `s-${one.name}` } : one)] as const),
        ...all.map(one => ['route', given(ids ? { ...one, id: `r-${one.name}` } : one)] as const),
      ),
    ),
  )
const fields = { service: ['retries', 'host'], route: ['strip_path', 'headers', 'headers.y.z', 'service'] }
const rules: fc.Arbitrary<readonly IgnoreRule[]> = fc.array(
  fc.constantFrom('service' as const, 'route' as const).chain(kind =>
    fc
      .record({
        name: fc.constantFrom('*', 'a*', ...names),
        field: optional(fc.constantFrom(...fields[kind])),
      })
      .map(({ name, field }) => ({
        kind,
        name,
        ...(field === undefined ? {} : { field }),
        reason: 'r',
        place: { file: 'f', line: 1, column: 1 },
      })),
  ),
  { maxLength: 4 },
)

function drifted(desired: State, live: State, all: readonly IgnoreRule[]) {
  const ignoring = applyIgnoreRules({ desired, live, schemas, rules: all, now: new Date(0) })
  const input = { target: 't', live, desired: ignoring.desired, base: noBase, schemas, selectTags: [] }
  return { ignoring, drift: compare({ ...input, ignoring }) }
}

const valueAt = (entity: Entity | undefined, field: string): unknown =>
  entity?.refs[field]?.key ??
  (field === 'headers.y.z' ? Object(entity?.fields.headers)['y.z'] : entity?.fields[field]) ??
  null
const all = (state: State): readonly Entity[] =>
  [...state.entities.values()].flatMap(each => [...each.values()])

describe('whatever ignore rules there are', () => {
  it('a plan of all changes leaves ignored entities and fields as the gateway has them', () => {
    fc.assert(
      fc.property(states(false), states(true), rules, (desired, live, rulesOf) => {
        const { ignoring, drift } = drifted(desired, live, rulesOf)
        const after = stateAfter(live, ignoring.desired, drift.changes)
        for (const entity of [...all(live), ...all(desired)]) {
          const then = after.entities.get(entity.kind)?.get(entity.key)
          const before = live.entities.get(entity.kind)?.get(entity.key)
          for (const rule of rulesOf.filter(each => isAbout(each, entity))) {
            if (rule.field === undefined) expect(then).toEqual(before)
            // An entity that is in no manifest may go as a whole; one that is created has no such field.
            else if (then) expect(valueAt(then, rule.field)).toEqual(valueAt(before, rule.field))
          }
        }
      }),
    )
  })

  it('no change touches what they ignore, and every needed change is included', () => {
    fc.assert(
      fc.property(states(false), states(true), rules, (desired, live, rulesOf) => {
        const { drift } = drifted(desired, live, rulesOf)
        const ids = new Set(drift.changes.map(change => change.id))
        for (const change of drift.changes) {
          for (const { field } of rulesOf.filter(each => isAbout(each, change))) {
            expect(field).toBeDefined()
            if (change.operation === 'delete') continue
            expect(change.fields.filter(({ path }) => isBelow(path, field ?? ''))).toEqual([])
          }
          for (const need of change.needs) expect(ids).toContain(need)
        }
      }),
    )
  })

  it('the comparison is the same without rules and with expired ones', () => {
    fc.assert(
      fc.property(states(false), states(true), rules, (desired, live, rulesOf) => {
        const plain = compare({ target: 't', desired, live, base: noBase, schemas, selectTags: [] })
        const over = rulesOf.map(rule => ({ ...rule, expires: '1969-01-01T00:00:00Z' }))
        const { drift } = drifted(desired, live, over)
        expect({ ...drift, ignoreRules: [] }).toEqual(plain)
        expect(drift.ignoreRules.every(each => each.state === 'expired')).toBe(true)
      }),
    )
  })

  it('ignored and changed parts together are all differences, if nothing is blocked', () => {
    fc.assert(
      fc.property(states(false), states(true), rules, (desired, live, rulesOf) => {
        const plain = compare({ target: 't', desired, live, base: noBase, schemas, selectTags: [] })
        const { drift } = drifted(desired, live, rulesOf)
        if (drift.blocked.length > 0) return
        const told = new Set([...drift.changes, ...drift.ignored].map(refText))
        expect(plain.changes.map(refText).filter(ref => !told.has(ref))).toEqual([])
      }),
    )
  })
})
