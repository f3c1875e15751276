import { Ajv2020 } from 'ajv/dist/2020.js'
import AjvDraft4 from 'ajv-draft-04'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { canonicalText } from '../../src/model/json.ts'
import { toDraft4 } from '../../src/specs/schema/draft4.ts'

const name = fc.constantFrom('a', 'b', 'c')
const value = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, 2, 3.5, '', 'a', 'ab', 'abc'),
  fc.array(fc.constantFrom(1, 'a', null), { maxLength: 3 }),
  fc.dictionary(name, fc.constantFrom(1, 'a', null, 'ab'), { maxKeys: 3, noNullPrototype: true }),
)
const type = fc.constantFrom('string', 'number', 'integer', 'object', 'array', 'null', 'boolean')

const { schema } = fc.letrec<{ schema: boolean | object }>(tie => {
  const sub = tie('schema')
  const subs = fc.array(sub, { minLength: 1, maxLength: 2 })
  const keywords = fc.record(
    {
      type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
      const: value,
      enum: fc.uniqueArray(value, { minLength: 1, maxLength: 3, selector: canonicalText }),
      minimum: fc.integer({ min: 0, max: 3 }),
      exclusiveMinimum: fc.integer({ min: 0, max: 3 }),
      exclusiveMaximum: fc.integer({ min: 0, max: 3 }),
      maxLength: fc.integer({ min: 0, max: 3 }),
      maxItems: fc.integer({ min: 0, max: 3 }),
      items: sub,
      prefixItems: subs,
      contains: sub,
      properties: fc.dictionary(name, sub, { maxKeys: 2, noNullPrototype: true }),
      additionalProperties: sub,
      unevaluatedProperties: sub,
      unevaluatedItems: sub,
      propertyNames: fc.record(
        { pattern: fc.constantFrom('^a', 'b'), maxLength: fc.integer({ min: 0, max: 2 }) },
        { requiredKeys: [], noNullPrototype: true },
      ),
      required: fc.uniqueArray(name, { minLength: 1, maxLength: 2 }),
      dependentRequired: fc.dictionary(name, fc.uniqueArray(name, { minLength: 1, maxLength: 2 }), {
        maxKeys: 2,
      }),
      dependentSchemas: fc.dictionary(name, sub, { maxKeys: 2, noNullPrototype: true }),
      if: sub,
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
      then: sub,
      else: sub,
      not: sub,
      allOf: subs,
      anyOf: subs,
      oneOf: subs,
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  return { schema: fc.oneof({ depthSize: 'small', maxDepth: 3 }, fc.boolean(), keywords) }
})

describe('JSON Schema 2020-12 in draft 4', () => {
  it('accepts the same values, if no keyword is lost', () => {
    const options = { strict: false, validateSchema: false, addUsedSchema: false, logger: false } as const
    const ajv2020 = new Ajv2020(options)
    const ajv4 = new AjvDraft4({ ...options, validateSchema: true })
    fc.assert(
      fc.property(schema, fc.array(value, { minLength: 5, maxLength: 15 }), (written, values) => {
        const { schema: translated, lost } = toDraft4(JSON.parse(JSON.stringify(written)))
        const before = ajv2020.compile(written)
        const after = ajv4.compile(translated)
        for (const tried of values) {
          const [was, is] = [before(tried), after(tried)]
          const holds = lost.length === 0 ? was === is : true
          if (!holds)
            throw new Error(`${JSON.stringify(tried)}: ${was}, then ${is} by ${JSON.stringify(translated)}`)
        }
      }),
      { numRuns: 80 },
    )
  })
})
