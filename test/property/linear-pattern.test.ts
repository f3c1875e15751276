import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nameFits, pathFits } from '../../src/governance/policies/wildcard.ts'
import { LinearPattern, PatternError } from '../../src/patterns/linear-pattern.ts'
import { cpuStopwatch } from '../cpu-time.ts'

/** Patterns in the language that policies and JavaScript share, over a few letters so that they match often. */
const { pattern } = fc.letrec<{ pattern: string; one: string }>(tie => ({
  one: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.constantFrom('a', 'b', 'c', '.', '\\d', '\\w', '\\s', '[ab]', '[^a]', '[a-c1]', '\\.'),
    },
    fc.constantFrom('^', '$'),
    tie('pattern').map(inner => `(${inner})`),
    tie('pattern').map(inner => `(?:${inner})`),
    fc
      .tuple(
        fc.oneof(
          fc.constantFrom('a', 'b', '.', '[ab]'),
          tie('pattern').map(inner => `(?:${inner})`),
        ),
        fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}', '*?'),
      )
      .map(([one, times]) => one + times),
  ),
  pattern: fc
    .array(fc.array(tie('one'), { maxLength: 4 }), { minLength: 1, maxLength: 3 })
    .map(alternatives => alternatives.map(each => each.join('')).join('|')),
}))

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '.', ' ', '_', 'é', '😀'), maxLength: 12 })

test('a pattern matches where a JavaScript regular expression matches', () => {
  fc.assert(
    fc.property(pattern, text, (source, given) => {
      expect(LinearPattern.of(source).test(given)).toBe(new RegExp(source, 'u').test(given))
    }),
    { numRuns: 3000 },
  )
})

test('a pattern that makes a regular expression backtrack is answered immediately', () => {
  for (const source of ['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*)(.*)(.*)(.*)x', '^(\\w+\\s?)*$']) {
    const taken = cpuStopwatch()
    expect(LinearPattern.of(source).test(`${'a'.repeat(20_000)}!`)).toBe(false)
    expect(taken()).toBeLessThan(2000)
  }
})

test('a pattern that would become huge is refused before it is compiled', () => {
  const huge = [
    '((((a{0,50}){0,50}){0,50}){0,50})',
    '((a{1,1000}){1,1000})',
    '(?:.?.?.?.?.?.?.?.?.?.?.?){1000}',
    '('.repeat(2_000) + ')'.repeat(2_000),
    '(a{1000}){1000}',
    'ab'.repeat(2_501),
  ]
  for (const source of huge) {
    const taken = cpuStopwatch()
    expect(() => LinearPattern.of(source)).toThrow(PatternError)
    expect(taken()).toBeLessThan(5_000)
  }
})

/** What a wildcard of letters and stars means, by a regular expression. */
function expression(wildcard: string, segment: string): RegExp {
  return new RegExp(`^${wildcard.split('*').join(segment)}$`, 'su')
}

test('a star in a name stands for anything', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', '_', '*'), maxLength: 8 })
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '_'), maxLength: 12 })
  fc.assert(
    fc.property(part, name, (wildcard, given) => {
      expect(nameFits(wildcard, given)).toBe(expression(wildcard, '.*').test(given))
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['/admin/**', '/admin', true],
  ['/admin/**', '/admin/users/1', true],
  ['/admin/**', '/administrators', false],
  ['/**/internal/**', '/internal', true],
  ['/**/internal/**', '/v1/internal/x', true],
  ['/v*/users', '/v2/users', true],
  ['/v*/users', '/v2/x/users', false],
  ['/users/*', '/users/{id}', true],
  ['/users/*', '/users', false],
  ['/users', '/users/', true],
])('the path pattern %s matches %s: %s', (pattern, path, fits) => {
  expect(pathFits(pattern, path)).toBe(fits)
})
