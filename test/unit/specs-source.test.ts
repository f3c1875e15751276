import { describe, expect, it } from 'vitest'
import { isObject, type Json } from '../../src/model/json.ts'
import { problemText } from '../../src/model/problem.ts'
import { embeddedText } from '../../src/specs/reading/embedded.ts'
import { parseSource } from '../../src/specs/reading/parse.ts'
import { Positions, sourceText } from '../../src/specs/reading/source.ts'

function parse(text: string) {
  const positions = new Positions()
  return { positions, result: parseSource(sourceText('a.yaml', text), positions) }
}

function valueOfText(text: string): Json {
  const { result } = parse(text)
  if (!result.ok) throw new Error(result.error.map(problemText).join())
  return result.value
}

/** Line and column of an entry's key and value, the entry found by the keys that lead to it. */
function placeOf(text: string, ...path: (string | number)[]) {
  const { positions, result } = parse(text)
  let holder: Json = result.ok ? result.value : null
  for (const key of path.slice(0, -1)) {
    holder = (Array.isArray(holder) ? holder[Number(key)] : isObject(holder) ? holder[key] : null) ?? null
  }
  const last = path.at(-1) ?? ''
  if (holder === null || typeof holder !== 'object') throw new Error('no such entry')
  const [key, value] = [positions.key(holder, last), positions.value(holder, last)]
  return [key?.line, key?.column, value?.line, value?.column]
}

describe('values', () => {
  it.each<[string, Json]>([
    ['a: 1', { a: 1 }],
    ['{"a": [1.5, true, null, "x"]}', { a: [1.5, true, null, 'x'] }],
    [
      'a: yes\nb: 0x10\nc: 0o10\nd: 1e3\ne: ~\nf: "1"\ng: !!str 1',
      { a: 'yes', b: 16, c: 8, d: 1000, e: null, f: '1', g: '1' },
    ],
    ['a: .inf\nb: 2020-01-01', { a: '.inf', b: '2020-01-01' }],
    ['200: ok', { '200': 'ok' }],
    ['a: &x {b: 1}\nc: *x', { a: { b: 1 }, c: { b: 1 } }],
    ['a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3', { a: { b: 1, c: 2 }, d: { b: 1, c: 3 } }],
    ['a: &x {b: 1}\nc: &y {d: 1}\ne: {<<: [*x, *y]}', { a: { b: 1 }, c: { d: 1 }, e: { b: 1, d: 1 } }],
    ['first: 1\n---\nsecond: 2', { first: 1 }],
    ['\ufeffa: 1', { a: 1 }],
    ['', null],
    ['# nothing', null],
  ])('reads %j', (text, value) => {
    expect(valueOfText(text)).toEqual(value)
  })

  it('keeps a key that is called __proto__ to itself', () => {
    const value = valueOfText('__proto__: {polluted: true}')
    expect(Object.keys(value ?? {})).toEqual(['__proto__'])
    expect('polluted' in Object(value)).toBe(false)
  })
})

describe('places', () => {
  it.each<[string, string, (string | number)[], number[]]>([
    ['an entry', 'a:\n  b: 1\n', ['a', 'b'], [2, 3, 2, 6]],
    ['a quoted value', 'a: "x"\n', ['a'], [1, 1, 1, 4]],
    ['an item of a list', 'a:\n  - x\n  - y\n', ['a', 1], [3, 5, 3, 5]],
    ['JSON', '{\n  "a": {"b": 2}\n}', ['a', 'b'], [2, 9, 2, 14]],
    ['a value that is not there', 'a:\nb: 1\n', ['a'], [1, 1, 1, 1]],
    ['what an alias stands for', 'a: &x\n  b: 1\nc: *x\n', ['c', 'b'], [2, 3, 2, 6]],
    ['an alias itself', 'a: &x\n  b: 1\nc: *x\n', ['c'], [3, 1, 2, 3]],
    ['what was merged', 'a: &x\n  b: 1\nc:\n  <<: *x\n', ['c', 'b'], [2, 3, 2, 6]],
    ['lines that end in CRLF', 'a: 1\r\nb: 2\r\n', ['b'], [2, 1, 2, 4]],
    ['characters of two units', '"😀": {a: 1}', ['😀', 'a'], [1, 8, 1, 11]],
  ])('knows that of %s', (_what, text, path, expected) => {
    expect(placeOf(text, ...path)).toEqual(expected)
  })

  it('keeps numbers as they were written', () => {
    const { positions, result } = parse('a: 1.0\nb: 1\n')
    const value = result.ok && isObject(result.value) ? result.value : {}
    expect([positions.mark(value, 'a')?.raw, positions.mark(value, 'b')?.raw]).toEqual(['1.0', undefined])
  })
})

