import { readdirSync, readFileSync, statSync } from 'node:fs'
import fc from 'fast-check'
import { XmlDocument } from 'libxml2-wasm'
import { describe, expect, it } from 'vitest'
import { problemText } from '../../src/model/problem.ts'
import { specificationOf } from '../../src/specs/index.ts'
import { referencePage } from '../../src/specs/reference/page.ts'
import { readReference } from '../../src/specs/reference/read-reference.ts'
import { billingSpec, clusterSpec, hostingSpec } from '../large-specs.ts'

const FOLDER = new URL('../../fixtures/specs/', import.meta.url)

function pageOf(name: string, text: string): string {
  const spec = specificationOf(name, text)
  const reference = spec.ok ? readReference(spec.value) : spec
  if (!reference.ok) throw new Error(reference.error.map(problemText).join('\n'))
  return referencePage(reference.value)
}

/** The texts that a page shows under an XPath; throws where the page is not well-formed. */
function shown(page: string, xpath: string): string[] {
  const document = XmlDocument.fromString(page)
  try {
    return document.find(xpath).map(node => node.content)
  } finally {
    document.dispose()
  }
}

const PET = `openapi: 3.1.0
info: { title: Pets, version: '2', description: "All about pets.\\n\\nAnd their owners." }
servers: [{ url: 'https://pets.example/v2' }]
tags: [{ name: care, description: Looking after }, { name: unused }]
paths:
  /pets/{id}:
    parameters: [{ name: id, in: path, required: true, description: Its number, schema: { type: integer, minimum: 1 } }]
    get: { summary: One pet, deprecated: true, responses: { '200': { $ref: '#/components/responses/Pet' }, default: { description: Anything else } } }
    post:
      operationId: feed
      description: Gives it food.
      tags: [care]
      security: [{ key: [] }, {}]
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Food' } } } }
      responses: { '204': { description: Eaten } }
components:
  responses: { Pet: { description: The pet, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } } }
  securitySchemes: { key: { type: apiKey, in: header, name: X-Key } }
  schemas:
    Pet: { type: object, required: [name], properties: { name: { type: string, maxLength: 9, description: What it is called }, parent: { $ref: '#/components/schemas/Pet' } } }
    Food: { oneOf: [{ properties: { grams: { type: [integer, 'null'] } } }, { allOf: [{ properties: { kind: { enum: [hay] } } }] }] }
`

describe('a reference', () => {
  const page = pageOf('pets.yaml', PET)

  it('tells of the API, of groups in their order, and of each operation', () => {
    expect(shown(page, '//header/*')).toEqual([
      'Pets 2',
      'All about pets.',
      'And their owners.',
      'Served at https://pets.example/v2',
    ])
    expect(shown(page, '//h2')).toEqual(['care'])
    expect(shown(page, '//h3')).toEqual(['POST/pets/{id}', 'GET/pets/{id}'])
    expect(shown(page, '(//article)[1]/p')).toEqual([
      'feed',
      'Gives it food.',
      'Asks for X-Key (header), or nothing.',
      'application/json',
      'Eaten',
    ])
    expect(shown(page, '(//article)[1]//h4')).toEqual(['Parameters', 'Request', '204'])
  })

  it('tells of parameters and bodies, behind references, with what their schemas ask for', () => {
    const [, get] = shown(page, '//article/@id')
    expect(shown(page, `//article[@id="${get}"]//tr`).map(row => row.trim())).toEqual([
      'id requiredpath, integer, ≥ 1Its number',
      'name requiredstring, length ≤ 9What it is called',
      'parentobject',
    ])
    expect(shown(page, '(//article)[2]//pre')).toEqual(['{\n  "name": "text"\n}'])
    expect(shown(page, '(//article)[1]//table[2]//td/code')).toEqual(['(1).grams', '(2).kind'])
  })

  it('has links that lead to its operations', () => {
    const links = shown(page, '//nav//a/@href').map(link => link.slice(1))
    expect(links).toHaveLength(2)
    expect(new Set(links)).toEqual(new Set(shown(page, '//article/@id')))
  })
})

describe('a page', () => {
  const fixtures = readdirSync(FOLDER)
    .filter(name => statSync(new URL(name, FOLDER)).isFile())
    .map((name): [string, string] => [name, readFileSync(new URL(name, FOLDER), 'utf8')])
  const large = [hostingSpec(), clusterSpec(), billingSpec()].map(({ name, text }): [string, string] => [
    name,
    text,
  ])

  it.each([...fixtures, ...large])(
    'of %s is well-formed, and each operation has a place of its own',
    (name, text) => {
      const ids = shown(pageOf(name, text), '//article/@id')
      expect(ids.length).toBeGreaterThan(4)
      expect(new Set(ids).size).toBe(ids.length)
    },
  )

  it('is well-formed and holds no element of the specification’s, whatever that says', () => {
    const odd = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '<script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        ']]>',
        '&lt;',
        '\u202e',
        '\ud800',
        "'",
      ),
    )
    fc.assert(
      fc.property(odd, odd, odd, (title, path, description) => {
        const text = JSON.stringify({
          openapi: '3.0.3',
          info: { title: `T${title}`, version: title, description },
          servers: [{ url: `/${path.replaceAll(/[{}]/g, '')}` }],
          tags: [{ name: title, description }],
          paths: {
            [`/${path}`]: {
              get: {
                summary: title,
                tags: [title],
                parameters: [
                  { name: path, in: 'query', description, schema: { type: 'string', pattern: title } },
                ],
                responses: { '200': { description, content: { [title]: { example: description } } } },
              },
            },
          },
        })
        const page = pageOf('s.json', text)
        expect(shown(page, '//script | //img | //@onerror')).toEqual([])
        expect(shown(page, '//article')).toHaveLength(1)
      }),
      { numRuns: 300 },
    )
  })
})
