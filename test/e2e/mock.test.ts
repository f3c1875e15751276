import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchSandbox } from '../../src/sandbox/index.ts'
import { gatewatch, project } from '../program.ts'

const spec = `openapi: 3.0.3
info: { title: Bookshop, version: 1.0.0 }
servers: [{ url: 'https://books.internal.example/{zone}', variables: { zone: { default: api } } }]
security: [{ key: [] }]
paths:
  /books:
    get:
      parameters:
        - { name: limit, in: query, required: true, schema: { type: integer, maximum: 100 } }
        - { name: genre, in: query, schema: { type: array, items: { enum: [crime, poetry] } } }
        - { name: filter, in: query, style: deepObject, schema: { type: object, properties: { year: { type: integer } } } }
        - { name: X-Trace, in: header, schema: { type: string, minLength: 4 } }
      responses:
        '200':
          description: A page
          headers: { X-Total: { schema: { type: integer, minimum: 3 } } }
          content:
            application/json:
              schema: { type: array, items: { $ref: schemas.yaml#/Book } }
    post:
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: schemas.yaml#/Book } } }
      responses: { '201': { description: Added }, '422': { description: Not taken } }
  /books/{isbn}:
    parameters: [{ name: isbn, in: path, required: true, schema: { type: string, pattern: '^97[89][0-9]{10}$' } }]
    get:
      security: []
      responses:
        '404': { description: None, content: { application/json: { example: { reason: sold out } } } }
        '200':
          description: The book
          content:
            text/plain: { example: A book }
            application/json:
              schema: { $ref: schemas.yaml#/Book }
              examples: { first: { value: { title: Emma } }, second: { value: { title: Persuasion } } }
  /books/bestsellers: { get: { security: [], responses: { '204': { description: None yet } } } }
  /codes: { get: { security: [], responses: { '200': { description: Codes, content: { application/json: { schema: { type: string, pattern: '^x+$' } } } } } } }
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
`
const schemas = `Book:
  type: object
  required: [title]
  properties:
    title: { type: string, minLength: 6 }
    price: { type: number, minimum: 0, exclusiveMinimum: true, nullable: true }
    bound: { type: string, enum: [hard, soft] }
    added: { type: string, format: date }
    sequel: { $ref: '#/Book' }
    default: { type: object, properties: { minimum: { type: integer, minimum: 1, exclusiveMinimum: true } } }
`

let work: string
let server: ChildProcess
let address: string

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-mock-'))
  writeFileSync(join(work, 'books.yaml'), spec)
  writeFileSync(join(work, 'schemas.yaml'), schemas)
  server = spawn(
    process.execPath,
    [join(project, 'bin', 'gatewatch.js'), 'mock', 'books.yaml', '--port', '0'],
    {
      cwd: work,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  if (!server.stdout) throw new Error('no output')
  const [line] = await once(server.stdout, 'data')
  const said = /^ready: 5 operations of books\.yaml at (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(String(line))
  address = said?.[1] ?? String(line)
})

afterAll(async () => {
  const exited = once(server, 'exit')
  server.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
  await rm(work, { recursive: true })
})

const key = { 'x-key': 'any' }
async function ask(
  method: string,
  path: string,
  init: { headers?: Record<string, string>; body?: string } = {},
) {
  const answer = await fetch(address + path, { method, ...init })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json')
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text }
}