describe('hostile texts', () => {
  const bomb = Array.from({ length: 12 }, (_, i) =>
    i === 0
      ? 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]'
      : `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(',')}]`,
  ).join('\n')
  const merges = [
    `base: &base {${Array.from({ length: 1000 }, (_, i) => `k${i}: 1`).join(', ')}}`,
    ...Array.from({ length: 1000 }, (_, i) => `m${i}: {<<: *base}`),
  ].join('\n')
  const chain = Array.from({ length: 5000 }, (_, i) =>
    i === 0 ? 'a0: &a0 [x]' : `a${i}: &a${i} [*a${i - 1}]`,
  ).join('\n')

  it.each<[string, string, RegExp]>([
    [
      'an alias bomb',
      bomb,
      /^a\.yaml:[0-9]+:[0-9]+: With its aliases expanded, this holds more than 3,000,000 values\.$/,
    ],
    ['a bomb of merges', merges, /^a\.yaml:[0-9]+:[0-9]+: This merges too many keys with <<\.$/],
    ['a deep chain of aliases', chain, /^a\.yaml:[0-9]+:[0-9]+: This is nested more than 200 levels deep\.$/],
    ['an anchor in itself', '&a [*a]', /^a\.yaml:1:6: The value of the anchor "a" contains itself\.$/],
    ['an unknown anchor', 'a: *b', /^a\.yaml:1:5: There is no anchor "b"\.$/],
    ['deep nesting', '['.repeat(100_000), /^a\.yaml:1:[0-9]+: This is neither YAML nor JSON: .+\.$/],
    ['a broken file', 'a: [1\nb: 2', /^a\.yaml:[0-9]+:[0-9]+: This is neither YAML nor JSON: .+\.$/],
    ['a key twice', 'a: 1\nb: 2\na: 3', /^a\.yaml:3:1: The key "a" is defined twice\.$/],
    ['a list as a key', '? [a]\n: 1', /^a\.yaml:1:3: A key must be a text, not a list or a mapping\.$/],
    ['a merge of a list', 'a: {<<: [1]}', /^a\.yaml:1:4: Only mappings can be merged with <<\.$/],
  ])('ends %s with one sentence', (_what, text, sentence) => {
    const { result } = parse(text)
    expect(result.ok ? [] : result.error.map(problemText)).toEqual([expect.stringMatching(sentence)])
  })
})

describe('a text in another file', () => {
  it('has the places of a literal block', () => {
    const outer = sourceText('e.yaml', 'x: 1\ncontents: |\n  a:\n    b: 1\n\n  c: 2\n')
    const positions = new Positions()
    const parsed = parseSource(outer, positions)
    const holder = parsed.ok && isObject(parsed.value) ? parsed.value : {}
    const inner = embeddedText(outer, positions.mark(holder, 'contents')?.value ?? 0, String(holder.contents))
    const places = ['a', 'b', 'c'].map(text => inner.locate(inner.text.indexOf(text)))
    expect(places.map(({ line, column }) => [line, column])).toEqual([
      [3, 3],
      [4, 5],
      [6, 3],
    ])
  })

  it('has the places of a text in double quotes', () => {
    const outer = sourceText('e.json', '{"contents": "a\\n\\u00e9b\\"c"}')
    const inner = embeddedText(outer, 13, 'a\néb"c')
    expect([...'aébc'].map(text => inner.locate(inner.text.indexOf(text)).column)).toEqual([15, 18, 24, 27])
  })

  it('begins where the scalar does, where more can not be known', () => {
    const outer = sourceText('e.yaml', 'contents: >\n  folded\n  text\n')
    const inner = embeddedText(outer, 12, 'folded text\n')
    expect(inner.locate(9)).toEqual({ file: 'e.yaml', line: 2, column: 1 })
  })
})
