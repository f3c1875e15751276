import { request as httpRequest } from 'node:http'
import { Bindings, same } from './compare.ts'
import { type Exchange, isRecord, type RecordedCase, type RecordedRequest } from './recordings.ts'

/** An exchange that was answered otherwise here. */
export interface Difference {
  readonly case: string
  readonly exchange: Exchange
  readonly status: number
  readonly body: unknown
  /** What differs. */
  readonly in: 'status' | 'headers' | 'body'
}

export interface Replay {
  readonly total: number
  readonly differences: readonly Difference[]
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** Sends a request exactly as recorded: fetch would normalise its path. */
function send(base: string, recorded: RecordedRequest, bindings: Bindings): Promise<Answer> {
  const { hostname, port } = new URL(base)
  const sent = typeof recorded.body === 'string' ? recorded.body : JSON.stringify(recorded.body)
  const payload = sent === undefined ? undefined : Buffer.from(bindings.filled(sent))
  const headers: Record<string, string | number> = { ...recorded.headers }
  if (payload !== undefined) {
    if (typeof recorded.body !== 'string') headers['content-type'] = 'application/json'
    headers['content-length'] = payload.length
  }
  const path = bindings.filled(recorded.path)
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { hostname, port, path, method: recorded.method, headers, agent: false },
      incoming => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        )
        incoming.on('error', reject)
      },
    )
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}

/** The body in the form of the recordings: parsed JSON, or `{"_text": …}`. */
function bodyOf(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return { _text: text }
  }
}

/** What differs, if anything does. */
function difference(
  exchange: Exchange,
  answer: Answer,
  body: unknown,
  bindings: Bindings,
): Difference['in'] | undefined {
  const { response } = exchange
  if (answer.status !== response.status) return 'status'
  const headers = Object.entries(response.headers ?? {})
  if (headers.some(([name, value]) => answer.headers[name.toLowerCase()] !== value)) return 'headers'
  // An empty body was recorded as null or not at all.
  const expected = response.body ?? undefined
  return bindings.attempt(trial => same(expected, body, trial)) ? undefined : 'body'
}

/** Ids that the real gateway made up must be known for the requests that follow, even where the rest differs. */
function bindIds(recorded: unknown, here: unknown, bindings: Bindings): void {
  if (!isRecord(recorded) || !isRecord(here)) return
  const { id } = recorded
  if (typeof id === 'string' && /^\{\{uuid\d+\}\}$/.test(id) && typeof here.id === 'string')
    bindings.bind(id, here.id)
}

/** Makes the requests of a case in order and compares each answer. */
export async function replay(base: string, recorded: RecordedCase): Promise<Replay> {
  const bindings = new Bindings()
  const differences: Difference[] = []
  for (const exchange of recorded.steps) {
    const answer = await send(base, exchange.request, bindings)
    const body = bodyOf(answer.text)
    const found = difference(exchange, answer, body, bindings)
    if (found === undefined) continue
    differences.push({ case: recorded.name, exchange, status: answer.status, body, in: found })
    bindIds(exchange.response.body, body, bindings)
  }
  return { total: recorded.steps.length, differences }
}
