import { describe, expect, it } from 'vitest'
import { growth } from '../growth.ts'
import { largeInput } from '../timeouts.ts'
import { HEAD, made, problems, routesOf, texts } from './specs-generated.ts'

describe('collisions', () => {
  const collide = (a: string, b: string): boolean => {
    const keys = [a, b].map(path => `  ${JSON.stringify(path)}: { get: {} }\n`).join('')
    return made(`${HEAD}paths:\n${keys}`).warnings.some(({ code }) => code === 'colliding-routes')
  }

  it.each([
    ['/u/{id}', '/u/{name}'],
    ['/u/{id}', '/u/{id}.json'],
    ['/{a}/me', '/u/{id}'],
    ['/v/{a}-{b}', '/v/x{c}'],
    ['/v/a{b}', '/v/{c}a'],
    ["/od(k='{K}')", '/{any}'],
  ])('of %s with %s are reported', (a, b) => {
    expect(collide(a, b)).toBe(true)
    expect(collide(b, a)).toBe(true)
  })

  it.each([
    ['/u/{id}', '/u/me'],
    ['/u/{id}', '/u/{id}/x'],
    ['/u/{id}.json', '/u/{id}.xml'],
    ['/v/a{b}', '/v/b{c}'],
    ['/a', '/a/'],
  ])('of %s with %s are not reported', (a, b) => {
    expect(collide(a, b)).toBe(false)
  })

  it('are reported with both places', () => {
    const { warnings } = made(`${HEAD}paths:
  /u/{id}:
    get: { operationId: byId }
  /u/{name}:
    get: { operationId: byName }
    post: { operationId: add }
`)
    expect(texts(warnings)).toEqual([
      's.yaml:7:5: GET /u/{id} (line 5) may also answer requests for GET /u/{name}: both routes match, with the same priority. Give one of them another regex_priority in x-kong-route-defaults, or make their paths differ.',
    ])
  })

  it('are avoided by another priority, host or header', () => {
    for (const defaults of ['regex_priority: 150', 'hosts: [a.example]', 'headers: { x-a: [b] }']) {
      const { warnings } = made(`${HEAD}paths:
  /u/{id}: { get: {} }
  /u/{name}: { get: { x-kong-route-defaults: { ${defaults} } } }
`)
      expect(warnings).toEqual([])
    }
  })

  it('of names are reported', () => {
    const { warnings } = made(`${HEAD}paths:
  /a: { get: { operationId: list things } }
  /b: { get: { operationId: list-things } }
`)
    expect(texts(warnings)).toEqual([
      's.yaml:5:9: Two routes are called "t_list-things": this one and that of GET /a (line 4). Give one of them an x-kong-name, or another operationId.',
    ])
  })

  it('are found among thousands of paths in time that grows with their number', largeInput, () => {
    const documents = new Map(
      [1000, 4000].map(count => [
        count,
        Array.from({ length: count }, (_, i) => `  /a${i % 7}/{x}${i}/b: { get: {} }`).join('\n'),
      ]),
    )
    expect(growth(count => made(`${HEAD}paths:\n${documents.get(count)}\n`), 1000)).toBeLessThan(10)
  })
})

describe('headers with an enum', () => {
  const header = (i: number, values: number): string =>
    `{ name: X-H${i}, in: header, required: true, schema: { enum: [${Array.from({ length: values }, (_, v) => `v${v}`)}] } }`
  const withHeaders = (count: number, values: number): string =>
    `${HEAD}paths:\n  /a:\n    get:\n      parameters: [${Array.from({ length: count }, (_, i) => header(i, values))}]\n`

  it('that make many routes are reported', () => {
    const { warnings } = made(withHeaders(3, 3))
    expect(texts(warnings)).toEqual([
      's.yaml:5:5: The values of its header parameters make 28 routes of this operation. With --skip-route-by-header it stays one route.',
    ])
    expect(routesOf(made(withHeaders(3, 3), { skipRouteByHeader: true }))).toHaveLength(1)
  })

  it('that make routes without end are refused immediately', () => {
    expect(problems(withHeaders(20, 10))).toEqual([
      's.yaml:5:5: The values of its header parameters would make 100000000000000000000 routes of this operation. Pass --skip-route-by-header, or make fewer of the headers required.',
    ])
  })

  it('keep their values as they are written', () => {
    const result = made(
      `${HEAD}paths: { /a: { get: { parameters: [{ name: V, in: header, required: true, schema: { enum: [1.0, 2.0] } }] } } }`,
    )
    expect(routesOf(result).map(route => route.headers)).toEqual([{ V: ['1.0'] }, { V: ['2.0'] }, undefined])
  })
})
