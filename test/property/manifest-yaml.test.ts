import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, stringify } from 'yaml'
import { isObject, type Json } from '../../src/model/json.ts'
import { readManifests } from '../../src/providers/kong/manifest/index.ts'
import { Lines, parseYaml, type YamlDocument } from '../../src/yaml/index.ts'

const parse = (text: string) => {
  const lines = new Lines('f', text)
  return parseYaml(text, { placeAt: offset => lines.at(offset) })
}

function documentOf(text: string): YamlDocument {
  const parsed = parse(text)
  if (parsed.ok) return parsed.value
  throw new Error(parsed.error[0]?.message)
}

/** Texts that YAML 1.1 may take for something else, among others. */
const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    'yes',
    'n',
    'Off',
    '0777',
    '1_0',
    '0x1',
    '1e3',
    '~',
    'null',
    '<<',
    '2001-01-01',
    '- a',
    '# b',
    '*c',
    '&d',
    '.inf',
  ),
)
const json = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    word,
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter(value => !Object.is(value, -0)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(word, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value

describe('values', () => {
  test('JSON is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        fc.pre(value !== null)
        expect(documentOf(JSON.stringify(value, null, indent)).value).toStrictEqual(value)
      }),
    )
  })

  test('YAML 1.1 written by another library is read correctly', () => {
    fc.assert(
      fc.property(json, fc.boolean(), (value, flow) => {
        // That library writes a key of this name without the quotes that it needs.
        fc.pre(value !== null && !JSON.stringify(value).includes('"<<":'))
        const text = stringify(value, {
          version: '1.1',
          collectionStyle: flow ? 'flow' : 'block',
          aliasDuplicateObjects: false,
        })
        expect(documentOf(text).value).toStrictEqual(value)
      }),
    )
  })

  test('any text at all gives a value or problems with a place, never an exception', () => {
    const pieces = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '&a',
      '*a',
      '<<',
      '|',
      '>',
      '#',
      '!',
      '%',
      '\t',
      '?',
      '---\n',
      '...',
      '\r\n',
      '@',
      '`',
      '\\',
      '\uFEFF',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces, { maxLength: 40 }).map(all => all.join('')),
        ),
        text => {
          const parsed = parse(text)
          if (parsed.ok) return
          expect(parsed.error.length).toBeGreaterThan(0)
          for (const { place, message } of parsed.error) {
            expect(message).not.toBe('')
            expect(place?.line).toBeGreaterThanOrEqual(1)
            expect(place?.line).toBeLessThanOrEqual(text.split('\n').length)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  test('any text at all is a manifest or has problems', () => {
    const keys = fc.constantFrom(
      'services',
      'name',
      'routes',
      'plugins',
      '_info',
      'config',
      'host',
      'tags',
      'consumers',
      'username',
    )
    const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>(tie => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        word,
        fc.integer(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 5, noNullPrototype: true }),
      ),
    })).value
    fc.assert(
      fc.property(fc.dictionary(keys, value, { noNullPrototype: true }), content => {
        const text = stringify({ _format_version: '3.0', ...content }, { version: '1.1' })
        const read = readManifests([{ path: 'f', text }], { env: {} })
        if (read.ok) for (const entity of read.value.entities) expect(entity.source?.place().file).toBe('f')
        else expect(read.error.every(problem => problem.place?.file === 'f')).toBe(true)
      }),
    )
  })
})

describe('places', () => {
  test('every key and item is where another library finds it', () => {
    const named = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-', '_'), minLength: 1, maxLength: 6 })
    const leaf = fc.oneof(fc.integer(), named, fc.string({ maxLength: 5 }))
    const tree = fc.letrec<{ value: Json }>(tie => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        leaf,
        fc.array(tie('value'), { minLength: 1, maxLength: 4 }),
        fc.dictionary(named, tie('value'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
      ),
    })).value
    fc.assert(
      fc.property(
        fc.dictionary(named, tree, { minKeys: 1, noNullPrototype: true }),
        fc.boolean(),
        (value, flow) => {
          const text = stringify(value, {
            version: '1.1',
            collectionStyle: flow ? 'flow' : 'block',
            aliasDuplicateObjects: false,
          })
          const document = documentOf(text)
          const root = document.value
          if (!isObject(root)) throw new Error('not a mapping')
          for (const [path, place] of placesIn(text)) {
            const { line, column } = document.place(root, path)
            expect({ path, line, column }).toEqual({ path, ...place })
          }
        },
      ),
    )
  })
})

/** Where the library `yaml` finds keys and items, by path. */
function placesIn(text: string): ReadonlyMap<string, { readonly line: number; readonly column: number }> {
  const lineCounter = new LineCounter()
  const places = new Map<string, { line: number; column: number }>()
  const put = (path: readonly (string | number)[], node: Node | null | undefined) => {
    if (!node?.range) return
    const { line, col } = lineCounter.linePos(node.range[0])
    places.set(path.join('.'), { line, column: col })
  }
  const walk = (node: unknown, path: readonly (string | number)[]) => {
    if (isMap(node)) {
      for (const pair of node.items) {
        if (!isPair(pair) || !isScalar(pair.key)) continue
        const here = [...path, String(pair.key.value)]
        put(here, pair.key)
        walk(pair.value, here)
      }
    } else if (isSeq<Node>(node)) {
      for (const [i, item] of node.items.entries()) {
        put([...path, i], item)
        walk(item, [...path, i])
      }
    }
  }
  const document = parseDocument(text, { version: '1.1', lineCounter })
  walk(document.contents, [])
  return places
}
