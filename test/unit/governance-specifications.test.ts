import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { evaluate } from '../../src/governance/evaluate.ts'
import type { PolicyItem } from '../../src/governance/item.ts'
import { readSpecification } from '../../src/specs/index.ts'
import { builtinPolicies } from '../../src/workflows/governance/policies/read-policies.ts'
import { itemsOfSpecification } from '../../src/workflows/governance/specifications/specifications.ts'
import { providers } from '../known-providers.ts'
import { good } from './repo-scratch.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatewatch-specs-'))
})
afterEach(() => rm(root, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

async function itemsOf(path: string): Promise<readonly PolicyItem[]> {
  return itemsOfSpecification(good(await readSpecification(path, { root })), null)
}

/** Where a text stands in a file, counting from 1: what a finding must name. */
function placeIn(path: string, text: string, of: string) {
  const lines = of.split('\n')
  const line = lines.findIndex(each => each.includes(text))
  return { file: path, line: line + 1, column: (lines[line]?.indexOf(text) ?? 0) + 1 }
}

async function findingsOf(path: string, rule: string) {
  const { findings } = evaluate(await itemsOf(path), await builtinPolicies(providers), new Date())
  return findings.filter(finding => finding.rule === rule)
}

const head = `openapi: 3.1.0
info: { title: Payouts, version: 1.0.0, contact: { name: Team Payments } }
`

describe('a finding is placed where the text is written', () => {
  test('inline', async () => {
    const text = `${head}paths:
  /payouts/{payoutId}:
    get:
      parameters:
        - name: payoutId
          in: path
          required: true
          schema:
            type: integer
      responses: { "200": { description: Done } }
`
    write('specs/pay.yaml', text)
    const [finding, ...more] = await findingsOf('specs/pay.yaml', 'numeric-id')
    expect(more).toEqual([])
    expect(finding?.place).toEqual(placeIn('specs/pay.yaml', 'type: integer', text))
    expect(finding?.name).toBe('payoutId in path of GET /payouts/{payoutId}')
  })

  test('behind a reference in the file, once for all who use it', async () => {
    const text = `${head}paths:
  /payouts/{payoutId}:
    parameters:
      - $ref: "#/components/parameters/Payout"
    get: { responses: { "200": { description: Done } } }
    delete: { responses: { "204": { description: Gone } } }
components:
  parameters:
    Payout:
      name: payoutId
      in: path
      required: true
      schema: { $ref: "#/components/schemas/Id" }
  schemas:
    Id: { type: integer }
`
    write('specs/pay.yaml', text)
    const [finding, ...more] = await findingsOf('specs/pay.yaml', 'numeric-id')
    expect(more).toEqual([])
    expect(finding?.place).toEqual(placeIn('specs/pay.yaml', 'type: integer', text))
  })

  test('in another file', async () => {
    const schemas = `List:
  type: array
  items:
    type: boolean
`
    write('shared/schemas.yaml', schemas)
    write(
      'specs/pay.yaml',
      `${head}paths:
  /payouts:
    post:
      requestBody:
        content:
          application/json:
            schema: { $ref: "../shared/schemas.yaml#/List" }
      responses: { "201": { description: Created } }
`,
    )
    const [finding, ...more] = await findingsOf('specs/pay.yaml', 'unbounded-array')
    expect(more).toEqual([])
    expect(finding?.place).toEqual(placeIn('shared/schemas.yaml', 'List:', schemas))
    expect(finding?.name).toBe('shared/schemas.yaml#/List')
  })

  test('behind an anchor', async () => {
    const text = `${head}x-texts:
  name: &name
    type: string
paths:
  /payouts:
    post:
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                first: *name
                second: *name
      responses: { "201": { description: Created } }
`
    write('specs/pay.yaml', text)
    const findings = await findingsOf('specs/pay.yaml', 'unbounded-string')
    expect(findings.map(finding => finding.place)).toEqual([placeIn('specs/pay.yaml', 'first: *name', text)])
  })

  test('an operation, at its method; what it lacks, there too', async () => {
    const text = `${head}paths:
  /payouts:
    get:
      responses: { "200": { description: Done } }
`
    write('specs/pay.yaml', text)
    const [finding] = await findingsOf('specs/pay.yaml', 'operation-without-security')
    expect(finding?.place).toEqual(placeIn('specs/pay.yaml', 'get:', text))
    expect(finding?.trace.specification).toEqual({ operation: 'GET /payouts', place: finding?.place })
  })
})

describe('the facts of a specification', () => {
  test('security of the document applies to operations that declare none', async () => {
    write(
      'a.yaml',
      `${head}security: [{ key: [] }]
components: { securitySchemes: { key: { type: apiKey, in: header, name: apikey } } }
paths:
  /a: { get: { responses: {} } }
  /b: { get: { security: [], responses: {} } }
`,
    )
    const operations = (await itemsOf('a.yaml')).filter(item => item.kind === 'operation')
    expect(operations.map(item => [item.name, item.value.secured])).toEqual([
      ['GET /a', true],
      ['GET /b', false],
    ])
    expect(operations[0]?.value.schemes).toEqual([
      { id: 'key', type: 'apiKey', in: 'header', name: 'apikey' },
    ])
  })

  test('a schema that is used in requests and responses counts as one of requests', async () => {
    write(
      'a.yaml',
      `${head}paths:
  /a:
    post:
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/A" } } } }
      responses:
        "200": { description: Done, content: { application/json: { schema: { $ref: "#/components/schemas/A" } } } }
        "400": { description: No, content: { application/json: { schema: { $ref: "#/components/schemas/E" } } } }
components: { schemas: { A: { type: string }, E: { type: string }, Unused: { type: string } } }
`,
    )
    const schemas = (await itemsOf('a.yaml')).filter(item => item.kind === 'schema')
    expect(schemas.map(item => [item.name, item.value.used])).toEqual([
      ['#/components/schemas/A', 'request'],
      ['#/components/schemas/E', 'response'],
    ])
  })

  test('circular and dangling references come to an end', async () => {
    write(
      'a.yaml',
      `${head}paths:
  /a:
    post:
      parameters: [{ $ref: "#/components/parameters/A" }, { $ref: "#/nowhere" }]
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Tree" } } } }
      responses: { "200": { $ref: "other.yaml#/x" } }
components:
  parameters: { A: { $ref: "#/components/parameters/B" }, B: { $ref: "#/components/parameters/A" } }
  schemas: { Tree: { type: object, properties: { left: { $ref: "#/components/schemas/Tree" } } } }
`,
    )
    const kinds = (await itemsOf('a.yaml')).map(item => item.kind)
    expect(kinds.filter(kind => kind === 'schema')).toHaveLength(1)
  })

  test.each([
    ['nothing', ''],
    ['a list', '- a\n'],
    [
      'odd shapes',
      'openapi: 3.1.0\ninfo: []\npaths: { /a: 5, /b: [], /c: { get: null, post: { parameters: {}, responses: [] } } }\n',
    ],
  ])('of %s, nothing throws', async (_name, text) => {
    write('a.yaml', text)
    expect((await itemsOf('a.yaml')).map(item => item.kind)).toContain('specification')
  })
})
