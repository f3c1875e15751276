import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Fault,
  type GatewayControl,
  launchSandbox,
  type RunningSandbox,
  SandboxError,
} from '../../src/sandbox/index.ts'

describe('faults of a gateway', () => {
  let sandbox: RunningSandbox
  let control: GatewayControl
  let url = ''

  beforeAll(async () => {
    sandbox = await launchSandbox({ gateways: [{ name: 'a', faults: true }, { name: 'other' }] })
    control = sandbox.control('a')
    url = sandbox.gateways[0]?.adminUrl ?? ''
  })
  afterAll(() => sandbox.stop())
  beforeEach(async () => {
    await control.setFaults([])
    await control.setState({})
    await control.forgetRequests()
  })

  const create = (name: string) =>
    fetch(`${url}/services`, {
      method: 'POST',
      body: JSON.stringify({ name, host: 'h' }),
      headers: { 'content-type': 'application/json' },
    })
  const names = async () => (await control.state()).services?.map(service => service.name) ?? []
  const codeOf = async (request: Promise<unknown>): Promise<unknown> => {
    const error = await request.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    return error instanceof Error && error.cause instanceof Error && 'code' in error.cause
      ? error.cause.code
      : error
  }

  test('refused: nothing listens, and the gateway is back afterwards', async () => {
    await create('kept')
    await control.setFaults([{ fault: 'refused' }])
    expect(await codeOf(fetch(`${url}/services`))).toBe('ECONNREFUSED')
    await control.setFaults([])
    expect(await (await fetch(`${url}/services/kept`)).json()).toMatchObject({ name: 'kept' })
  })

  test('reset: nothing is done', async () => {
    await control.setFaults([{ fault: 'reset' }])
    expect(await codeOf(create('s'))).toBe('ECONNRESET')
    expect(await names()).toEqual([])
  })

  test('lost: it is done, but nobody is told', async () => {
    await control.setFaults([{ fault: 'lost', methods: ['POST'], times: 1 }])
    expect(await codeOf(create('s'))).toBe('ECONNRESET')
    expect(await names()).toEqual(['s'])
    expect((await create('s')).status).toBe(409)
  })

  test('half: the answer breaks off', async () => {
    await control.setFaults([{ fault: 'half' }])
    const answer = await fetch(`${url}/`)
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow()
  })

  test('slow: the answer waits, and trickles', async () => {
    await control.setFaults([{ fault: 'slow', delayMs: 120, bytesPerSecond: 400 }])
    const started = performance.now()
    const body = await (await fetch(`${url}/services`)).text()
    expect(JSON.parse(body)).toEqual({ data: [], next: null })
    expect(performance.now() - started).toBeGreaterThan(120)
  })

  test.each<[Fault, number, string | null]>([
    [{ fault: 'status', status: 429, retryAfter: 3 }, 429, '3'],
    [{ fault: 'status', status: 429 }, 429, null],
    [{ fault: 'status', status: 401 }, 401, null],
    ...[500, 501, 502, 503, 504].map((status): [Fault, number, null] => [
      { fault: 'status', status },
      status,
      null,
    ]),
  ])('%j: another answer, and nothing is done', async (fault, status, retryAfter) => {
    await control.setFaults([fault])
    const answer = await create('s')
    expect(answer.status).toBe(status)
    expect(answer.headers.get('retry-after')).toBe(retryAfter)
    expect(await answer.json()).toEqual({ message: expect.any(String) })
    expect(await names()).toEqual([])
  })

  test('html: a page where JSON is expected', async () => {
    await control.setFaults([{ fault: 'html' }])
    const answer = await fetch(`${url}/services`)
    expect(answer.headers.get('content-type')).toContain('text/html')
    expect(await answer.text()).toContain('<html>')
  })

  test('403 on one kind affects only its own and its nested paths', async () => {
    await control.setFaults([{ fault: 'status', status: 403, kinds: ['key-auths', 'consumers'] }])
    const status = async (path: string) => (await fetch(url + path)).status
    expect(await status('/consumers')).toBe(403)
    expect(await status('/key-auths')).toBe(403)
    expect(await status('/services')).toBe(200)
    expect(await status('/plugins')).toBe(200)
  })

  test('database: the gateway is there, its database is not', async () => {
    await control.setFaults([{ fault: 'database' }])
    expect((await create('s')).status).toBe(500)
    expect(await (await fetch(`${url}/status`)).json()).toMatchObject({ database: { reachable: false } })
  })

  test('after and times choose the requests', async () => {
    await control.setFaults([{ fault: 'status', status: 503, methods: ['POST'], after: 1, times: 2 }])
    const statuses: number[] = []
    for (const name of ['a', 'b', 'c', 'd']) statuses.push((await create(name)).status)
    expect(statuses).toEqual([201, 503, 503, 201])
  })

  test('a restart keeps or loses what it held', async () => {
    await create('s')
    await control.restart({ keep: true })
    expect(await names()).toEqual(['s'])
    await control.restart({ keep: false, downMs: 20 })
    expect(await names()).toEqual([])
    expect((await fetch(`${url}/services`)).status).toBe(200)
  })

  test('received requests are reported, whatever the answer', async () => {
    await create('s')
    await control.setFaults([{ fault: 'status', status: 500 }])
    await fetch(`${url}/services/s?x=1`)
    expect(await control.requests()).toEqual([
      { method: 'POST', path: '/services', body: { name: 's', host: 'h' } },
      { method: 'GET', path: '/services/s?x=1' },
    ])
    await control.forgetRequests()
    expect(await control.requests()).toEqual([])
  })

  test('an invalid fault is refused with the reason', async () => {
    const answer = await fetch(`${sandbox.controlUrl}/gateways/a/faults`, {
      method: 'PUT',
      body: '[{"fault":"slow","delay":1}]',
    })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({ message: 'delay: unknown' })
  })

  test('a gateway that was not started with faults has none', async () => {
    await expect(sandbox.control('other').setFaults([{ fault: 'reset' }])).rejects.toThrow(SandboxError)
  })

  test('a gateway can be dead from the start', async () => {
    await using started = await launchSandbox({
      gateways: [{ name: 'dead', startWith: [{ fault: 'refused' }] }],
    })
    expect(await codeOf(fetch(`${started.gateways[0]?.adminUrl}/`))).toBe('ECONNREFUSED')
  })
})
