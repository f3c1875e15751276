import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Fault, Faults } from '../faults/faults.ts'
import type { Pacer } from '../faults/pacer.ts'
import type { RequestLog } from '../faults/request-log.ts'
import { Listener } from '../process/listener.ts'
import type { AdminApi } from './admin-api.ts'
import { type AdminRequest, type AdminResponse, answer, segmentsOf } from './exchange.ts'

/** What the server of one gateway needs to answer. */
export interface AdminServerParts {
  readonly api: () => AdminApi
  readonly faults: Faults
  readonly log: RequestLog | undefined
  readonly pacer: Pacer | undefined
  readonly version: string
}

/** What the real gateway's web server accepts. */
const largestBody = 10 * 1024 * 1024

const tooLarge: AdminResponse = {
  status: 413,
  headers: { 'content-type': 'text/html; charset=UTF-8' },
  text:
    '<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n' +
    '<center><h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
}

/** The body, or undefined if it is too large or incomplete. */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= largestBody) chunks.push(chunk)
    })
    request.on('end', () => resolve(size <= largestBody ? Buffer.concat(chunks) : undefined))
    request.on('error', () => resolve(undefined))
  })
}

const gonePage =
  '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'

const statusMessages: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'you do not have permissions to access this resource',
  404: 'Not found',
  429: 'API rate limit exceeded',
  500: 'An unexpected error occurred',
  502: 'Bad gateway',
  503: 'Service unavailable',
  504: 'The upstream server is timing out',
}

/** The answer that takes the place of the true one, for faults that have one. */
function otherAnswer(fault: Fault, request: AdminRequest): AdminResponse | undefined {
  switch (fault.fault) {
    case 'status': {
      const status = fault.status ?? 500
      const made = answer(status, { message: statusMessages[status] ?? 'Request failed' })
      const retry: Record<string, string> =
        fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }
      return { ...made, headers: { ...made.headers, ...retry } }
    }
    case 'html':
      return { status: fault.status ?? 200, headers: { 'content-type': 'text/html' }, text: gonePage }
    case 'database':
      if (request.target === '/status') return undefined
      return answer(500, { message: 'An unexpected error occurred' })
    default:
      return undefined
  }
}

const wait = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

async function trickle(response: ServerResponse, text: string, bytesPerSecond: number): Promise<void> {
  const bytes = Buffer.from(text)
  const step = Math.max(1, Math.ceil(bytesPerSecond / 20))
  for (let start = 0; start < bytes.length && !response.destroyed; start += step) {
    response.write(bytes.subarray(start, start + step))
    await wait((1000 * step) / bytesPerSecond)
  }
  response.end()
}

/** The Admin API of one gateway on a port. It can stop listening and come back on the same port. */
export class AdminServer {
  /** Where it listens. */
  readonly listener: Listener
  readonly #parts: AdminServerParts

  constructor(parts: AdminServerParts) {
    this.#parts = parts
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      this.#answer(request, response).catch(() => request.socket.resetAndDestroy())
    })
    this.listener = new Listener(server)
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now()
    const { api, faults, log, pacer } = this.#parts
    const body = await readBody(incoming)
    const request: AdminRequest = {
      method: incoming.method ?? 'GET',
      target: incoming.url ?? '/',
      contentType: incoming.headers['content-type'],
      body,
    }
    log?.add(request)
    const path = request.target.split('?', 1)[0] ?? '/'
    const fault = faults.next(request.method, segmentsOf(path) ?? [])
    if (fault?.fault === 'reset') return void incoming.socket.resetAndDestroy()
    const other = fault === undefined ? undefined : otherAnswer(fault, request)
    const answered = other ?? (body === undefined ? tooLarge : this.#ask(api(), request))
    if (fault?.fault === 'lost') return void incoming.socket.resetAndDestroy()
    if (pacer !== undefined && other === undefined) await pacer.pass(request, answered)
    if (fault?.fault === 'slow' && fault.delayMs !== undefined) await wait(fault.delayMs)
    await this.#send(incoming, response, answered, fault, started)
  }

  #ask(api: AdminApi, request: AdminRequest): AdminResponse {
    try {
      return api(request)
    } catch (error) {
      process.stderr.write(`sandbox: ${request.method} ${request.target}: ${String(error)}\n`)
      return answer(500, { message: 'An unexpected error occurred' })
    }
  }

  async #send(
    incoming: IncomingMessage,
    response: ServerResponse,
    answered: AdminResponse,
    fault: Fault | undefined,
    started: number,
  ): Promise<void> {
    const text = answered.text
    const headers: Record<string, string | number> = {
      ...answered.headers,
      'access-control-allow-origin': '*',
      'x-kong-admin-latency': Math.round(performance.now() - started),
      server: `kong/${this.#parts.version}`,
    }
    if (text !== undefined) headers['content-length'] = Buffer.byteLength(text)
    response.writeHead(answered.status, headers)
    if (text === undefined || incoming.method === 'HEAD') {
      response.end()
    } else if (fault?.fault === 'half') {
      const bytes = Buffer.from(text)
      response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => incoming.socket.resetAndDestroy())
    } else if (fault?.fault === 'slow' && fault.bytesPerSecond !== undefined) {
      await trickle(response, text, Math.max(1, fault.bytesPerSecond))
    } else response.end(text)
  }
}
