import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openProject } from '../../src/workflows/project/open-project.ts'
import { compareTarget } from '../../src/workflows/reading/compare-target.ts'
import { planFor, sync } from '../../src/workflows/syncing/sync.ts'
import { GatewayBed } from '../gateway-bed.ts'

let bed: GatewayBed
beforeAll(async () => {
  bed = await GatewayBed.start()
})
afterAll(() => bed[Symbol.asyncDispose]())

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** Stands before the gateway: the first create of a service arrives only when it is sent again. */
async function slowNetwork(): Promise<{
  readonly address: string
  readonly creates: string[]
  close(): void
}> {
  const creates: string[] = []
  const pass = async (method: string, path: string, body: string) =>
    fetch(bed.address + path, {
      method,
      ...(body === '' ? {} : { body, headers: { 'content-type': 'application/json' } }),
    })
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/' } = request
    const body = await bodyOf(request)
    if (method === 'POST' && path === '/services') {
      creates.push(body)
      if (creates.length === 1) return void request.socket.destroy()
      await pass(method, path, creates[0] ?? '')
    }
    const answered = await pass(method, path, body)
    const server = answered.headers.get('server')
    response.writeHead(answered.status, {
      'content-type': 'application/json',
      ...(server === null ? {} : { server }),
    })
    response.end(await answered.text())
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const at = server.address()
  if (typeof at !== 'object' || at === null) throw new Error('no port')
  return { address: `http://127.0.0.1:${at.port}`, creates, close: () => void server.close() }
}

test('a create that arrives after it was sent again is done once, and counts as done', async () => {
  const network = await slowNetwork()
  try {
    const project = await openProject({
      cwd: bed.folder,
      kongAddr: network.address,
      files: bed.files('{_format_version: "3.0", services: [{name: payments, host: payments.internal}]}'),
      stateFolder: bed.folder,
      env: {},
    })
    const [target] = project.ok ? project.value.targets : []
    if (!project.ok || !target) throw new Error('not opened')
    const compared = await compareTarget(project.value, target, AbortSignal.timeout(20_000))
    if (!compared.ok) throw new Error('not compared')
    const plan = planFor(project.value, compared.value, { excluded: new Set(), deletes: true })
    if (!plan.ok) throw new Error('no plan')
    const results = []
    for await (const event of sync(project.value, plan.value, AbortSignal.timeout(20_000)))
      if (event.type === 'ended') results.push(event.result)
    expect(results).toMatchObject([{ done: 1, failed: 0, problems: [], remaining: { create: 0, update: 0 } }])
    expect(network.creates).toHaveLength(2)
    expect(network.creates[1]).toBe(network.creates[0])
    expect(await bed.request('GET', '/services')).toMatchObject({ data: [{ name: 'payments' }] })
  } finally {
    network.close()
  }
})
