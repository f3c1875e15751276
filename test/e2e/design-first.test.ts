import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { launchSandbox } from '../../src/sandbox/index.ts'
import { type Ended, gatewatch, runProgram } from '../program.ts'

const spec = (port: number): string => `
openapi: 3.0.3
info: {title: Bookshop, version: 1.0.0}
servers: [{url: "http://127.0.0.1:${port}/shop"}]
paths:
  /books:
    get: {operationId: listBooks, responses: {"200": {description: All books}}}
  /books/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: showBook, responses: {"200": {description: One book}}}
    delete: {operationId: removeBook, responses: {"204": {description: Gone}}}
`
const fleet = (address: string): string => `
version: 1
environments: [dev]
targets:
  shop: { environment: dev, kong: { address: "${address}" }, manifests: [kong.yaml] }
specifications: [books.yaml]
`
let work: string
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-design-'))
  return () => rm(work, { recursive: true })
})
const run = (...args: string[]): Promise<Ended> =>
  gatewatch(args, { cwd: work, env: { GATEWATCH_STATE_DIR: join(work, 'state') } })

it('a specification becomes a manifest, is synced, and every operation reaches its upstream path', async () => {
  const seen: string[] = []
  const upstream = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    response.end('ok')
  })
  await new Promise<void>(resolve => upstream.listen(0, '127.0.0.1', resolve))
  const address = upstream.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const sandbox = await launchSandbox({ gateways: [{ name: 'shop' }] })
  try {
    const [gateway] = sandbox.gateways
    writeFileSync(join(work, 'books.yaml'), spec(port))
    const made = await run('generate', 'books.yaml', '--out', 'kong.yaml')
    expect(made.err).toBe('')
    expect(made.code).toBe(0)
    expect((await run('sync', '--yes', '--kong-addr', gateway?.adminUrl ?? '', 'kong.yaml')).code).toBe(0)
    for (const [method, path] of [
      ['GET', '/books'],
      ['GET', '/books/7'],
      ['DELETE', '/books/7'],
    ] as const) {
      expect((await fetch(`${gateway?.proxyUrl}${path}`, { method })).status).toBe(200)
    }
    expect(seen).toEqual(['GET /shop/books', 'GET /shop/books/7', 'DELETE /shop/books/7'])
    // From the gateway back to the specification's line.
    writeFileSync(join(work, 'gatewatch.yaml'), fleet(gateway?.adminUrl ?? ''))
    await runProgram('git', ['init', '-q'], { cwd: work })
    const described = { file: 'books.yaml', line: 10, operation: 'GET /books/{id} showBook' }
    const { apis } = JSON.parse((await run('inventory', '--output', 'json')).out)
    const row = apis.find((api: { route: string }) => api.route === 'bookshop_showbook')
    expect(row.specification).toMatchObject(described)
    const explained = await run('explain', 'GET http://any.example/books/7', '--output', 'json')
    expect(JSON.parse(explained.out)).toMatchObject({ operation: described })
    const offline = await run(
      'explain',
      'GET http://any.example/books/7',
      'kong.yaml',
      '--spec',
      'books.yaml',
    )
    expect(offline.out).toMatch(/operation +GET \/books\/\{id\} showBook +books\.yaml:10/)
  } finally {
    await sandbox.stop()
    upstream.close()
  }
})

it('a specification becomes a page for people', async () => {
  writeFileSync(join(work, 'books.yaml'), spec(80))
  expect(await run('publish', 'books.yaml', '--out', 'api.html')).toEqual({ code: 0, out: '', err: '' })
  const page = readFileSync(join(work, 'api.html'), 'utf8')
  expect(page).toMatch(/^<!DOCTYPE html>/)
  expect(page).toContain('<code>/books/{id}</code>')
  expect((await run('publish', 'books.yaml')).out).toBe(page)
})

it('an invalid specification is reported with its place', async () => {
  writeFileSync(join(work, 'bad.yaml'), 'openapi: 3.0.3\ninfo: {title: [\n')
  const ended = await run('generate', 'bad.yaml')
  expect(ended.code).toBe(1)
  expect(ended.err).toMatch(/bad\.yaml:\d+:\d+: /)
})

it('lint finds a defect at its line, sets its exit code, and uses its cache for unchanged files', async () => {
  writeFileSync(join(work, 'books.yaml'), spec(80).replace('operationId: showBook', 'operationId: listBooks'))
  const first = await run('lint', 'books.yaml', '--builtin', 'oas')
  expect(first.err).toBe('')
  expect(first.out).toMatch(/^books\.yaml:10:\d+: error operation-operationId-unique/m)
  expect(first.code).toBe(2)
  expect((await run('lint', 'books.yaml', '--builtin', 'oas')).out).toBe(first.out)
  writeFileSync(join(work, 'books.yaml'), spec(80))
  expect((await run('lint', 'books.yaml', '--builtin', 'oas')).code).toBe(0)
}, 60_000)
