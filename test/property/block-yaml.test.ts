import fc from 'fast-check'
import { dump, load } from 'js-yaml'
import { expect, test } from 'vitest'
import type { Json } from '../../src/model/json.ts'
import { blockYaml } from '../../src/providers/kong/manifest/writing/block-yaml.ts'

const odd = fc.constantFrom(
  '',
  ' ',
  'yes',
  'null',
  '~',
  '1e5',
  '012',
  '0x1f',
  '1:30',
  '2024-01-01',
  '<<',
  '=',
  '-',
  '- a',
  '? a',
  'a: b',
  'a:',
  ':a',
  'http://a.example:80/x',
  '#a',
  'a #b',
  '@a',
  '`a',
  '%a',
  '&a',
  '*a',
  '!a',
  '|',
  '>',
  "'a",
  '"a',
  '{a}',
  '[a]',
  'a\nb',
  'a\n',
  'a\n\n',
  '\na',
  ' a\nb',
  'a\n  b\nc',
  'a\n\tb',
  '\t',
  'a\u0000b',
  '\u007f',
  '\u2028',
  '\ufeff',
  '😀',
  '\ud800',
  '-----BEGIN X-----\nabc\n-----END X-----\n',
  '.inf',
  '.nan',
  '_1',
  '/a/b',
  '~/a$',
)
const text = fc.oneof(
  { weight: 2, arbitrary: odd },
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary-ascii' }),
)
const name = text.filter(each => each !== '__proto__')
const { value } = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    { weight: 4, arbitrary: text },
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(each => (Object.is(each, -0) ? 0 : each)),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))

test('block YAML that is written reads back as the same value', () => {
  fc.assert(
    fc.property(fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true }), given => {
      expect(load(blockYaml(given, () => undefined))).toEqual(given)
    }),
    { numRuns: 3000 },
  )
})

test('typical manifest content is laid out as by js-yaml', () => {
  const given = {
    _format_version: '3.0',
    services: [
      {
        name: 'a',
        host: 'a.internal',
        tags: [],
        routes: [{ name: 'r', paths: ['/a', '~/b/\\d+$'], headers: {}, nested: [['x', 1], [{ y: true }]] }],
        text: 'two\nlines\n',
      },
    ],
  }
  expect(blockYaml(given, () => undefined)).toBe(dump(given, { lineWidth: -1, noRefs: true }))
})
