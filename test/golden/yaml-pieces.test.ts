import { expect, it } from 'vitest'
import { isArray, isObject, type Json } from '../../src/model/json.ts'
import { atOnce } from '../../src/model/time-slices.ts'
import { Lines, parseYaml, parseYamlInPieces, type YamlDocument } from '../../src/yaml/index.ts'
import { piecesOf } from '../../src/yaml/pieces.ts'
import { pairManifests, samples } from '../peers/file-tools.ts'
import { describeShared } from '../shared.ts'

/** Every value of a document with its place. */
function* placed(document: YamlDocument, value: Json | undefined, path: string): Iterable<string> {
  if (!isArray(value) && !isObject(value)) return
  for (const [name, item] of Object.entries(value)) {
    const { line, column } = document.place(value, name)
    yield `${path}.${name} ${line}:${column} ${isArray(item) || isObject(item) ? '' : JSON.stringify(item)}`
    yield* placed(document, item, `${path}.${name}`)
  }
}

function read(text: string, piece: number): unknown {
  const lines = new Lines('a.yaml', text)
  const twice: unknown[] = []
  const options = {
    placeAt: (offset: number) => lines.at(offset),
    onDuplicate: (problem: unknown) => twice.push(problem),
  }
  const parsed =
    piece === 0 ? parseYaml(text, options) : atOnce(parseYamlInPieces(text, { ...options, piece }))
  if (!parsed.ok) return { problems: parsed.error, twice }
  const document = parsed.value
  return { values: [...placed(document, document.value, '')], start: document.place(undefined), twice }
}

/** Texts in which a line looks like the beginning of something and is not. */
const traps: readonly (readonly [string, string])[] = [
  ['a list within quotes', 'services:\n- name: "a\n  - b"\n- name: c\nx: 1\n'],
  ['an item at the margin within quotes', 'services:\n- name: "a\n- b"\n- name: c\n'],
  [
    'a block of text',
    'services:\n- name: |\n    - a\n    services:\n  host: h\n- name: c\nplugins:\n- name: p\n',
  ],
  ['a key that is there twice', 'services:\n- name: a\nservices:\n- name: b\n'],
  ['a key that is there twice in an item', 'services:\n- name: a\n  name: b\n- name: c\n'],
  ['brackets over lines', 'services: [\n{name: a},\n{name: b}\n]\nroutes:\n- name: r\n'],
  ['a list of lists', 'services:\n- - a\n  - b\n- - c\n'],
  [
    'items further in',
    'services:\n  # words\n  - name: a\n\n  - name: b\n    routes:\n      - name: r\nroutes:\n- name: c\n',
  ],
  ['anchors', 'services:\n- &a {name: a}\n- *a\n'],
  ['tags', 'services:\n- !!str a\n- b\n'],
  ['two documents', 'services:\n- a\n---\nroutes:\n- b\n'],
  ['an end that is missing', 'services:\n- name: a\n- name: [b\n'],
  ['Windows lines', 'services:\r\n- name: a\r\n- name: b\r\nroutes:\r\n- name: c\r\n'],
  ['a null item', 'services:\n-\n- name: b\n- \n- name: c\n'],
  ['a comment that looks like an item', 'services:\n- name: a\n# - name: x\n- name: b\n'],
  ['a text over lines', 'services:\n- name: a\n    b\n    c\n- name: d\n'],
  ['an empty list, then more', 'services:\nroutes:\n- a\n- b\n- c\n'],
  ['quoted keys', '"services":\n- a\n- b\n\'routes\':\n- c\n- d\n'],
]

describeShared('a text read in pieces', () => {
  it.each(traps)('is what the whole is: %s', (_name, text) => {
    for (const piece of [1, 4, 10, 20]) expect(read(text, piece)).toEqual(read(text, 0))
  })

  it('is what the whole is, for every manifest of the recordings', () => {
    const texts = [...samples().map(({ text }) => text), ...pairManifests(3).map(({ text }) => text)]
    let inPieces = 0
    for (const text of texts) {
      for (const piece of [7, 150, 1000]) {
        const found = read(text, piece)
        expect(found).toEqual(read(text, 0))
        if ((atOnce(piecesOf(text, piece))?.length ?? 0) > 1) inPieces += 1
      }
    }
    expect(inPieces).toBeGreaterThan(400)
  })
})
