import type { ClientRequest, IncomingMessage } from 'node:http'
import pLimit from 'p-limit'
import type { Connection } from '../../../session.ts'
import { answerBytes, heldBytes } from './answer-bounds.ts'

/*
 * Requests and answers as they go over the wire, on connections that are kept. Node's own client does this: it is
 * there at once, and adds little. What makes thousands of requests has pooled-requests.ts.
 */

// Not imported: an import statement has Node load its fetch and WebSocket too, which takes longer than all the rest.
const http = process.getBuiltinModule('node:http')

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** An answer of any status. */
export interface Raw {
  readonly status: number
  /** Empty where there is none. */
  readonly body: string
  readonly contentType: string | undefined
  /** How the body is packed; it was not asked for, and is not unpacked: what is small could become large. */
  readonly contentEncoding: string | undefined
  readonly retryAfter: string | undefined
  readonly server: string | undefined
}

/**
 * Why no answer came: `timeout`, `aborted`, `too-large`, or the code that the system or Node gives, as `ECONNREFUSED`.
 */
export interface NoAnswer {
  readonly code: string
  /** How long it was waited for, where that was too long. */
  readonly afterMs?: number
  /** Whether it had begun by then. */
  readonly begun?: boolean
  /** How many bytes were too many: of this answer, or of all that came at once. */
  readonly bytes?: number
}

/** How much longer an answer may take for each byte that is sent: a Kong took 9 s for a document of 4 MB. */
const msPerByte = 0.01

/** How long the answer to a request may take, in milliseconds. */
export function longestWait({ timeoutMs }: Connection, body: string | undefined): number {
  return timeoutMs + Math.round((body?.length ?? 0) * msPerByte)
}

export function isNoAnswer(value: Raw | NoAnswer): value is NoAnswer {
  return 'code' in value
}

/** The connections with one gateway. */
export interface AdminExchange {
  /** Makes one request, with a body of JSON text or none; what goes wrong comes as a value. */
  send(method: Method, path: string, body: string | undefined, signal: AbortSignal): Promise<Raw | NoAnswer>
  /** Ends all connections. */
  close(): void
}

/** Connections at once: what is beyond waits its turn, and its time runs from when it is sent. */
const connections = 32

