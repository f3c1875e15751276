import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchSandbox, type RunningSandbox, type SeedRequest } from '../../src/sandbox/index.ts'

function listen(
  answer: (path: string) => [status: number, body: string] | 'silence' | 'break',
): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const said = answer(request.url ?? '')
    if (said === 'break') request.socket.destroy()
    if (typeof said === 'string') return
    response.writeHead(said[0], { 'x-request-id-seen': String(request.headers['x-id'] ?? '') })
    response.end(said[1])
  })
  return new Promise(resolve =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 })
    }),
  )
}

describe('the proxy of a sandbox gateway', () => {
  let sandbox: RunningSandbox
  const servers: Server[] = []
  let proxy = ''
  let admin = ''

  beforeAll(async () => {
    const one = await listen(path =>
      path === '/break' ? 'break' : path === '/slow' ? 'silence' : [200, `one ${path}`],
    )
    const two = await listen(path => [200, `two ${path}`])
    servers.push(one.server, two.server)
    const seed: SeedRequest[] = [
      { path: '/services', body: { name: 'direct', host: '127.0.0.1', port: one.port, read_timeout: 150 } },
      { path: '/services/direct/routes', body: { name: 'direct', paths: ['/direct'] } },
      { path: '/services/direct/routes', body: { name: 'limited', paths: ['/limited'] } },
      { path: '/routes/limited/plugins', body: { name: 'rate-limiting', config: { hour: 2 } } },
      { path: '/services/direct/routes', body: { name: 'marked', paths: ['/marked'] } },
      {
        path: '/routes/marked/plugins',
        body: { name: 'correlation-id', config: { header_name: 'x-id', echo_downstream: true } },
      },
      {
        path: '/routes/marked/plugins',
        body: { name: 'aws-lambda', config: { function_name: 'f', aws_region: 'eu-west-1' } },
      },
      { path: '/upstreams', body: { name: 'both.internal' } },
      { path: '/upstreams/both.internal/targets', body: { target: `127.0.0.1:${one.port}`, weight: 30 } },
      { path: '/upstreams/both.internal/targets', body: { target: `127.0.0.1:${two.port}`, weight: 10 } },
      { path: '/services', body: { name: 'balanced', host: 'both.internal' } },
      { path: '/services/balanced/routes', body: { name: 'balanced', paths: ['/balanced'] } },
      { path: '/upstreams', body: { name: 'none.internal' } },
      { path: '/services', body: { name: 'empty', host: 'none.internal' } },
      { path: '/services/empty/routes', body: { name: 'empty', paths: ['/empty'] } },
      { path: '/services', body: { name: 'down', host: '127.0.0.1', port: 1 } },
      { path: '/services/down/routes', body: { name: 'down', paths: ['/down'] } },
    ]
    sandbox = await launchSandbox({ gateways: [{ name: 'a', seed }] })
    proxy = sandbox.gateways[0]?.proxyUrl ?? ''
    admin = sandbox.gateways[0]?.adminUrl ?? ''
  })
  afterAll(async () => {
    await sandbox.stop()
    for (const server of servers) server.close()
  })

  test('forwards bodies both ways', async () => {
    const answer = await fetch(`${proxy}/direct/x?y=1`, { method: 'POST', body: 'b'.repeat(200_000) })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('one /x?y=1')
    expect(answer.headers.get('via')).toBe('1.1 kong/3.9.1')
  })

  test('counts requests against a limit and says what is left', async () => {
    const answers = [
      await fetch(`${proxy}/limited`),
      await fetch(`${proxy}/limited`),
      await fetch(`${proxy}/limited`),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining-hour'))).toEqual(['1', '0', '0'])
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('gives requests an id, and says which plugins do not act', async () => {
    const answer = await fetch(`${proxy}/marked`)
    expect(answer.headers.get('x-id')).toMatch(/^[0-9a-f-]{36}#\d+$/)
    expect(answer.headers.get('x-request-id-seen')).toBe(answer.headers.get('x-id'))
    expect(answer.headers.get('x-sandbox-plugins-not-acting')).toBe('aws-lambda (route)')
  })

  test('takes targets as often as their weights say', async () => {
    const bodies: string[] = []
    for (let i = 0; i < 8; i++) bodies.push(await (await fetch(`${proxy}/balanced`)).text())
    expect(bodies.filter(body => body.startsWith('one'))).toHaveLength(6)
    expect(bodies.filter(body => body.startsWith('two'))).toHaveLength(2)
  })

  test.each([
    ['no target', '/empty', 503, 'failure to get a peer from the ring-balancer'],
    ['nobody listens', '/down', 502, 'An invalid response was received from the upstream server'],
    [
      'the upstream breaks off',
      '/direct/break',
      502,
      'An invalid response was received from the upstream server',
    ],
    ['the upstream is silent', '/direct/slow', 504, 'The upstream server is timing out'],
    ['no route', '/nowhere', 404, 'no Route matched with those values'],
  ])('%s', async (_, path, status, message) => {
    const answer = await fetch(proxy + path)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toEqual({ message, request_id: answer.headers.get('x-kong-request-id') })
  })

  test('a change through the Admin API counts at once', async () => {
    expect((await fetch(`${proxy}/new`)).status).toBe(404)
    await fetch(`${admin}/services/direct/routes`, {
      method: 'POST',
      body: new URLSearchParams({ name: 'new', paths: '/new' }),
    })
    expect((await fetch(`${proxy}/new`)).status).toBe(200)
    await fetch(`${admin}/routes/new`, { method: 'DELETE' })
    expect((await fetch(`${proxy}/new`)).status).toBe(404)
  })
})
