import { randomBytes, randomUUID } from 'node:crypto'
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { request as httpsRequest, Agent as SecureAgent } from 'node:https'
import {
  type Answer,
  type Ending,
  editHeaders,
  type HeaderEdit,
  type ProxyRequest,
  type UpstreamRequest,
} from '../../providers/kong/router/index.ts'
import type { GatewayState } from '../gateway/gateway-state.ts'
import { Listener } from '../process/listener.ts'
import { Balancer, type Peer } from './balancer.ts'
import { CurrentRouter } from './current-router.ts'
import { errorPage } from './error-page.ts'
import { RateLimits } from './rate-limits.ts'

type Headers = Readonly<Record<string, string | readonly string[]>>

/** One request through the proxy. */
interface Passage {
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
  readonly answer: Answer
  readonly requestId: string
  /** What plugins do to the headers of the response, and rate limits among them. */
  readonly edits: readonly HeaderEdit[]
  /** Plugins that apply here without effect, because the sandbox doesn't know what they do. */
  readonly notActing: readonly string[]
}

const agent = new Agent({ keepAlive: true, maxFreeSockets: 64 })
const verifyingAgent = new SecureAgent({ keepAlive: true })
const trustingAgent = new SecureAgent({ keepAlive: true, rejectUnauthorized: false })
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Plain values that Node's http takes for headers. */
const writable = (headers: Headers): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  )

/** Makes ids as the correlation-id plugin does. */
class Ids {
  readonly #worker = randomUUID()
  #count = 0

  make(generator: string): string {
    if (generator === 'uuid') return randomUUID()
    if (generator === 'uuid#counter') return `${this.#worker}#${++this.#count}`
    return `127.0.0.1-0-${process.pid}-${++this.#count}-1-${(Date.now() / 1000).toFixed(3)}`
  }
}

/** The proxy of one gateway: routes requests, lets plugins act, forwards to the real upstream. */
export class ProxyServer {
  /** Where it listens. */
  readonly listener: Listener
  readonly #state: () => GatewayState
  readonly #version: string
  readonly #router = new CurrentRouter()
  readonly #limits = new RateLimits()
  readonly #balancer = new Balancer()
  readonly #ids = new Ids()

  constructor(state: () => GatewayState, version: string) {
    this.#state = state
    this.#version = version
    const server = createServer({ insecureHTTPParser: false }, (incoming, response) => {
      try {
        this.#serve(incoming, response)
      } catch (error) {
        process.stderr.write(`sandbox: ${incoming.method} ${incoming.url}: ${String(error)}\n`)
        incoming.socket.destroy()
      }
    })
    this.listener = new Listener(server)
  }

