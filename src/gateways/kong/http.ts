import type { Json } from '../../model/json.ts'
import { pause } from '../../model/pause.ts'
import type { Problem } from '../../model/problem.ts'
import type { Connection, Outcome } from '../gateway.ts'
import { isNoAnswer, type Method, type NoAnswer, openExchange, type Raw } from './exchange.ts'

/** An answer of the Admin API: JSON, or nothing for 204. */
export interface Answer {
  readonly status: number
  readonly body: Json | undefined
  /** The body as it came. */
  readonly text: string
  readonly retryAfterMs: number | undefined
  /** What says it is: `kong/3.9.1`. */
  readonly server: string | undefined
}

/** The Admin API of one gateway: https://developer.konghq.com/api/gateway/admin-oss/ */
export interface AdminApi {
  /** An answer of any status below 500 but 401 and 429; the rest comes as a problem. Reads are tried again. */
  get(path: string, signal: AbortSignal): Promise<Answer | Problem>
  /** One try; the problem says by its code whether the request may have taken effect. */
  send(method: Method, path: string, body: unknown, signal: AbortSignal): Promise<Answer | Problem>
  /** The same, where of an answer that says "done" nothing but that is of interest: its body is not read. */
  write(method: Method, path: string, body: unknown, signal: AbortSignal): Promise<Answer | Problem>
  close(): void
}

/** The same for thousands of requests: what that takes is loaded with the first of them. */
export function openBulkApi(connection: Connection): AdminApi {
  let api: Promise<AdminApi> | undefined
  const opened = (): Promise<AdminApi> => {
    api ??= import('./bulk-exchange.ts').then(({ openBulkExchange }) =>
      openAdminApi(connection, openBulkExchange),
    )
    return api
  }
  return {
    get: async (path, signal) => (await opened()).get(path, signal),
    send: async (method, path, body, signal) => (await opened()).send(method, path, body, signal),
    write: async (method, path, body, signal) => (await opened()).write(method, path, body, signal),
    close: () => void api?.then(each => each.close()),
  }
}

export function isProblem(value: Answer | Problem): value is Problem {
  return 'code' in value
}

/** Problems after which nobody knows whether a write took effect. */
const lostAnswer: ReadonlySet<string> = new Set(['timeout', 'broken-off', 'gateway-error', 'aborted'])

/** The outcome of a write whose answer was lost; undefined where it was not. */
export function lost(problem: Problem): (Outcome & { readonly type: 'unknown' }) | undefined {
  if (!lostAnswer.has(problem.code)) return undefined
  // A gateway that says that it failed is not at work any more.
  return { type: 'unknown', problem, mayFollow: problem.code !== 'gateway-error' }
}

const readRetries = 2

export function openAdminApi(connection: Connection, open = openExchange): AdminApi {
  const exchange = open(connection)

  async function once(
    method: Method,
    path: string,
    body: unknown,
    signal: AbortSignal,
    answered = answerOf,
  ): Promise<Answer | Problem> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const raw = await exchange.send(method, path, text, signal)
    return isNoAnswer(raw) ? failure(connection, path, raw) : answered(connection, path, raw)
  }

  async function get(path: string, signal: AbortSignal): Promise<Answer | Problem> {
    for (let attempt = 0; ; attempt++) {
      const answer = await once('GET', path, undefined, signal)
      if (!isProblem(answer) || !again.has(answer.code) || attempt >= readRetries || signal.aborted)
        return answer
      await pause((answer.code === 'throttled' ? waitOf(answer) : undefined) ?? backOff(attempt), signal)
    }
  }

  const send: AdminApi['send'] = (method, path, body, signal) => once(method, path, body, signal)
  const write: AdminApi['write'] = (method, path, body, signal) => once(method, path, body, signal, doneOr)
  return { get, send, write, close: () => exchange.close() }
}

function answerOf(connection: Connection, path: string, raw: Raw): Answer | Problem {
  const { status } = raw
  const retryAfterMs = retryAfter(raw.retryAfter)
  const refused = refusal(connection, status, path, retryAfterMs)
  if (refused) return refused
  const { body: text, server } = raw
  if (text === '') return { status, body: undefined, text, retryAfterMs, server }
  try {
    const parsed: Json = JSON.parse(text)
    return { status, body: parsed, text, retryAfterMs, server }
  } catch {
    return notJson(connection, path, raw.contentType, text)
  }
}

/** What says in JSON that it was done is believed; a web page is no answer, whatever its status. */
function doneOr(connection: Connection, path: string, raw: Raw): Answer | Problem {
  const isDone = raw.status >= 200 && raw.status < 300 && raw.contentType?.startsWith('application/json')
  return isDone
    ? { status: raw.status, body: undefined, text: raw.body, retryAfterMs: undefined, server: raw.server }
    : answerOf(connection, path, raw)
}

