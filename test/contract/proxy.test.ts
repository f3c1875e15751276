import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchSandbox, type RunningSandbox, type SeedRequest } from '../../src/sandbox/index.ts'
import { hasRecordings, isRecord, recordedSyncs } from './recordings.ts'

/** Ports of the recordings: that of the upstream and that of the proxy. */
const recordedUpstream = 18_777
const recordedProxy = '19321'

const recordings = hasRecordings ? recordedSyncs('router') : []

/** Headers that the recorder kept. */
const kept = /^x-(forwarded|mark|consumer|credential|anonymous|authenticated)/
const keptOfResponse = [
  'access-control-allow-origin',
  'upgrade',
  'www-authenticate',
  'location',
  'x-ratelimit-limit-hour',
  'ratelimit-limit',
]

const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {})
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** An upstream that answers with what it saw. */
function startUpstream(): Promise<Server> {
  const server = createServer((request, response) => {
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(request.headers))
      if (kept.test(name)) headers[name] = String(value)
    const seen = { method: request.method, uri: request.url, host: request.headers.host, headers }
    response.writeHead(200, { 'content-type': 'application/json', 'x-upstream': 'yes' })
    response.end(request.method === 'HEAD' ? undefined : JSON.stringify(seen))
    request.resume()
  })
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)))
}

interface Answered {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** Sends a request byte by byte as recorded: Node's own client refuses some of the paths. */
function send(port: number, request: Record<string, unknown>): Promise<Answered> {
  const headers = Object.entries(record(request.headers)).map(
    ([name, value]) => `${name}: ${text(value)}\r\n`,
  )
  const head = `${text(request.method)} ${text(request.path)} HTTP/1.1\r\nHost: ${text(request.host)}\r\n`
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(readAnswer(Buffer.concat(chunks).toString('latin1'))))
    socket.write(Buffer.from(`${head}${headers.join('')}Connection: close\r\n\r\n`, 'utf8'))
  })
}

function readAnswer(raw: string): Answered {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = new Map(
    lines.map(
      line =>
        [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const,
    ),
  )
  const body = rest.join('\r\n\r\n')
  const chunked = headers.get('transfer-encoding') === 'chunked'
  return { status: Number(first.split(' ')[1]), headers, body: chunked ? unchunked(body) : body }
}

function unchunked(body: string): string {
  let whole = ''
  let rest = body
  while (rest !== '') {
    const end = rest.indexOf('\r\n')
    const size = Number.parseInt(rest.slice(0, end), 16)
    if (!(size > 0)) break
    whole += rest.slice(end + 2, end + 2 + size)
    rest = rest.slice(end + 2 + size + 2)
  }
  return whole
}

function parsed(body: string): Record<string, unknown> {
  try {
    return record(JSON.parse(Buffer.from(body, 'latin1').toString('utf8')))
  } catch {
    return {}
  }
}

/** The configuration of a recording as requests, with the upstream that is there. */
function seedOf(recording: Record<string, unknown>, upstreamPort: number): SeedRequest[] {
  const moved: unknown = JSON.parse(
    JSON.stringify(recording.config).replaceAll(`:${recordedUpstream}`, `:${upstreamPort}`),
  )
  return Object.entries(record(moved)).flatMap(([path, list]) =>
    (Array.isArray(list) ? list : []).map((body: SeedRequest['body']) => ({
      method: 'PUT',
      path: `/${path}/${String(body.id)}`,
      body,
    })),
  )
}

describe.skipIf(!hasRecordings)('recorded requests to the proxy', () => {
  let sandbox: RunningSandbox | undefined
  let upstream: Server | undefined
  let upstreamPort = 0

  beforeAll(async () => {
    upstream = await startUpstream()
    const address = upstream.address()
    upstreamPort = typeof address === 'object' && address !== null ? address.port : 0
    sandbox = await launchSandbox({
      gateways: recordings.map(({ name, recording }) => ({ name, seed: seedOf(recording, upstreamPort) })),
    })
  })
  afterAll(async () => {
    await sandbox?.stop()
    upstream?.close()
  })

  /** What differs from the recording, in words. */
  async function differences(port: number, exchange: Record<string, unknown>): Promise<string[]> {
    const request = record(exchange.request)
    const recorded = record(exchange.response)
    const answered = await send(port, request)
    const found: string[] = []
    const compare = (what: string, here: unknown, there: unknown) => {
      if (JSON.stringify(here) !== JSON.stringify(there)) {
        found.push(
          `${text(request.method)} ${text(request.host)}${text(request.path)} ${what}: ${JSON.stringify(here)}, recorded ${JSON.stringify(there)}`,
        )
      }
    }
    compare('status', answered.status, recorded.status)
    const reached = answered.headers.get('x-upstream') === 'yes'
    compare('reaches the upstream', reached, recorded.upstream !== undefined)
    const recordedHeaders = record(recorded.headers)
    for (const name of keptOfResponse) {
      const there = recordedHeaders[name]
      if (answered.status !== 400) compare(name, answered.headers.get(name), there)
    }
    if (request.method === 'HEAD') return found
    if (reached && recorded.upstream !== undefined) {
      const moved: unknown = JSON.parse(
        JSON.stringify(recorded.upstream)
          .replaceAll(`:${recordedUpstream}`, `:${upstreamPort}`)
          .replaceAll(`"${recordedProxy}"`, `"${port}"`),
      )
      const seen = parsed(answered.body)
      const there = record(moved)
      for (const name of ['method', 'uri', 'host']) compare(name, seen[name], there[name])
      compare('headers', sorted(record(seen.headers)), sorted(record(there.headers)))
    } else if (typeof recorded.message === 'string')
      compare('message', parsed(answered.body).message, recorded.message)
    return found
  }

  test.each(recordings.map(one => [one.name, one.recording] as const))('%s', async (name, recording) => {
    const gateway = sandbox?.gateways.find(one => one.name === name)
    const port = Number(new URL(gateway?.proxyUrl ?? '').port)
    const exchanges = Array.isArray(recording.exchanges) ? recording.exchanges.map(record) : []
    const found: string[] = []
    for (const exchange of exchanges) found.push(...(await differences(port, exchange)))
    expect(found).toEqual([])
  })
})

const sorted = (headers: Record<string, unknown>) =>
  Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1))
