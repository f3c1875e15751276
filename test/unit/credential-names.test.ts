import { expect, test } from 'vitest'
import type { RawEntity } from '../../src/model/entity.ts'
import { buildState } from '../../src/model/state/build-state.ts'
import { KnownKeys } from '../../src/model/state/known-keys.ts'
import type { StateSource } from '../../src/model/state/normalise.ts'
import { entitiesOf } from '../../src/model/state/state.ts'
import { kinds } from '../../src/providers/kong/kinds/index.ts'
import { routing } from '../../src/providers/kong/routing.ts'
import { digests, schemas } from './states.ts'

const joe = { username: 'joe' }
const coverage = new Map(kinds.all.map(kind => [kind.kind, { state: 'complete' } as const]))

function state(from: StateSource, keys: readonly string[], known?: KnownKeys, owner = joe) {
  const raws: RawEntity[] = [
    { kind: 'consumer', fields: owner },
    ...keys.map((key): RawEntity => ({ kind: 'key-auth', fields: { key, consumer: owner.username } })),
  ]
  return buildState({
    kinds,
    routing,
    from,
    raws,
    coverage,
    schemas,
    secrets: digests,
    ...(known ? { known } : {}),
  })
}

function names(built: ReturnType<typeof state>): readonly string[] {
  return entitiesOf(built.state, 'key-auth').map(entity => entity.name)
}

test.each([
  ['one character', 'x'],
  ['six characters', 's3cr3t'],
  ['twenty characters', '0123456789abcdefghij'],
])('the name of a key of %s reveals nothing of it', (_, key) => {
  expect(names(state('manifest', [key]))).toEqual(['#1 of consumer joe'])
})

test('a key shows its last five characters if 16 stay hidden', () => {
  expect(names(state('manifest', ['0123456789abcdef-ends']))).toEqual(['-ends for consumer joe'])
})

test('keys with the same ending are told apart', () => {
  const keys = ['a'.repeat(20), `b${'a'.repeat(24)}`, `c${'a'.repeat(24)}`]
  expect(names(state('manifest', keys))).toEqual([
    '#1 of consumer joe',
    'aaaaa for consumer joe',
    '#3 of consumer joe',
  ])
})

test('a key has the same name in Git and at the gateway, in whichever order it comes, and others get other numbers', () => {
  const git = state('manifest', ['one', 'two', 'three'])
  const live = state('gateway', ['three', 'elsewhere', 'one', 'more'], new KnownKeys(git.state))
  expect(names(live)).toEqual([
    '#3 of consumer joe',
    '#4 of consumer joe',
    '#1 of consumer joe',
    '#5 of consumer joe',
  ])
})

test('numbers count for each consumer alone', () => {
  const git = state('manifest', ['one', 'two'])
  const other = state('gateway', ['three'], new KnownKeys(git.state), { username: 'ann' })
  expect(names(other)).toEqual(['#1 of consumer ann'])
})

test('a key that is defined twice is named without showing it', () => {
  const { problems } = state('manifest', ['first', 's3cr3t', 's3cr3t'])
  expect(problems.map(problem => problem.message)).toEqual([
    'the key-auth #2 of consumer joe is defined twice',
  ])
})