describe('a mock answers', () => {
  it('with the first example unless another is preferred, in an accepted type', async () => {
    expect(await ask('GET', '/books/9780000000002')).toMatchObject({ status: 200, body: { title: 'Emma' } })
    const second = await ask('GET', '/books/9780000000002', { headers: { prefer: 'example=second' } })
    expect(second.body).toEqual({ title: 'Persuasion' })
    const plain = await ask('GET', '/books/9780000000002', { headers: { accept: 'text/html, text/*;q=0.5' } })
    expect(plain.body).toBe('A book')
    const none = await ask('GET', '/books/9780000000002', { headers: { prefer: 'code=404' } })
    expect(none).toMatchObject({ status: 404, body: { reason: 'sold out' } })
    expect(await ask('GET', '/books/9780000000002', { headers: { accept: 'image/png' } })).toMatchObject({
      status: 406,
    })
  })

  it('with a value for the schema if there is no example, across files and circular references, with headers', async () => {
    const page = await ask('GET', '/books?limit=5', { headers: key })
    const book = { title: 'text--', price: 1, bound: 'hard', added: '2026-01-01', default: { minimum: 2 } }
    expect(page).toMatchObject({ status: 200, body: [book] })
    expect(page.headers.get('x-total')).toBe('3')
    expect(page.headers.get('x-mock-note')).toBeNull()
  })

  it('and reports that the value does not fit the schema', async () => {
    const codes = await ask('GET', '/codes')
    expect(codes.headers.get('x-mock-note')).toMatch(
      /generated body does not match its schema \(must match pattern/,
    )
  })

  it('with and without the path of the server, fixed names first', async () => {
    expect(await ask('GET', '/api/books/9780000000002')).toMatchObject({ status: 200 })
    expect(await ask('GET', '/books/bestsellers')).toMatchObject({ status: 204 })
    expect(
      await ask('POST', '/books', {
        headers: { ...key, 'content-type': 'application/json' },
        body: '{"title":"Middlemarch"}',
      }),
    ).toMatchObject({ status: 201 })
  })
})

describe('a mock refuses', () => {
  const json = { ...key, 'content-type': 'application/json; charset=utf-8' }

  it.each<[string, string, Record<string, string>, string | undefined, number, readonly string[]]>([
    ['GET', '/books?limit=5', {}, undefined, 401, []],
    ['GET', '/books', key, undefined, 400, ['query limit: is required']],
    ['GET', '/books?limit=many', key, undefined, 400, ['query limit: must be integer']],
    ['GET', '/books?limit=101', key, undefined, 400, ['query limit: must be <= 100']],
    [
      'GET',
      '/books?limit=1&genre=crime&genre=romance',
      key,
      undefined,
      400,
      ['query genre/1: must be equal to one of the allowed values'],
    ],
    ['GET', '/books?limit=1&filter[year]=old', key, undefined, 400, ['query filter/year: must be integer']],
    [
      'GET',
      '/books?limit=1',
      { ...key, 'x-trace': 'ab' },
      undefined,
      400,
      ['header X-Trace: must NOT have fewer than 4 characters'],
    ],
    ['GET', '/books/12', {}, undefined, 400, ['path isbn: must match pattern "^97[89][0-9]{10}$"']],
    ['POST', '/books', json, undefined, 422, ['body: is required']],
    ['POST', '/books', json, '{', 422, ['body: isn’t JSON']],
    [
      'POST',
      '/books',
      json,
      '{"title":"Emma","price":0}',
      422,
      ['body/title: must NOT have fewer than 6 characters', 'body/price: must be > 0'],
    ],
    ['POST', '/books', { ...key, 'content-type': 'text/csv' }, 'a,b', 415, []],
    ['GET', '/shops', key, undefined, 404, []],
    ['DELETE', '/books', key, undefined, 405, []],
    ['GET', '/%', key, undefined, 404, []],
  ])('%s %s %j %s', async (method, path, headers, body, status, errors) => {
    const answer = await ask(method, path, { headers, ...(body === undefined ? {} : { body }) })
    expect(answer).toMatchObject({ status, body: { status, ...(errors.length > 0 ? { errors } : {}) } })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })
})

it('a mock is the upstream of a gateway that has the generated manifest', async () => {
  const sandbox = await launchSandbox({ gateways: [{ name: 'books' }] })
  try {
    const [gateway] = sandbox.gateways
    writeFileSync(join(work, 'deployed.yaml'), spec.replace('https://books.internal.example', address))
    const at = { cwd: work, env: { GATEWATCH_STATE_DIR: join(work, 'state') } }
    expect((await gatewatch(['generate', 'deployed.yaml', '--out', 'kong.yaml'], at)).code).toBe(0)
    const synced = await gatewatch(['sync', '--yes', '--kong-addr', gateway?.adminUrl ?? '', 'kong.yaml'], at)
    expect(synced.code, synced.err).toBe(0)
    const answer = await fetch(`${gateway?.proxyUrl}/books/9780000000002`)
    expect(await answer.json()).toEqual({ title: 'Emma' })
    expect((await fetch(`${gateway?.proxyUrl}/books/12`)).status).toBe(400)
  } finally {
    await sandbox.stop()
  }
})

it.each([
  [
    'a port that is taken',
    () => ['books.yaml', '--port', new URL(address).port],
    /can't listen on 127\.0\.0\.1:\d+ .*Choose another --port/,
  ],
  [
    'a document without operations',
    () => ['schemas.yaml'],
    /schemas\.yaml:1:1: This isn’t an OpenAPI document/,
  ],
] as const)('%s is told in a sentence', async (_what, args, sentence) => {
  const ended = await gatewatch(['mock', ...args()], { cwd: work })
  expect(ended.code).toBe(1)
  expect(ended.err).toMatch(sentence)
  expect(ended.err.trim().split('\n')).toHaveLength(1)
})
