import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/model/json.ts'
import { problemText } from '../../src/model/problem.ts'
import { type Generated, generate, readSpecification, specificationOf } from '../../src/specs/index.ts'
import { hostingSpec } from '../large-specs.ts'

const ROOT = fileURLToPath(new URL('../../fixtures/specs/', import.meta.url))

/** Each document with the number of its operations and the codes of what its author is told. */
const DOCUMENTS: [string, number, string[]][] = [
  ['bookshop.yaml', 5, []],
  ['payments.yaml', 13, []],
  ['weather.json', 8, []],
  ['parcels/openapi.yaml', 6, []],
  ['identity.yaml', 7, ['security']],
  ['telemetry.yaml', 7, []],
  ['odata.yaml', 5, Array(5).fill('capture-name')],
  ['media.yaml', 7, ['cookie']],
  ['bank.yaml', 6, ['webhooks']],
  ['insomnia', 2, []],
  ['insomnia/export-5.yaml', 1, []],
]

async function made(path: string): Promise<Generated> {
  const spec = await readSpecification(`${ROOT}${path}`, { root: ROOT })
  const result = spec.ok ? generate(spec.value, { generateSecurity: true }) : spec
  if (!result.ok) throw new Error(result.error.map(problemText).join('\n'))
  return result.value
}

interface Route {
  readonly fields: JsonObject
  readonly pointer: string
}

function routesOf({ manifest }: Generated): Route[] {
  return manifest.services.flatMap((service, i) => {
    const routes = Array.isArray(service.routes) ? service.routes : []
    return routes.map((fields, j) => ({ fields, pointer: `/services/${i}/routes/${j}` }))
  })
}

/** The route that Kong's router takes for a request: of those that match, the one with the highest priority. */
function routeFor(routes: readonly Route[], method: string, path: string): Route[] {
  const matching = routes.filter(({ fields }) => {
    const [regex, methods] = [String(fields.paths), String(fields.methods)]
    return methods === method && !fields.headers && new RegExp(`^${regex.slice(1)}`).test(path)
  })
  const highest = Math.max(...matching.map(({ fields }) => Number(fields.regex_priority)))
  return matching.filter(({ fields }) => fields.regex_priority === highest)
}

/** Holds a manifest against its document: each operation is reached by its path, and knows its line. */
function checkOperations(result: Generated, textOf: (file: string) => string): number {
  const routes = routesOf(result)
  const own = routes.filter(({ fields }) => !fields.headers)
  for (const { fields, pointer } of own) {
    const origin = result.origins.get(pointer)
    if (!origin?.path || !origin.method) throw new Error(pointer)
    const path = origin.path.replace(/\{[^}]+\}/g, 'sample-1')
    expect(routeFor(routes, origin.method, path).map(route => route.fields.name)).toEqual([fields.name])
    const line = textOf(origin.place.file).split('\n')[origin.place.line - 1] ?? ''
    expect(
      line
        .slice(origin.place.column - 1)
        .replace(/^"/, '')
        .toUpperCase(),
    ).toMatch(new RegExp(`^${origin.method}"?:`))
    expect(result.origins.get(String(fields.id))).toBe(origin)
  }
  return own.length
}

describe.each(DOCUMENTS)('%s', (path, operations, codes) => {
  let result: Generated

  beforeAll(async () => {
    result = await made(path)
  })

  it('has a route for each operation, which its path reaches and which knows its line', () => {
    const read = (file: string): string => readFileSync(`${ROOT}${file}`, 'utf8')
    expect(checkOperations(result, read)).toBe(operations)
  })

  it('reports the expected notes to its author', () => {
    expect(result.warnings.map(({ code }) => code)).toEqual(codes)
  })

  it('gives every entity an id of its own, the same at each run', async () => {
    const ids = JSON.stringify(result.manifest).match(/"id":"[0-9a-f-]{36}"/g) ?? []
    expect(new Set(ids).size).toBe(ids.length)
    expect((await made(path)).manifest).toEqual(result.manifest)
  })

  it('knows the origin of every service, upstream, route and plugin', () => {
    const count = (value: unknown, key = ''): number => {
      if (Array.isArray(value)) {
        const own = ['services', 'upstreams', 'routes', 'plugins'].includes(key) ? value.length : 0
        return own + value.reduce<number>((sum, item) => sum + count(item), 0)
      }
      if (typeof value !== 'object' || value === null) return 0
      return Object.entries(value).reduce(
        (sum, [name, item]) => sum + (name === 'config' ? 0 : count(item, name)),
        0,
      )
    }
    const pointers = [...result.origins.keys()].filter(key => key.startsWith('/'))
    expect(pointers.length).toBe(count(result.manifest))
    for (const origin of result.origins.values()) expect(origin.place.line).toBeGreaterThan(0)
  })
})

describe('a document with 500 operations', () => {
  const { text } = hostingSpec()

  it('is made, each operation with its origin', () => {
    const spec = specificationOf('hosting.json', text)
    const result = spec.ok ? generate(spec.value) : spec
    if (!result.ok) throw new Error(result.error.map(problemText).join('\n'))
    expect(result.value.warnings).toEqual([])
    expect(checkOperations(result.value, () => text)).toBe(500)
  })
})
