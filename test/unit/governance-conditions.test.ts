import { describe, expect, test } from 'vitest'
import { type ConditionProblem, conditionOf } from '../../src/governance/policies/condition.ts'
import type { Json, JsonObject } from '../../src/model/json.ts'

const none = { functions: new Map<string, (value: Json | undefined) => boolean>() }
const moment = { now: Date.parse('2026-03-01T00:00:00Z') }

function compiled(given: Json, tools = none) {
  const problems: ConditionProblem[] = []
  const condition = conditionOf(given, tools, problems)
  return { condition, problems: problems.map(({ path, message }) => `${path.join(' ')} ${message}`) }
}

/** The path that does not hold; null: all hold. */
function failing(given: Json, value: JsonObject): string | null {
  const { condition, problems } = compiled(given)
  expect(problems).toEqual([])
  return condition.failure(value, moment)
}

const route: JsonObject = {
  name: 'payouts-list',
  paths: ['/payouts'],
  methods: ['GET', 'POST'],
  tags: null,
  timeout: 30_000,
  until: '2026-01-31',
  config: { redis: { password: { $secret: 'd1' } }, headers: {} },
  limits: [
    { by: 'ip', windows: [{ limit: 10 }] },
    { by: 'consumer', windows: [{ limit: 100 }] },
  ],
}

describe('a condition holds', () => {
  test.each<[string, Json]>([
    ['a value', { name: 'payouts-list' }],
    ['a list as a whole', { paths: ['/payouts'] }],
    ['what is not there is null', { 'config.minute': null, tags: null }],
    ['is_not', { name: { is_not: 'x' } }],
    ['one_of', { name: { one_of: ['a', 'payouts-list'] } }],
    ['none_of', { name: { none_of: ['a', 'b'] } }],
    ['exists', { 'config.redis.password': { exists: true }, tags: { exists: false } }],
    ['empty', { tags: { empty: true }, 'config.headers': { empty: true }, paths: { empty: false } }],
    ['at_least and at_most together', { timeout: { at_least: 1, at_most: 30_000 } }],
    ['matches', { name: { matches: '^pay' }, until: { matches_not: '2027' } }],
    ['like', { name: { like: 'payouts-*' } }],
    ['like one of several', { name: { like: ['a', '*-list'] } }],
    ['unlike what is not there', { other: { unlike: 'x*' } }],
    ['contains', { methods: { contains: 'GET' }, name: { contains: 'outs' } }],
    ['contains_any', { methods: { contains_any: ['PUT', 'POST'] } }],
    ['lacks', { methods: { lacks: 'PUT' } }],
    ['before now', { until: { before: 'now' } }],
    ['after a day', { until: { after: '2026-01-30' } }],
    ['count', { paths: { count: 1 }, limits: { count: { at_least: 2 } } }],
    ['every, of values', { paths: { every: { like: '/pay*' } } }],
    [
      'some, of conditions',
      { limits: { some: { by: 'consumer', windows: { some: { limit: { at_most: 100 } } } } } },
    ],
    ['no', { limits: { no: { by: 'header' } }, methods: { no: { one_of: ['TRACE'] } } }],
    ['every of nothing', { tags: { every: { is: 'x' } } }],
    ['an item of a list', { 'limits.1.by': 'consumer' }],
    ['all', { all: [{ name: 'payouts-list' }, { timeout: 30_000 }] }],
    ['any', { any: [{ name: 'x' }, { timeout: 30_000 }] }],
    ['not', { not: { name: 'x' } }],
    ['not any', { not: { any: [{ name: 'x' }, { timeout: 1 }] } }],
  ])('%s', (_name, given) => {
    expect(failing(given, route)).toBeNull()
  })
})

describe('a condition that does not hold names the path', () => {
  test.each<[string, Json, string]>([
    ['a value', { name: 'x' }, 'name'],
    ['the first of two', { timeout: 1, name: 'x' }, 'timeout'],
    ['a limit', { timeout: { at_most: 1000 } }, 'timeout'],
    ['a number that is none', { name: { at_most: 1 } }, 'name'],
    ['a list is not like a text', { paths: { like: '/*' } }, 'paths'],
    ['and not unlike one either', { paths: { unlike: '/*' } }, 'paths'],
    ['some of nothing', { tags: { some: { is: 'x' } } }, 'tags'],
    ['what is no time', { name: { before: 'now' } }, 'name'],
    ['any', { any: [{ name: 'x' }, { timeout: 1 }] }, 'name'],
    ['not', { not: { name: 'payouts-list' } }, 'name'],
    ['a secret is never what is asked for', { 'config.redis.password': 'd1' }, 'config.redis.password'],
  ])('%s', (_name, given, path) => {
    expect(failing(given, route)).toBe(path)
  })
})

test('numbers in labels count as numbers', () => {
  expect(failing({ nodes: { at_least: 2 } }, { nodes: '3' })).toBeNull()
  expect(failing({ nodes: { at_least: 2 } }, { nodes: '1' })).toBe('nodes')
  expect(failing({ nodes: { at_least: 0 } }, { nodes: '' })).toBe('nodes')
})

test('the roots of a condition are the names that its paths begin with, except elements', () => {
  const { condition } = compiled({
    'effective.tls.only': true,
    any: [{ not: { config: { exists: true } } }, { limits: { some: { by: 'x' } } }],
  })
  expect([...condition.roots].sort()).toEqual(['config', 'effective', 'limits'])
})

describe('an invalid condition is reported with its path', () => {
  test.each<[string, Json, string]>([
    ['a text', 'name', ' must be a mapping of paths to their conditions'],
    ['an unknown operator', { name: { starts: 'x' } }, 'name starts isn’t an operator: known are is, is_not'],
    [
      'a number for a regular expression',
      { name: { matches: 1 } },
      'name matches must be a regular expression',
    ],
    [
      'a broken one',
      { name: { matches: '(a' } },
      'name matches isn’t a regular expression: missing closing ): `(a`',
    ],
    [
      'look-ahead',
      { name: { matches: '(?=a)' } },
      'isn’t a regular expression: invalid or unsupported Perl syntax: `(?=`',
    ],
    ['a text for a number', { name: { at_most: '1' } }, 'name at_most must be a number'],
    ['any of nothing', { any: [] }, 'any must be a list of conditions'],
    [
      'a function that nobody allowed',
      { name: { function: 'x.js' } },
      'names a function that is not allowed',
    ],
    ['a time that is none', { until: { before: 'soon' } }, 'must be "now" or a time'],
    [
      'deep inside',
      { all: [{ limits: { some: { by: { like: 1 } } } }] },
      'all 0 limits some by like must be a pattern',
    ],
    ['an empty path', { 'a..b': 1 }, 'a..b isn’t a path'],
  ])('%s', (_name, given, message) => {
    const { problems } = compiled(given)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(message)
  })
})

test('a function that is allowed decides', () => {
  const tools = { functions: new Map([['even.js', (value: Json | undefined) => Number(value) % 2 === 0]]) }
  const { condition, problems } = compiled({ n: { function: 'even.js' } }, tools)
  expect(problems).toEqual([])
  expect(condition.failure({ n: 2 }, moment)).toBeNull()
  expect(condition.failure({ n: 3 }, moment)).toBe('n')
})
