import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/model/json.ts'
import { generate, specificationOf } from '../../src/specs/index.ts'
import { toDraft4 } from '../../src/specs/schema/draft4.ts'

const FOLDER = new URL('../../fixtures/specs/openapi-3.1/', import.meta.url)

function manifestOf(name: string) {
  const spec = specificationOf(name, readFileSync(new URL(name, FOLDER), 'utf8'))
  return spec.ok ? generate(spec.value) : spec
}

describe('OpenAPI 3.1', () => {
  const files = readdirSync(FOLDER)
  const names = files.filter(name => name.endsWith('.3.0.yaml')).map(name => name.replace('.3.0', ''))

  it.each(names)('%s gives the same manifest as its OpenAPI 3.0 equivalent', name => {
    const expected = manifestOf(name.replace('.yaml', '.3.0.yaml'))
    const result = manifestOf(name)
    expect(expected).toMatchObject({ ok: true })
    expect(result.ok && result.value.manifest).toEqual(expected.ok && expected.value.manifest)
  })

  const schemas = files.filter(name => name.endsWith('.schema.json'))

  it.each(schemas)('%s is what the request-validator gets, which 3.0 has no words for', name => {
    const expected: unknown = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))
    const result = manifestOf(name.replace('.schema.json', '.yaml'))
    if (!result.ok) throw new Error(name)
    expect(result.value.warnings).toEqual([])
    const [, schema] = /"body_schema":("(?:[^"\\]|\\.)*")/.exec(JSON.stringify(result.value.manifest)) ?? []
    expect(JSON.parse(JSON.parse(schema ?? '""'))).toEqual(expected)
  })

  it('every document has an expected result', () => {
    const documents = files.filter(name => name.endsWith('.yaml') && !name.endsWith('.3.0.yaml'))
    const expected = [...names, ...schemas.map(name => name.replace('.schema.json', '.yaml'))]
    expect(expected.sort()).toEqual(documents.sort())
  })

  it('says that no routes are made for webhooks', () => {
    const result = manifestOf('webhooks.yaml')
    expect(result.ok && result.value.warnings).toMatchObject([
      { code: 'webhooks', place: { file: 'webhooks.yaml', line: 4, column: 1 } },
    ])
  })

  it('needs paths or webhooks', () => {
    const spec = specificationOf('a.yaml', 'openapi: 3.1.0\ninfo: {title: A}\ncomponents: {}\n')
    const result = spec.ok ? generate(spec.value) : spec
    expect(result).toMatchObject({ ok: false, error: [{ message: 'The document has no paths' }] })
  })
})

describe('JSON Schema 2020-12 in draft 4', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['a constant', { const: { a: 1 } }, { enum: [{ a: 1 }] }],
    ['a constant beside an enum', { const: 1, enum: [1, 2] }, { enum: [1, 2], allOf: [{ enum: [1] }] }],
    ['an exclusive bound', { exclusiveMaximum: 3 }, { maximum: 3, exclusiveMaximum: true }],
    ['the narrower bound', { maximum: 1, exclusiveMaximum: 3 }, { maximum: 1 }],
    [
      'a tuple',
      { prefixItems: [{ type: 'string' }], items: false },
      { items: [{ type: 'string' }], additionalItems: false },
    ],
    ['no items', { items: false }, { maxItems: 0 }],
    [
      'a condition',
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
      { if: { type: 'string' }, then: { minLength: 1 }, else: { minimum: 1 } },
      {
        allOf: [
          { anyOf: [{ not: { type: 'string' } }, { minLength: 1 }] },
          { anyOf: [{ type: 'string' }, { minimum: 1 }] },
        ],
      },
    ],
    ['required together', { dependentRequired: { a: ['b'] } }, { dependencies: { a: ['b'] } }],
    [
      'dependent schemas',
      { dependentSchemas: { a: { minProperties: 2 } }, dependentRequired: { a: ['b'] } },
      { dependencies: { a: { allOf: [{ minProperties: 2 }, { required: ['b'] }] } } },
    ],
    [
      'no other properties',
      { properties: { a: true }, unevaluatedProperties: false },
      { properties: { a: {} }, additionalProperties: false },
    ],
    [
      'an item that must be there',
      { contains: { const: 1 } },
      { allOf: [{ anyOf: [{ not: { type: 'array' } }, { not: { items: { not: { enum: [1] } } } }] }] },
    ],
    [
      'names of properties',
      { propertyNames: { pattern: '^a' } },
      { allOf: [{ patternProperties: { '^a': {} }, additionalProperties: false }] },
    ],
    ['what nothing matches', { properties: { a: false } }, { properties: { a: { not: {} } } }],
    ['marks of the dialect', { $schema: 'x', $id: 'y', $anchor: 'z', type: 'string' }, { type: 'string' }],
  ])('says %s', (_what, schema, expected) => {
    expect(toDraft4(schema)).toEqual({ schema: expected, lost: [] })
  })

  it('reports what it can’t express', () => {
    const schema = {
      contains: {},
      maxContains: 2,
      allOf: [{ $ref: '#/definitions/A' }],
      unevaluatedProperties: false,
      unevaluatedItems: false,
      propertyNames: { $ref: '#/definitions/B' },
      $dynamicRef: '#node',
    }
    const lost = ['$dynamicRef', 'maxContains', 'propertyNames', 'unevaluatedItems', 'unevaluatedProperties']
    expect(toDraft4(schema).lost).toEqual(lost)
  })
})
