import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { isArray, isObject, type Json } from '../../src/model/json.ts'
import { Lines, parseYaml, YamlDocument } from '../../src/yaml/index.ts'

const value = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom<Json>('__proto__', '1', '00', null, true, 1.5, -7, 2 ** 60),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('__proto__', '1', '10', '2')),
      tie('value'),
      {
        maxKeys: 5,
        noNullPrototype: true,
      },
    ),
  ),
})).value

/** Every container with the places of itself and of all that lies in it. */
function placesOf(document: YamlDocument, part: Json | undefined = document.value): readonly unknown[] {
  if (part === undefined || (!isArray(part) && !isObject(part))) return []
  const names = isArray(part) ? part.map((_, i) => String(i)) : Object.keys(part)
  const below = isArray(part) ? part : Object.values(part)
  return [
    document.place(part),
    ...names.map(name => document.place(part, name)),
    ...below.flatMap(item => placesOf(document, item)),
  ]
}

const read = (text: string): YamlDocument => {
  const lines = new Lines('f', text)
  const parsed = parseYaml(text, { placeAt: offset => lines.at(offset) })
  if (!parsed.ok) throw new Error(parsed.error[0]?.message)
  return parsed.value
}

test('a document passed to another thread has the same value and the same places', () => {
  fc.assert(
    fc.property(value, fc.boolean(), (written, isBlock) => {
      const text = isBlock
        ? stringify(written, { version: '1.1', aliasDuplicateObjects: false })
        : JSON.stringify(written)
      fc.pre(written !== null && !text.includes('<<'))
      const document = read(text)
      const packed = document.pack()
      if (!packed) throw new Error('not packed')
      const lines = new Lines('f', text)
      const unpacked = YamlDocument.unpack(structuredClone(packed), offset => lines.at(offset))
      expect(unpacked.value).toStrictEqual(document.value)
      expect(placesOf(unpacked)).toStrictEqual(placesOf(document))
    }),
  )
})

test('a text that holds nothing is not packed', () => {
  expect(read('# nothing').pack()).toBeUndefined()
})
