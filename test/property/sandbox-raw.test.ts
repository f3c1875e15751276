import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adminApi } from '../../src/sandbox/admin/admin-api.ts'
import { configEndpoint } from '../../src/sandbox/declarative/config-endpoint.ts'
import { FileParser } from '../../src/sandbox/declarative/parse-file.ts'
import { loadYamlReader } from '../../src/sandbox/declarative/yaml-reader.ts'
import { loadFacts } from '../../src/sandbox/facts.ts'
import { gatewayState } from '../../src/sandbox/gateway/gateway-state.ts'
import { isObject, type Json, parseJson } from '../../src/sandbox/json.ts'
import { schemaLibrary } from '../../src/sandbox/schema/compile/library.ts'
import { kinds } from '../../src/sandbox/store/kinds.ts'
import { bodyOf } from './sandbox-bodies.ts'

const facts = loadFacts()
const library = schemaLibrary(facts)

const segment = fc.oneof(
  fc.constantFrom(
    ...kinds.flatMap(kind => [kind.path, kind.nestedPath]),
    'schemas',
    'validate',
    'tags',
    'status',
    'config',
    'enabled',
    'all',
  ),
  fc.constantFrom(
    '',
    '..',
    '%',
    '%00',
    '%2F',
    '__proto__',
    'toString',
    '00000000-0000-4000-8000-000000000000',
    '%c3',
  ),
  fc.string({ maxLength: 6, unit: 'binary-ascii' }),
)
const name = fc.constantFrom(
  'name',
  'tags',
  'tags[]',
  'size',
  'offset',
  'config.a',
  'a[b][c]',
  'a[1]',
  '[',
  'x.',
  '.x',
  '__proto__.x',
  'service.id',
  'ttl',
  'protocols[1]',
)
const query = fc
  .array(
    fc.tuple(
      name,
      fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('1', '-1', 'a,b', 'a/b', 'WyJ4Il0', '%', '')),
    ),
    { maxLength: 4 },
  )
  .map(pairs => pairs.map(([key, value]) => `${key}=${value}`).join('&'))

const raw = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'x'),
  target: fc
    .tuple(fc.array(segment, { maxLength: 5 }), query)
    .map(([path, args]) => `/${path.join('/')}?${args}`),
  contentType: fc.constantFrom(
    undefined,
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=b',
    'text/yaml',
    'text/plain',
    '',
  ),
  body: fc.oneof(
    query,
    fc.json({ maxDepth: 2 }),
    fc.string({ unit: 'binary' }),
    fc.constant('--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n--b--'),
  ),
})

/** An entity as a file has it: what it points to is named by text, or not at all. */
const inFile = (kind: string): fc.Arbitrary<Json> =>
  fc.tuple(bodyOf(library, kind), fc.constantFrom(null, null, null, 'a', 'b')).map(([body, named]) => {
    if (!isObject(body)) return body
    const references = library.of(kind)?.fields.filter(field => field.reference !== undefined) ?? []
    const changed = { ...body }
    for (const field of references) if (changed[field.name] !== undefined) changed[field.name] = named
    return changed
  })

const few = (kind: string) => fc.array(inFile(kind), { maxLength: 1 })

/** A file for a gateway without a database: entities of a few kinds, some in others, sometimes nonsense. */
const file: fc.Arbitrary<Json> = fc
  .record({
    services: few('services'),
    routes: few('routes'),
    nested: few('routes'),
    plugins: few('plugins'),
    consumers: few('consumers'),
    more: fc.oneof(
      { weight: 6, arbitrary: fc.constant({}) },
      {
        weight: 1,
        arbitrary: fc.dictionary(
          fc.constantFrom('_comment', '_ignore', 'upstreams', 'servises', '__proto__'),
          fc.jsonValue({ maxDepth: 2 }),
        ),
      },
    ),
  })
  .map(({ services, nested, more, ...lists }) => {
    const [first] = services
    const within = isObject(first) && nested.length > 0 ? [{ ...first, routes: nested }] : services
    const copy: Json = JSON.parse(
      JSON.stringify({ _format_version: '3.0', services: within, ...lists, ...more }),
    )
    return copy
  })

describe('the Admin API of the sandbox', () => {
  test('answers any input without a 500', () => {
    fc.assert(
      fc.property(fc.array(raw, { minLength: 5, maxLength: 20 }), requests => {
        const api = adminApi(gatewayState('raw', facts, library))
        for (const { body, ...request } of requests) {
          const answered = api({ ...request, body: Buffer.from(body) })
          expect(answered.status, `${request.method} ${request.target} ${body}`).toBeLessThan(500)
          const isJson = answered.headers?.['content-type']?.startsWith('application/json') === true
          if (isJson && answered.text !== undefined) expect(parseJson(answered.text)).toBeDefined()
        }
      }),
      { numRuns: 300 },
    )
  })

  test('accepts or refuses any file, and then holds all of it or its former content', async () => {
    const endpoint = configEndpoint(new FileParser(library), await loadYamlReader())
    let taken = 0
    fc.assert(
      fc.property(file, fc.boolean(), (config, flatten) => {
        const state = gatewayState('raw', facts, library, true)
        const api = adminApi(state, [endpoint])
        const post = (path: string, body: Json) =>
          api({
            method: 'POST',
            target: path,
            contentType: 'application/json',
            body: Buffer.from(JSON.stringify(body)),
          })
        const { status, text } = post(`/config${flatten ? '?flatten_errors=1' : ''}`, config)
        expect([201, 400], `${JSON.stringify(config)} ${text}`).toContain(status)
        const before = state.database.version
        if (status === 400) {
          expect(before).toBe(0)
          return
        }
        taken++
        const held = api({ method: 'GET', target: '/config', contentType: undefined, body: undefined })
        expect(post('/config', parseJson(held.text ?? '') ?? null).status, held.text).toBe(201)
      }),
      { numRuns: 300 },
    )
    expect(taken).toBeGreaterThan(10)
  })
})
