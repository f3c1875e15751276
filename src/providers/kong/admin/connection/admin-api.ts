import type { Json } from '../../../../model/json.ts'
import { withoutSecrets } from '../../../../model/masking/quoted-secrets.ts'
import { pause } from '../../../../model/pause.ts'
import type { Problem } from '../../../../model/problem.ts'
import type { ProblemCode } from '../../../../model/problems/problem-code.ts'
import type { Connection, Outcome, Waiting } from '../../../session.ts'
import { boundedJson, longestPauseMs } from './answer-bounds.ts'
import { failure, notJson, packed, pathText, refusal, tooNested } from './connection-failures.ts'
import { isNoAnswer, longestWait, type Method, openExchange, type Raw } from './http-requests.ts'

/** An answer of the Admin API: JSON, or nothing for 204. */
export interface AdminAnswer {
  readonly status: number
  readonly body: Json | undefined
  /** The body as it came. */
  readonly text: string
  readonly retryAfterMs: number | undefined
  /** What says it is: `kong/3.9.1`. */
  readonly server: string | undefined
}

/** Why there is no answer of use. */
export interface Unanswered extends Problem {
  /** How long the gateway asked to wait before it is asked again, in milliseconds: its Retry-After. */
  readonly retryAfterMs?: number
}

/** The Admin API of one gateway: https://developer.konghq.com/api/gateway/admin-oss/ */
export interface AdminApi {
  /** An answer of any status below 500 but 401 and 429; the rest comes as a problem. Reads are tried again. */
  get(path: string, signal: AbortSignal): Promise<AdminAnswer | Unanswered>
  /** Sends what writes nothing, as a question whether an entity would be taken; tried again as reads are. */
  ask(path: string, body: unknown, signal: AbortSignal): Promise<AdminAnswer | Unanswered>
  /** One try; the problem says by its code whether the request may have taken effect. */
  send(method: Method, path: string, body: unknown, signal: AbortSignal): Promise<AdminAnswer | Unanswered>
  /** The same, where of an answer that says "done" nothing but that is of interest: its body is not read. */
  write(method: Method, path: string, body: unknown, signal: AbortSignal): Promise<AdminAnswer | Unanswered>
  close(): void
}

/** The same for thousands of requests: what that takes is loaded with the first of them. */
export function openBulkApi(connection: Connection): AdminApi {
  let api: Promise<AdminApi> | undefined
  const opened = (): Promise<AdminApi> => {
    api ??= import('./pooled-requests.ts').then(({ openBulkExchange }) =>
      openAdminApi(connection, openBulkExchange),
    )
    return api
  }
  return {
    get: async (path, signal) => (await opened()).get(path, signal),
    ask: async (path, body, signal) => (await opened()).ask(path, body, signal),
    send: async (method, path, body, signal) => (await opened()).send(method, path, body, signal),
    write: async (method, path, body, signal) => (await opened()).write(method, path, body, signal),
    close: () => void api?.then(each => each.close()),
  }
}

export function isProblem(value: AdminAnswer | Unanswered): value is Unanswered {
  return 'code' in value
}

/** Problems after which nobody knows whether a write took effect. */
const lostAnswer: ReadonlySet<ProblemCode> = new Set([
  'timeout',
  'broken-off',
  'gateway-error',
  'gateway-unanswered',
  'unreadable',
  'too-large',
  'aborted',
])

/** The outcome of a write whose answer was lost; undefined where it was not. */
export function lost(problem: Problem): (Outcome & { readonly type: 'unknown' }) | undefined {
  if (!lostAnswer.has(problem.code)) return undefined
  // A gateway that says that it failed is not at work any more.
  return { type: 'unknown', problem, mayFollow: problem.code !== 'gateway-error' }
}

/** How often a read is tried again, by what went wrong. A time-out is not: it already took long. */
const retries: Readonly<Partial<Record<ProblemCode, number>>> = {
  throttled: 5,
  'gateway-error': 2,
  'gateway-unanswered': 2,
  'broken-off': 2,
}

/** How long an answer may take before that is told; most that are slow come before. */
const slowMs = 3000