/** Codes that a read is tried again after; a time-out is not: it already took long. */
const again = new Set(['throttled', 'gateway-error', 'broken-off'])
const waits = new WeakMap<Problem, number>()

function waitOf(problem: Problem): number | undefined {
  const wait = waits.get(problem)
  return wait === undefined ? undefined : Math.min(wait, 5_000)
}

/** How long a throttled gateway asked to wait, in milliseconds. */
export function askedToWait(problem: Problem): number | undefined {
  return waits.get(problem)
}

/** Exponential back-off with full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
export function backOff(attempt: number): number {
  return Math.random() * 100 * 2 ** attempt + 25
}

/** Retry-After in milliseconds, from seconds or a date: RFC 9110, section 10.2.3. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

function refusal(
  connection: Connection,
  status: number,
  path: string,
  wait: number | undefined,
): Problem | undefined {
  const target = connection.target
  if (status === 401) {
    return {
      code: 'unauthorised',
      target,
      message: `${connection.address} refused the credentials (401)`,
      hint: 'Check the headers of this target, as Kong-Admin-Token.',
    }
  }
  if (status === 429) {
    const problem: Problem = {
      code: 'throttled',
      target,
      message: `${connection.address} asks to slow down (429)`,
      hint: wait === undefined ? 'Try again in a moment.' : `It asks to wait ${Math.ceil(wait / 1000)} s.`,
    }
    if (wait !== undefined) waits.set(problem, wait)
    return problem
  }
  if (status >= 500) {
    return {
      code: 'gateway-error',
      target,
      message: `${connection.address} failed with ${status} on /${path.replace(/^\/+/, '').split('?')[0]}`,
      hint: "Look at the gateway's own log; its database may be gone.",
    }
  }
  if (status >= 300 && status < 400) {
    return {
      code: 'redirect',
      target,
      message: `${connection.address} answers with a redirect (${status})`,
      hint: 'Give the address of the Admin API itself.',
    }
  }
  return undefined
}

function notJson(connection: Connection, path: string, type: string | undefined, body: string): Problem {
  const isPage = type?.includes('html') || /^\s*</.test(body)
  return {
    code: isPage ? 'not-admin-api' : 'broken-off',
    target: connection.target,
    message: isPage
      ? `${connection.address} answers with a web page, not with the Admin API's JSON`
      : `${connection.address} sent an answer that is not whole JSON on /${path.replace(/^\/+/, '').split('?')[0]}`,
    hint: isPage
      ? 'Check the address: Kong Manager and the proxy listen on other ports.'
      : 'Try again; if it stays, look at what stands between here and the gateway.',
  }
}

function failure(connection: Connection, path: string, why: NoAnswer): Problem {
  const target = connection.target
  const at = connection.address
  if (why.code === 'timeout') {
    return {
      code: 'timeout',
      target,
      message: `${at} did not answer within ${(why.afterMs ?? connection.timeoutMs) / 1000} s`,
      hint: 'Check that it runs and can be reached from here.',
    }
  }
  const { code } = why
  switch (code) {
    case 'ECONNREFUSED':
      return {
        code: 'refused',
        target,
        message: `${at} refused the connection`,
        hint: 'Check that the Admin API listens there.',
      }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        code: 'unknown-host',
        target,
        message: `the host of ${at} is not known`,
        hint: 'Check the address.',
      }
    case 'aborted':
      return { code: 'aborted', target, message: `the request to ${at} was stopped` }
    case 'ERR_INVALID_URL':
      return {
        code: 'bad-address',
        target,
        message: `${at} is no address`,
        hint: 'Write it as http://host:8001.',
      }
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_HAS_EXPIRED':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        code: 'untrusted',
        target,
        message: `the certificate of ${at} is not trusted (${code})`,
        hint:
          code === 'ERR_TLS_CERT_ALTNAME_INVALID'
            ? 'Say which name it has: --tls-server-name, or tls of the target in gatewatch.yaml.'
            : 'Name its authority: --ca-cert-file, or tls of the target in gatewatch.yaml.',
      }
    case 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED':
    case 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE':
    case 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA':
      return {
        code: 'client-certificate',
        target,
        message: `${at} asks for a client certificate, or does not take ours (${code})`,
        hint: 'Name one with its key: --tls-client-cert-file and --tls-client-key-file.',
      }
    default: {
      return {
        code: 'broken-off',
        target,
        message: `the connection to ${at} broke off on /${path.replace(/^\/+/, '').split('?')[0]} (${code})`,
        hint: 'Try again; if it stays, look at what stands between here and the gateway.',
      }
    }
  }
}
