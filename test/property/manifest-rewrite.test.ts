import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isArray, isObject, type Json, type JsonObject } from '../../src/model/json.ts'
import { rewriteYaml } from '../../src/providers/kong/tools/rewriting/rewrite.ts'
import { editedText, fileText, readToolFile } from '../../src/providers/kong/tools/tool-file.ts'

const name = fc.oneof(
  fc.constantFrom('name', 'tags', 'paths', 'config', 'a b', 'on', '7', ''),
  fc.string({ maxLength: 6 }),
)
const scalar = fc.oneof(
  fc.constantFrom<Json>(
    'x',
    'yes',
    '~',
    '',
    '# no comment',
    'a: b',
    '1.0',
    'two\nlines\n',
    ' ',
    '- a',
    '{',
    null,
    true,
  ),
  fc.integer({ min: -9999, max: 9999 }),
  fc.string({ maxLength: 12 }),
)
const { tree } = fc.letrec<{ tree: Json }>(tie => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(name, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))
const mapping = fc.dictionary(name, tree, { minKeys: 1, maxKeys: 5, noNullPrototype: true })

/** A change somewhere in a value: another value, one more, one less. */
function changed(value: JsonObject, seed: readonly number[], fresh: Json): JsonObject {
  let result: JsonObject = value
  const edit = (here: Json, depth: number): Json => {
    const n = seed[depth] ?? 0
    if (isArray(here) && here.length > 0) {
      const at = n % here.length
      if (n % 4 === 0) return [...here.slice(0, at), fresh, ...here.slice(at)]
      if (n % 4 === 1) return here.filter((_, i) => i !== at)
      return here.map((item, i) => (i === at ? edit(item, depth + 1) : item))
    }
    if (isObject(here) && Object.keys(here).length > 0) {
      const names = Object.keys(here)
      const at = names[n % names.length] ?? ''
      if (n % 5 === 0) return { ...here, fresh }
      if (n % 5 === 1) return Object.fromEntries(Object.entries(here).filter(([each]) => each !== at))
      return { ...here, [at]: edit(here[at] ?? null, depth + 1) }
    }
    return fresh
  }
  const edited = edit(value, 0)
  if (isObject(edited)) result = edited
  return result
}

/** Comments between the lines of a YAML text, and behind some: where none stands in a text of several lines. */
function commented(text: string, every: number): string {
  if (/[|>][-+0-9]*\n/.test(text) || /^[^\n]*"[^"\n]*$/m.test(text)) return text
  return text
    .split('\n')
    .flatMap((line, i) =>
      i % every === 0 && line !== '' ? [`${/^ */.exec(line)?.[0] ?? ''}# note ${i}`, line] : [line],
    )
    .join('\n')
}

const read = (text: string): JsonObject => {
  const file = readToolFile({ path: 'kong.yaml', text })
  if (!file.ok) throw new Error(`${file.error[0]?.message}\n${text}`)
  return file.value.value
}

it('a rewritten manifest reads as intended, whatever is changed', () => {
  fc.assert(
    fc.property(
      mapping,
      fc.array(fc.nat({ max: 99 }), { minLength: 6, maxLength: 6 }),
      tree,
      fc.integer({ min: 1, max: 5 }),
      (before, seed, fresh, every) => {
        const text = commented(fileText(before, 'yaml'), every)
        const file = readToolFile({ path: 'kong.yaml', text })
        if (!file.ok) throw new Error(text)
        const after = changed(file.value.value, seed, fresh)
        expect(read(editedText(file.value, after, 'yaml').text)).toEqual(after)
        expect(read(editedText(file.value, after, 'json').text)).toEqual(after)
      },
    ),
    { numRuns: 1500 },
  )
})

it('each edit of a handwritten file keeps every comment, except on removed lines', () => {
  const entity = fc.record({
    name: fc.stringMatching(/^[a-z]{1,8}$/),
    tags: fc.array(fc.stringMatching(/^[a-z]{2,5}$/), { maxLength: 3 }),
    retries: fc.nat(9),
    routes: fc.array(
      fc.record({
        name: fc.stringMatching(/^[a-z]{1,8}$/),
        paths: fc.array(fc.constant('/a'), { minLength: 1, maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
  })
  fc.assert(
    fc.property(
      fc.array(entity, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 4 }),
      (services, every) => {
        const text = commented(fileText({ _format_version: '3.0', services }, 'yaml'), every)
        const before = read(text)
        const list = isArray(before.services) ? before.services : []
        const after = {
          ...before,
          services: list.map(each =>
            isObject(each)
              ? { ...each, tags: ['new', ...(isArray(each.tags) ? each.tags : [])], host: 'h' }
              : each,
          ),
          consumers: [{ username: 'joe', acls: [{ group: 'a' }] }],
        }
        const written = rewriteYaml(text, before, after)
        expect(written).toBeDefined()
        expect(read(written ?? '')).toEqual(after)
        for (const comment of text.match(/# note \d+/g) ?? []) expect(written).toContain(comment)
      },
    ),
    { numRuns: 300 },
  )
})