export function openAdminApi(connection: Connection, open = openExchange): AdminApi {
  const exchange = open(connection)

  async function once(
    method: Method,
    path: string,
    body: unknown,
    signal: AbortSignal,
    answered = answerOf,
  ): Promise<AdminAnswer | Unanswered> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const told = tellWhenSlow(connection, path, longestWait(connection, text))
    const raw = await exchange.send(method, path, text, signal)
    told?.()
    return isNoAnswer(raw) ? failure(connection, path, raw) : answered(connection, path, raw)
  }

  /** Waits altogether no longer than one pause may be. */
  async function patiently(
    method: Method,
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<AdminAnswer | Unanswered> {
    let waited = 0
    for (let attempt = 0; ; attempt++) {
      const answer = await once(method, path, body, signal)
      if (!isProblem(answer) || attempt >= (retries[answer.code] ?? 0) || signal.aborted) return answer
      const milliseconds = answer.retryAfterMs ?? backOff(attempt)
      waited += milliseconds
      if (waited > longestPauseMs) return answer
      await pauseFor(connection, { reason: answer.message, milliseconds }, signal)
    }
  }

  const get: AdminApi['get'] = (path, signal) => patiently('GET', path, undefined, signal)
  const ask: AdminApi['ask'] = (path, body, signal) => patiently('POST', path, body, signal)
  const send: AdminApi['send'] = (method, path, body, signal) => once(method, path, body, signal)
  const write: AdminApi['write'] = (method, path, body, signal) => once(method, path, body, signal, doneOr)
  return { get, ask, send, write, close: () => exchange.close() }
}

/** Tells of a wait, makes it, and tells that it is over. */
async function pauseFor(
  { target, waiting }: Connection,
  { reason, milliseconds }: Pick<Waiting, 'reason' | 'milliseconds'>,
  signal: AbortSignal,
): Promise<void> {
  const over = waiting?.({ target, reason, until: 'again', milliseconds })
  await pause(milliseconds, signal)
  over?.()
}

/** Tells of an answer that does not come, once that is worth a word. Returns what ends the telling. */
function tellWhenSlow(
  { target, address, waiting }: Connection,
  path: string,
  longestMs: number,
): (() => void) | undefined {
  if (!waiting || longestMs <= slowMs) return undefined
  let over: (() => void) | undefined
  const timer = setTimeout(() => {
    const reason = `${address} has not answered yet on ${pathText(path)}`
    over = waiting({ target, reason, until: 'answer', milliseconds: longestMs - slowMs })
  }, slowMs)
  return () => {
    clearTimeout(timer)
    over?.()
  }
}

function answerOf(connection: Connection, path: string, raw: Raw): AdminAnswer | Unanswered {
  const { status, contentEncoding } = raw
  const retryAfterMs = retryAfter(raw.retryAfter)
  const refused = refusal(connection, status, path, retryAfterMs)
  if (refused) return retryAfterMs === undefined ? refused : { ...refused, retryAfterMs }
  const { server } = raw
  const text = status < 400 ? raw.body : withoutSecrets(raw.body, credentialsOf(connection))
  if (contentEncoding !== undefined && contentEncoding !== 'identity') return packed(connection, path)
  if (text === '') return { status, body: undefined, text, retryAfterMs, server }
  try {
    const parsed = boundedJson(text)
    if (parsed.excess !== undefined) return tooNested(connection, path, parsed.excess)
    return { status, body: parsed.value, text, retryAfterMs, server }
  } catch {
    return notJson(connection, path, raw.contentType, text)
  }
}

/** What was sent as credentials, with and without its scheme: what refuses a request may quote all of it. */
function credentialsOf({ headers }: Connection): readonly string[] {
  return Object.values(headers)
    .flatMap(value => [value, value.replace(/^\S+\s+/, '')])
    .filter(value => value.length >= 8)
}

/** What says in JSON that it was done is believed; a web page is no answer, whatever its status. */
function doneOr(connection: Connection, path: string, raw: Raw): AdminAnswer | Unanswered {
  const isDone = raw.status >= 200 && raw.status < 300 && raw.contentType?.startsWith('application/json')
  return isDone
    ? { status: raw.status, body: undefined, text: raw.body, retryAfterMs: undefined, server: raw.server }
    : answerOf(connection, path, raw)
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