  #serve(incoming: IncomingMessage, response: ServerResponse): void {
    const limited: HeaderEdit[] = []
    const answer = this.#router.of(this.#state()).answer(this.#requestOf(incoming), {
      exceeded: limit => {
        const counted = this.#limits.count(limit)
        limited.push(...counted.headers)
        return counted.exceeded
      },
      newId: generator => this.#ids.make(generator),
    })
    const notActing = answer.plugins
      .filter(({ effect }) => effect === 'unknown')
      .map(({ name, scope }) => `${name} (${scope})`)
    const requestId = randomBytes(16).toString('hex')
    const edits = [...limited, ...answer.response]
    const passage: Passage = { incoming, response, answer, requestId, edits, notActing }
    if (answer.ending !== null) this.#end(passage, answer.ending)
    else if (answer.upstream !== null) this.#forward(passage, answer.upstream)
    else this.#fail(passage, 503, 'no Service found with those values')
  }

  #requestOf(incoming: IncomingMessage): ProxyRequest {
    return {
      method: incoming.method ?? 'GET',
      scheme: 'http',
      host: incoming.headers.host ?? '',
      port: this.listener.port,
      path: incoming.url ?? '/',
      headers: incoming.headersDistinct,
      clientIp: incoming.socket.remoteAddress,
      clientPort: incoming.socket.remotePort,
      serverIp: incoming.socket.localAddress,
    }
  }

  /** Headers that the gateway gives every response. */
  #own({ requestId, notActing }: Passage): Headers {
    const base = { 'x-kong-request-id': requestId }
    return notActing.length === 0 ? base : { ...base, 'x-sandbox-plugins-not-acting': notActing.join(', ') }
  }

  #send(passage: Passage, status: number, headers: Headers, text: string | undefined): void {
    const { response, incoming, edits } = passage
    const length = text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) }
    const own = { ...headers, ...length, server: `kong/${this.#version}`, ...this.#own(passage) }
    response.writeHead(status, writable(editHeaders(own, edits)))
    // Our own `Connection: Upgrade` replaces the `close` that Node would send and act on.
    if (/\bclose\b/i.test(incoming.headers.connection ?? ''))
      response.once('finish', () => incoming.socket.end())
    response.end(incoming.method === 'HEAD' ? undefined : text)
    incoming.resume()
  }

  #end(passage: Passage, { status, headers, body }: Ending): void {
    if (body.type === 'message') this.#fail(passage, status, body.message, headers)
    else if (body.type === 'none') this.#send(passage, status, headers, '')
    else if (body.type === 'json') {
      const type = { 'content-type': 'application/json; charset=utf-8' }
      this.#send(passage, status, { ...type, ...headers }, JSON.stringify(body.value))
    } else {
      const type = body.contentType === null ? {} : { 'content-type': body.contentType }
      this.#send(passage, status, { ...type, ...headers }, body.text)
    }
  }

  #fail(passage: Passage, status: number, message: string, headers: Headers = {}): void {
    const page = errorPage(message, passage.requestId, passage.incoming.headers.accept)
    this.#send(passage, status, { 'content-type': page.contentType, ...headers }, page.text)
  }

  #forward(passage: Passage, upstream: UpstreamRequest): void {
    const state = this.#state()
    const peer = this.#balancer.pick(state, upstream.address.host, upstream.address.port)
    if (peer === undefined) {
      this.#fail(passage, 503, 'failure to get a peer from the ring-balancer')
      return
    }
    const service = state.database.table('services').get(passage.answer.service?.id ?? '')?.entity
    const isSecure = upstream.protocol === 'https'
    const verifies = service?.tls_verify === true
    const timeout = typeof service?.read_timeout === 'number' ? service.read_timeout : 60_000
    const outgoing = (isSecure ? httpsRequest : httpRequest)({
      host: peer.host,
      port: peer.port,
      method: upstream.method,
      path: upstream.uri,
      headers: { ...writable(upstream.headers), host: upstream.host ?? hostOf(peer) },
      agent: isSecure ? (verifies ? verifyingAgent : trustingAgent) : agent,
      timeout,
      setHost: false,
    })
    outgoing.on('response', answered => this.#pass(passage, answered))
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')))
    outgoing.on('error', error => this.#upstreamFailed(passage, error))
    passage.response.on('close', () => outgoing.destroy())
    passage.incoming.pipe(outgoing)
  }

  #pass(passage: Passage, answered: IncomingMessage): void {
    const { response, edits } = passage
    const headers: Record<string, string | readonly string[]> = {}
    for (const [name, values] of Object.entries(answered.headersDistinct)) {
      if (values === undefined || hopByHop.has(name)) continue
      headers[name] = values.length === 1 ? (values[0] ?? '') : values
    }
    const via = { via: `1.1 kong/${this.#version}` }
    response.writeHead(
      answered.statusCode ?? 502,
      writable(editHeaders({ ...headers, ...via, ...this.#own(passage) }, edits)),
    )
    answered.pipe(response)
    answered.on('error', () => response.destroy())
  }

  #upstreamFailed(passage: Passage, error: Error): void {
    if (passage.response.headersSent) {
      passage.response.destroy()
      return
    }
    const code = 'code' in error ? String(error.code) : ''
    if (error.message === 'timeout') this.#fail(passage, 504, 'The upstream server is timing out')
    else if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') this.#fail(passage, 503, 'name resolution failed')
    else this.#fail(passage, 502, 'An invalid response was received from the upstream server')
  }
}

const hostOf = ({ host, port }: Peer): string => (port === 80 || port === 443 ? host : `${host}:${port}`)
