import Pool from 'undici/lib/dispatcher/pool.js'
import type { Connection } from '../../../session.ts'
import {
  type AdminExchange,
  type AnswerHeaders,
  announcedBytes,
  endpointOf,
  HeldBytes,
  longestWait,
  type Method,
  type NoAnswer,
  type Raw,
  rawOf,
} from './http-requests.ts'

/** Connections at once: what is beyond waits its turn, and its time runs from when it is sent. */
const connections = 64

/**
 * An exchange for thousands of small requests, as the steps of a sync are: a request takes under half the CPU time of
 * one by Node's own client (docs/performance.md). Loading it takes longer, so that what only reads does without.
 */
export function openBulkExchange(connection: Connection): AdminExchange {
  const endpoint = endpointOf(connection)
  if (!endpoint) return { send: async () => ({ code: 'ERR_INVALID_URL' }), close: () => {} }
  const { origin, pathOf, headers, trust } = endpoint
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    connect: { ...trust, timeout: connection.timeoutMs },
    // The time-out of a request is for all of it, and its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const held = new HeldBytes()

  function send(
    method: Method,
    path: string,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<Raw | NoAnswer> {
    return new Promise(resolve => {
      let abort: ((reason: Error) => void) | undefined
      let timer: NodeJS.Timeout | undefined
      let ended = false
      const bytes = held.answer()
      const end = (result: Raw | NoAnswer): void => {
        ended = true
        bytes.end()
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
        resolve(result)
      }
      const giveUp = (why: NoAnswer): void => {
        if (ended) return
        end(why)
        abort?.(new Error(why.code))
      }
      const stop = (): void => giveUp({ code: 'aborted' })
      const afterMs = longestWait(connection, body)
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop)
      let answered: { readonly status: number; readonly fields: AnswerHeaders } = { status: 0, fields: {} }
      const chunks: Buffer[] = []
      pool.dispatch(
        {
          method,
          path: pathOf(path),
          headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
          body: body ?? null,
        },
        {
          onRequestStart(controller) {
            abort = reason => controller.abort(reason)
            // It was given up while it waited for a connection.
            if (ended) abort(new Error('aborted'))
            else {
              timer = setTimeout(() => {
                giveUp({ code: 'timeout', afterMs, begun: answered.status > 0 })
              }, afterMs)
            }
          },
          onResponseStart(_controller, status, fields) {
            answered = { status, fields }
            const bound = bytes.over(announcedBytes(fields))
            if (bound !== undefined) giveUp({ code: 'too-large', bytes: bound })
          },
          onResponseData(_controller, chunk) {
            const bound = bytes.add(chunk.length)
            if (bound === undefined) chunks.push(chunk)
            else giveUp({ code: 'too-large', bytes: bound })
          },
          onResponseEnd() {
            if (!ended) end(rawOf(answered.status, answered.fields, chunks))
          },
          onResponseError(_controller, error) {
            if (!ended) end({ code: codeOf(error) })
          },
        },
      )
    })
  }

  return { send, close: () => void pool.destroy() }
}

/** Codes of the pool's own by the names that Node's client has for the same. */
const known: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_DESTROYED: 'aborted',
  UND_ERR_CLOSED: 'aborted',
  UND_ERR_INVALID_ARG: 'ERR_INVALID_CHAR',
}

function codeOf(error: Error): string {
  const code = 'code' in error ? String(error.code) : error.name
  return known[code] ?? code
}
