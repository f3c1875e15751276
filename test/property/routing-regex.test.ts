import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RouteRegex } from '../../src/providers/kong/router/regex/rust-regex.ts'

/**
 * Patterns that mean the same in Rust and in JavaScript's `v` mode: [Rust's, JavaScript's]. What is repeated is one
 * character, for the two differ in how often a group that may be empty is.
 */
type Both = readonly [rust: string, javascript: string]

const alike = (text: string): Both => [text, text]
const character = fc.constantFrom<Both>(
  ...['a', 'b', 'c', '1', '/', '[ab]', '[^a]', '[a-c1]', '\\.', '[a[b1]]', 'é'].map(alike),
  ['.', '[^\\n]'],
  ['[^/]', '[^\\/]'],
  ['[a-c&&[^b]]', '[[a-c]&&[^b]]'],
  ['[^[a]b]', '[^[a][b]]'],
  ['[a-c1--[ab]]', '[[a-c1]--[ab]]'],
  ['[a-c~~[b1]]', '[ac1]'],
  ['-', '\\x2d'],
  ['\\-', '\\x2d'],
  ['\\d', '\\d'],
  ['[[:alpha:]]', '[a-zA-Z]'],
  ['[[:^digit:]]', '[^0-9]'],
  ['\\x61', 'a'],
  ['\\u{62}', 'b'],
  ['\\pL', '\\p{L}'],
  ['\\p{Lowercase_Letter}', '\\p{Ll}'],
  ['\\p{Greek}', '\\p{Script=Greek}'],
)
const times = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?', '+?', '??')
const { pattern } = fc.letrec<{ pattern: Both; one: Both }>(tie => ({
  one: fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(character, times)
        .map(([[rust, javascript], many]): Both => [rust + many, javascript + many]),
    },
    fc.constantFrom<Both>(alike('^'), alike('$'), ['\\A', '^'], ['\\z', '$']),
    tie('pattern').map(([rust, javascript]): Both => [`(${rust})`, `(${javascript})`]),
    tie('pattern').map(([rust, javascript]): Both => [`(?:${rust})`, `(?:${javascript})`]),
  ),
  pattern: fc
    .array(fc.array(tie('one'), { maxLength: 4 }), { minLength: 1, maxLength: 2 })
    .map(ways => [0, 1].map(side => ways.map(parts => parts.map(part => part[side]).join('')).join('|')))
    .map(([rust = '', javascript = '']): Both => [rust, javascript]),
}))
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', 'A', '1', '/', '.', '-', 'é', 'λ', '😀'),
  maxLength: 10,
})

test('a route’s regex matches what JavaScript’s does where both mean the same', () => {
  fc.assert(
    fc.property(pattern, fc.boolean(), text, ([rust, javascript], isAnchored, given) => {
      const start = isAnchored ? '^' : ''
      const regex = new RouteRegex(start + rust)
      const wanted = new RegExp(start + javascript, 'v').exec(given)
      expect(regex.test(given)).toBe(wanted !== null)
      expect(regex.match(given)).toBe(wanted?.[0] ?? null)
      expect(regex.find(given)?.groups ?? null).toEqual(wanted && [...wanted])
    }),
    {
      numRuns: 5000,
      examples: [
        [['/a/b+/', '/a/b+/'], true, '/a/bb/'],
        [['a|b', 'a|b'], true, 'cb'],
        [['a$|b', 'a$|b'], true, 'ab'],
      ],
    },
  )
})

test.each([
  ['^(?i)straße', 'STRAßE', true],
  ['^(?i)k$', 'K', true],
  ['^(?s).$', '\n', true],
  ['^(?x) a b # c', 'ab', true],
  ['^a(?i)b|c', 'xC', true],
  ['^a(?i:b)c', 'aBC', false],
  ['^.{1001}$', 'a'.repeat(1001), true],
  ['^[ab]{1200,}$', 'ab'.repeat(599), false],
  ['^\\bа', 'а', undefined],
  ['^(?=a)', 'a', undefined],
  ['^(a)\\1', 'aa', undefined],
  ['^a{,3}', 'aa', undefined],
  ['^\\é', 'é', undefined],
  ['^[\\w--a]', 'b', true],
  ['^[\\w--a]', 'é', undefined],
])('the regex %s is found in %j: %s', (source, given, is) => {
  expect(new RouteRegex(source).test(given)).toBe(is)
})
