import { readdirSync, readFileSync, statSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generate, specificationOf } from '../../src/specs/index.ts'

const FOLDER = new URL('../../fixtures/specs/', import.meta.url)
const texts = readdirSync(FOLDER)
  .filter(name => statSync(new URL(name, FOLDER)).isFile())
  .map(name => readFileSync(new URL(name, FOLDER), 'utf8'))

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, '', 0, -1, 1e300, true, [], {}, [[]], [null], { $ref: 5 }),
  fc.constantFrom<unknown>(
    { $ref: '#' },
    { $ref: '#/paths' },
    { $ref: '#/components/schemas/Book' },
    { $ref: 'nowhere.yaml#/x' },
    { $ref: '#/%E0%A4%A' },
    { $ref: '#anchor' },
    '{a}{b}{',
    '\u0000',
    '__proto__',
    '/{a}/{a}',
    'https://{x}/',
    'http://[::1',
  ),
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
)

type Node = { [key: string]: unknown } | unknown[]

/** All objects and lists in a value. */
function nodesIn(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return []
  const own = Array.isArray(value) ? value : Object.fromEntries(Object.entries(value))
  return [own, ...Object.values(own).flatMap(nodesIn)]
}

/** A copy of a value with the entry at a depth-first position replaced, taken out or repeated under another key. */
function mutate(value: unknown, at: number, change: Change): unknown {
  let left = at
  const visit = (current: unknown): unknown => {
    if (typeof current !== 'object' || current === null) return current
    if (Array.isArray(current)) {
      return current.flatMap(item => (left-- === 0 ? changed(item, change) : [visit(item)]))
    }
    return Object.fromEntries(
      Object.entries(current).flatMap(([key, item]) => {
        if (left-- !== 0) return [[key, visit(item)]]
        if (change.type === 'key') return [[change.key, item]]
        return changed(item, change).map((one, index) => [index === 0 ? key : `${key}${index}`, one])
      }),
    )
  }
  return visit(value)
}

type Change =
  | { type: 'replace'; by: unknown }
  | { type: 'remove' }
  | { type: 'repeat' }
  | { type: 'key'; key: string }

function changed(item: unknown, change: Change): unknown[] {
  if (change.type === 'replace') return [change.by]
  return change.type === 'repeat' ? [item, item] : []
}

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ type: fc.constant('replace' as const), by: odd }),
  fc.record({ type: fc.constant('remove' as const) }),
  fc.record({ type: fc.constant('repeat' as const) }),
  fc.record({
    type: fc.constant('key' as const),
    key: fc.constantFrom('$ref', '', '/', '/{x}', 'x-kong-plugin-', '__proto__', 'get', 'constructor'),
  }),
)

const options = fc.record(
  {
    generateSecurity: fc.boolean(),
    ignoreSecurityErrors: fc.boolean(),
    ignoreCircularRefs: fc.boolean(),
    insoCompatible: fc.boolean(),
    reuseServices: fc.boolean(),
    treatAllHeadersAsRequired: fc.boolean(),
  },
  { requiredKeys: [] },
)

/** The value of a document, for mutations: what YAML or JSON says. */
function parsed(text: string): unknown {
  const spec = specificationOf('s', text)
  return spec.ok ? spec.value.files.get('s') : null
}

function check(text: string, given: Parameters<typeof generate>[1]): void {
  const spec = specificationOf('s.yaml', text)
  const result = spec.ok ? generate(spec.value, given) : spec
  if (result.ok) {
    expect(JSON.parse(JSON.stringify(result.value.manifest))).toEqual(result.value.manifest)
  } else {
    expect(result.error.length).toBeGreaterThan(0)
    for (const problem of result.error) expect(problem.message).toMatch(/\S/)
  }
}

describe('a randomly changed document', () => {
  const values = texts.map(parsed)

  it('gives a manifest or problems, and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...values),
        fc.array(fc.tuple(fc.nat(400), change), { minLength: 1, maxLength: 4 }),
        options,
        (value, changes, given) => {
          const size = nodesIn(value).length * 3
          const mutated = changes.reduce((current, [at, one]) => mutate(current, at % size, one), value)
          check(JSON.stringify(mutated) ?? 'null', given)
        },
      ),
      { numRuns: 1500 },
    )
  })

  it('gives a manifest or problems if characters of the text are changed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.nat(40),
        fc.oneof(
          fc.constantFrom('&a', '*a', '<<: *a', '\t', '- ', '{', '"', '|\n', '---\n', '!!int '),
          fc.string(),
        ),
        options,
        (text, at, length, inserted, given) => {
          const from = at % text.length
          check(text.slice(0, from) + inserted + text.slice(from + length), given)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('gives problems or a manifest for any value at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), odd), options, (value, given) =>
        check(JSON.stringify(value) ?? '', given),
      ),
    )
  })
})
