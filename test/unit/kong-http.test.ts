import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { afterEach, describe, expect, test } from 'vitest'
import { openAdminApi, openBulkApi } from '../../src/providers/kong/admin/connection/admin-api.ts'
import type { Connection } from '../../src/providers/session.ts'

/** Signed by itself for localhost, and used nowhere else. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg30ckj/UcLXKCJCSV
jbiamDW7w3viJSxb0HkvkjHN/AmhRANCAATdLvnCFEWOLxC2JOtiC+HsAWCrTLXd
supZWNJHSOVxGDYTVpWowWXYwABDwpWeqBMDF7AHxe1w56w7Yz/Z/8qz
-----END PRIVATE KEY-----`
const cert = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIULV/qt8Hv+ZYm3QWXFWYNX0qnyZgwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDExNTkxM1oYDzIxMjYxMDMx
MTE1OTEzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATdLvnCFEWOLxC2JOtiC+HsAWCrTLXdsupZWNJHSOVxGDYTVpWowWXY
wABDwpWeqBMDF7AHxe1w56w7Yz/Z/8qzo28wbTAdBgNVHQ4EFgQUvbBxFzgQHe7E
ZqFc+Ixcu/NQ0xcwHwYDVR0jBBgwFoAUvbBxFzgQHe7EZqFc+Ixcu/NQ0xcwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgRj9uup39HSKqRejmuVD6QD+Q+uwixx1AeiRckBy4y9YCIQDh
VW0FCZ5hcqdrmMOtPGwJA90TXX/aVmyTKJHQ7QtYNg==
-----END CERTIFICATE-----`

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function listen(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

const serve = async (answer: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listen(createServer(answer))}`

const ever = AbortSignal.timeout(10_000)

describe.each([
  ['for a few requests', openAdminApi, 32],
  ['for thousands', openBulkApi, 64],
])('the Admin API %s', (_what, opened, connections) => {
  const open = (address: string, more: Partial<Connection> = {}) =>
    opened({ target: 't', address, headers: {}, timeoutMs: 2_000, ...more })

  test('each request has the headers, the path of the address and the workspace', async () => {
    const seen: (Pick<IncomingMessage, 'url' | 'method'> & { headers: IncomingMessage['headers'] })[] = []
    const address = await serve((request, response) => {
      seen.push({ url: request.url, method: request.method, headers: request.headers })
      response.end('{"ok":true}')
    })
    const api = open(address.concat('/admin/'), {
      headers: { 'Kong-Admin-Token': 'secret' },
      workspace: 'two words',
    })
    expect(await api.get('/services?size=1', ever)).toMatchObject({ status: 200, body: { ok: true } })
    await api.send('PUT', '/services/ü', { name: 'ü' }, ever)
    expect(seen).toMatchObject([
      {
        method: 'GET',
        url: '/admin/two%20words/services?size=1',
        headers: { 'kong-admin-token': 'secret' },
      },
      {
        method: 'PUT',
        url: '/admin/two%20words/services/%C3%BC',
        headers: { 'content-type': 'application/json', 'content-length': '13' },
      },
    ])
    api.close()
  })

  test('requests run concurrently up to a limit, and connections are kept open', async () => {
    let most = 0
    let quiet: NodeJS.Timeout | undefined
    const held: (() => void)[] = []
    const ports = new Set<number | undefined>()
    const answerAll = () => {
      for (const answer of held.splice(0)) answer()
    }
    // Answered when no more come.
    const address = await serve((request, response) => {
      ports.add(request.socket.remotePort)
      held.push(() => response.end(JSON.stringify({ url: request.url })))
      most = Math.max(most, held.length)
      clearTimeout(quiet)
      quiet = setTimeout(answerAll, 50)
    })
    const api = open(address)
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => api.get(`/${i}`, ever)))
    expect(answers.map(answer => 'body' in answer && answer.body)).toEqual(
      Array.from({ length: 200 }, (_, i) => ({ url: `/${i}` })),
    )
    expect(most).toBe(connections)
    expect(ports.size).toBeLessThanOrEqual(connections + 1)
    api.close()
  })

  test.each([
    ['done, in JSON', 200, 'application/json; charset=utf-8', '{"id":1}', { status: 200 }],
    ['done, without a body', 204, undefined, '', { status: 204 }],
    ['refused', 409, 'application/json', '{"message":"no"}', { status: 409, body: { message: 'no' } }],
    ['a web page', 200, 'text/html', '<html>', { code: 'not-admin-api' }],
    ['half an answer of no type', 200, undefined, '{"id":', { code: 'broken-off' }],
  ])('the answer to a write decides: %s', async (_answer, status, type, body, expected) => {
    const address = await serve((_request, response) => {
      response.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(body)
    })
    const api = open(address)
    expect(await api.write('PUT', '/services/a', {}, ever)).toMatchObject(expected)
    api.close()
  })

  test('an answer that comes byte by byte has no more time than any other', async () => {
    const address = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    })
    const started = performance.now()
    expect(await open(address, { timeoutMs: 150 }).get('/', ever)).toMatchObject({ code: 'timeout' })
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  test('the answer to a large document may take longer than others', async () => {
    const address = await serve((request, response) => {
      request.resume()
      const isLarge = Number(request.headers['content-length']) > 10_000
      setTimeout(() => response.end('{"ok":true}'), isLarge ? 400 : 3_000)
    })
    const api = open(address, { timeoutMs: 150 })
    const document = { services: 'x'.repeat(100_000) }
    expect(await api.send('POST', '/config', document, ever)).toMatchObject({ status: 200 })
    expect(await api.send('POST', '/config', { services: 'x' }, ever)).toMatchObject({
      code: 'timeout',
      message: `${address} did not answer within 0.15 s`,
    })
    api.close()
  })

  test('a request ends when it is aborted, waiting or in flight', async () => {
    const address = await serve(() => {})
    const stop = new AbortController()
    const api = open(address)
    const answers = Array.from({ length: 40 }, () => api.send('POST', '/services', {}, stop.signal))
    setTimeout(() => stop.abort(), 50)
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ code: 'aborted' })
  })

  test.each([
    ['an answer that stops before its end', 'broken-off'],
    ['a header that can’t be sent, without its value', 'broken-off'],
    ['an address that is none', 'bad-address'],
  ])('%s', async (what, code) => {
    const address = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"data":')
      setTimeout(() => response.destroy(), 10)
    })
    const header = what.startsWith('a header') ? { 'kong-admin-token': 'sec\nret' } : {}
    const api = open(what.startsWith('an address') ? 'http://' : address, { headers: header })
    const answer = await api.send('GET', '/services', undefined, ever)
    expect(answer).toMatchObject({ code })
    expect(JSON.stringify(answer)).not.toContain('ret"')
    expect(JSON.stringify(answer)).not.toContain('sec')
  })

  test.each([
    ['unknown authority', {}, { code: 'untrusted' }],
    ['its own authority', { authorities: cert }, { status: 200 }],
    ['no checks at all', { authorities: false as const }, { status: 200 }],
  ])('TLS with %s', async (_what, trust, expected) => {
    const port = await listen(createTlsServer({ key, cert }, (_request, response) => response.end('{}')))
    expect(await open(`https://127.0.0.1:${port}`, trust).get('/', ever)).toMatchObject(expected)
  })
})
