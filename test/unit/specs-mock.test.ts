import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isObject } from '../../src/model/json.ts'
import { problemText } from '../../src/model/problem.ts'
import { readSpecification, specificationOf } from '../../src/specs/index.ts'
import { mockOperations } from '../../src/specs/mock/operations.ts'
import { sampleOf } from '../../src/specs/mock/sample.ts'
import { SchemaChecks } from '../../src/specs/mock/schema-check.ts'
import type { Specification } from '../../src/specs/reading/specification.ts'
import { billingSpec, clusterSpec, hostingSpec } from '../large-specs.ts'

const FOLDER = fileURLToPath(new URL('../../fixtures/specs/', import.meta.url))

function operationsOf(spec: Specification) {
  const read = mockOperations(spec)
  if (!read.ok) throw new Error(read.error.map(problemText).join('\n'))
  return read.value
}

function ofText(name: string, text: string) {
  const spec = specificationOf(name, text)
  if (!spec.ok) throw new Error(spec.error.map(problemText).join('\n'))
  return operationsOf(spec.value)
}

/** The value made up for the only response of a document, and what is wrong with it. */
function made(schema: string) {
  const [operation] = ofText(
    's.yaml',
    `openapi: 3.1.0\ninfo: { title: T }\npaths: { /a: { get: { responses: { '200': { description: A, content: { application/json: { schema: { $ref: '#/components/schemas/S0' } } } } } } } }\ncomponents:\n  schemas:\n${schema}`,
  )
  const extracted = operation?.responses[0]?.media[0]?.schema
  if (!extracted) throw new Error('no schema')
  const value = sampleOf(extracted)
  return { value, wrong: new SchemaChecks().body(extracted)(value) }
}

describe('a generated value', () => {
  it.each([
    ['{ type: integer, minimum: 5, multipleOf: 4 }', 8],
    ['{ type: number, exclusiveMaximum: -2 }', -3],
    ['{ type: string, minLength: 8, maxLength: 8 }', 'text----'],
    ["{ type: [string, 'null'], format: date-time }", '2026-01-01T00:00:00Z'],
    ['{ const: 7 }', 7],
    ['{ type: array, minItems: 2, items: { type: boolean } }', [true, true]],
    ['{ prefixItems: [{ type: string }, { type: integer }], items: false }', ['text', 0]],
    ['{ oneOf: [{ type: integer }, { type: string }] }', 0],
    [
      '{ allOf: [{ properties: { a: { const: 1 } } }, { properties: { b: { type: string, default: x } } }] }',
      { a: 1, b: 'x' },
    ],
  ])('fits %s', (schema, expected) => {
    expect(made(`    S0: ${schema}\n`)).toEqual({ value: expected, wrong: [] })
  })

  it('comes to an end where schemas require each other, or unfold without end', () => {
    const circle =
      '    S0: { type: object, required: [next], properties: { next: { $ref: "#/components/schemas/S0" } } }\n'
    expect(made(circle).value).toEqual({})
    const levels = Array.from({ length: 40 }, (_, i) => {
      const next = `{ $ref: '#/components/schemas/S${i + 1}' }`
      return `    S${i}: { type: object, required: [a, b], properties: { a: ${next}, b: ${next} } }\n`
    })
    expect(isObject(made(`${levels.join('')}    S40: { type: string }\n`).value)).toBe(true)
  })
})

describe('every specification among the fixtures can be mocked', () => {
  it.each([
    ['bookshop.yaml', 5],
    ['payments.yaml', 13],
    ['weather.json', 8],
    ['parcels/openapi.yaml', 6],
    ['identity.yaml', 7],
    ['telemetry.yaml', 7],
    ['odata.yaml', 5],
    ['media.yaml', 7],
    ['bank.yaml', 6],
  ])('%s', async (name, operations) => {
    const spec = await readSpecification(name, { root: FOLDER })
    if (!spec.ok) throw new Error(name)
    expect(operationsOf(spec.value)).toHaveLength(operations)
  })

  it.each([hostingSpec(), clusterSpec(), billingSpec()])('$name', ({ name, text, operations }) => {
    expect(ofText(name, text)).toHaveLength(operations)
  })

  it('and problems in one are reported with their place', () => {
    const text = readFileSync(`${FOLDER}bookshop.yaml`, 'utf8').replace(
      "'#/components/schemas/Book'",
      "'#/nowhere'",
    )
    const spec = specificationOf('bookshop.yaml', text)
    const read = spec.ok ? mockOperations(spec.value) : spec
    expect(read.ok ? [] : read.error.map(problemText)).toEqual([
      expect.stringMatching(/^bookshop\.yaml:\d+:\d+: The reference "#\/nowhere" leads nowhere\.$/),
    ])
  })
})