export function openExchange(connection: Connection): AdminExchange {
  const endpoint = endpointOf(connection)
  if (!endpoint) return { send: async () => ({ code: 'ERR_INVALID_URL' }), close: () => {} }
  const { url, pathOf, headers, trust } = endpoint
  const client = url.protocol === 'https:' ? process.getBuiltinModule('node:https') : http
  const agent = new client.Agent({ keepAlive: true, ...trust })
  const common = {
    agent,
    // Without the brackets of an IPv6 address.
    host: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
  }
  const held = new HeldBytes()
  const turns = pLimit(connections)

  async function send(
    method: Method,
    path: string,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<Raw | NoAnswer> {
    try {
      if (signal.aborted) return { code: 'aborted' }
      const request = client.request({
        ...common,
        method,
        path: pathOf(path),
        headers:
          body === undefined
            ? headers
            : {
                ...headers,
                'content-type': 'application/json',
                'content-length': Buffer.byteLength(body),
              },
      })
      return await answerTo(request, body, { timeoutMs: longestWait(connection, body), signal, held })
    } catch (error) {
      return { code: codeOf(error) }
    }
  }

  return { send: (...request) => turns(send, ...request), close: () => agent.destroy() }
}

/** Whom a connection over TLS trusts, and what it shows; in Node's words. */
interface Trust {
  readonly rejectUnauthorized?: false
  readonly ca?: string[]
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
}

/** Where requests of a connection go, and what goes along with each. */
interface Endpoint {
  readonly url: URL
  /** As `https://host:8444`. */
  readonly origin: string
  /** The path of a request, below that of the address, as a request line can hold it. */
  readonly pathOf: (path: string) => string
  readonly headers: Readonly<Record<string, string>>
  readonly trust: Trust
}

/** What requests of a connection have in common; undefined where its address is none. */
export function endpointOf(connection: Connection): Endpoint | undefined {
  const url = addressOf(connection)
  if (!url) return undefined
  const base = url.pathname.replace(/\/+$/, '')
  return {
    url,
    origin: url.origin,
    pathOf: path => `${base}/${sendable(path.replace(/^\/+/, ''))}`,
    headers: {
      ...connection.headers,
      accept: 'application/json',
      'user-agent': 'gatewatch',
    },
    trust: trustOf(connection),
  }
}

/** A path with what no request line can hold escaped; what is escaped already stays so. */
function sendable(path: string): string {
  return path.replace(/[^!-~]+/g, encodeURIComponent)
}

function addressOf({ address, workspace }: Connection): URL | undefined {
  const whole =
    workspace === undefined ? address : `${address.replace(/\/+$/, '')}/${encodeURIComponent(workspace)}`
  return URL.canParse(whole) ? new URL(whole) : undefined
}

/** Further authorities are trusted besides those that Node knows. */
function trustOf({ authorities, identity, serverName }: Connection): Trust {
  return {
    ...(authorities === undefined
      ? {}
      : authorities === false
        ? { rejectUnauthorized: false }
        : { ca: [authorities, ...process.getBuiltinModule('node:tls').rootCertificates] }),
    ...(identity ? { cert: identity.certificate, key: identity.key } : {}),
    ...(serverName === undefined ? {} : { servername: serverName }),
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/** The bytes of all answers of a connection that are under way: a gateway sends many at once. */
export class HeldBytes {
  #held = 0

  /** A new answer; its bytes are added as they come. */
  answer(): AnswerBytes {
    let own = 0
    let ended = false
    const over = (bytes: number): number | undefined => {
      if (bytes > answerBytes) return answerBytes
      return this.#held - own + bytes > heldBytes ? heldBytes : undefined
    }
    return {
      over,
      add: bytes => {
        // What still comes of an answer that was given up is not kept.
        if (ended) return answerBytes
        own += bytes
        this.#held += bytes
        return over(own)
      },
      end: () => {
        ended = true
        this.#held -= own
        own = 0
      },
    }
  }
}

/** The bytes of one answer. */
interface AnswerBytes {
  /** The bound that an answer of so many bytes would be beyond. */
  over(bytes: number): number | undefined
  /** Adds bytes that came; the bound that they are beyond. */
  add(bytes: number): number | undefined
  /** The answer is whole, or given up. */
  end(): void
}

/** What an answer may take. */
interface Limits {
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly held: HeldBytes
}

/** Sends a request and waits for the whole answer, as long as it may take and no longer than it may be. */
function answerTo(
  request: ClientRequest,
  body: string | undefined,
  { timeoutMs, signal, held }: Limits,
): Promise<Raw | NoAnswer> {
  return new Promise(resolve => {
    const bytes = held.answer()
    let begun = false
    const end = (result: Raw | NoAnswer): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      bytes.end()
      resolve(result)
    }
    const giveUp = (why: NoAnswer): void => {
      end(why)
      request.destroy()
    }
    const stop = (): void => giveUp({ code: 'aborted' })
    const timer = setTimeout(() => giveUp({ code: 'timeout', afterMs: timeoutMs, begun }), timeoutMs)
    signal.addEventListener('abort', stop)
    request.on('error', error => end({ code: codeOf(error) }))
    request.on('response', response => {
      begun = true
      readAnswer(response, { bytes, end, giveUp })
    })
    request.end(body)
  })
}

/** What becomes of an answer. */
interface Ends {
  readonly bytes: AnswerBytes
  readonly end: (result: Raw | NoAnswer) => void
  readonly giveUp: (why: NoAnswer) => void
}

function readAnswer(response: IncomingMessage, { bytes, end, giveUp }: Ends): void {
  const chunks: Buffer[] = []
  const tooLarge = (bound: number): void => {
    chunks.length = 0
    giveUp({ code: 'too-large', bytes: bound })
  }
  const announced = bytes.over(announcedBytes(response.headers))
  if (announced !== undefined) {
    tooLarge(announced)
    return
  }
  response.on('data', (chunk: Buffer) => {
    const bound = bytes.add(chunk.length)
    if (bound === undefined) chunks.push(chunk)
    else tooLarge(bound)
  })
  response.on('error', error => end({ code: codeOf(error) }))
  response.on('end', () => end(rawOf(response.statusCode ?? 0, response.headers, chunks)))
}

/** Headers as they came, by their names in small letters. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

/** How long an answer says that it is; 0 where it does not say. */
export function announcedBytes(headers: AnswerHeaders): number {
  return Number(firstOf(headers['content-length']) ?? 0)
}

/** An answer of its parts. */
export function rawOf(status: number, headers: AnswerHeaders, chunks: readonly Buffer[]): Raw {
  const [first] = chunks
  const bytes = chunks.length === 1 && first ? first : Buffer.concat(chunks)
  return {
    status,
    body: bytes.toString('utf8'),
    contentType: firstOf(headers['content-type']),
    contentEncoding: firstOf(headers['content-encoding']),
    retryAfter: firstOf(headers['retry-after']),
    server: firstOf(headers.server),
  }
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
