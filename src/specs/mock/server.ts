import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import Negotiator from 'negotiator'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import type { Specification } from '../reading/specification.ts'
import { answerOf, type MockAnswer, type Preference, problemAnswer } from './answer.ts'
import { type MockOperation, mockOperations } from './operations.ts'
import { MockPaths, refusalOf } from './request.ts'
import { SchemaChecks } from './schema-check.ts'

/** Where a mock listens. */
export interface MockOptions {
  /** 0: a free one. */
  readonly port: number
  readonly host: string
}

/** A server that answers according to a specification. */
export interface Mock extends AsyncDisposable {
  /** As `http://127.0.0.1:4010`. */
  readonly address: string
  readonly operations: number
}

/** Larger bodies are refused. */
const LARGEST_BODY = 10 * 1024 * 1024

/**
 * Starts a server that answers requests with the examples of a specification, or with values for its schemas. What the
 * specification does not allow is refused, with the reasons: 401 without credentials, 404 and 405 for other paths and
 * methods, 400 (or 422 where the operation has that) for parameters and bodies that do not fit. Paths are taken with
 * and without the path of their server.
 * Problems: what is wrong with the document; `mock`, where there is nothing to answer or the port can't be had.
 */
export async function startMock(spec: Specification, options: MockOptions): Promise<Result<Mock>> {
  const read = mockOperations(spec)
  if (!read.ok) return read
  if (read.value.length === 0)
    return fail([problem(`${spec.uri} has no operations`, 'Add one under "paths".')])
  const service = new MockService(read.value)
  const server = createServer((request, response) => void service.serve(request, response))
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.port, options.host, resolve)
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return fail([
      problem(
        `The mock can't listen on ${options.host}:${options.port} (${reason})`,
        'Choose another --port.',
      ),
    ])
  }
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : options.port
  return succeed({
    address: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    operations: read.value.length,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  })
}

function problem(message: string, hint: string): Problem {
  return { code: 'mock', message, hint }
}

class MockService {
  readonly #paths: MockPaths
  readonly #checks = new SchemaChecks()

  constructor(operations: readonly MockOperation[]) {
    this.#paths = new MockPaths(operations)
  }

  async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, headers, body } = await this.#answer(incoming).catch(
      // One schema may be uncheckable: the others still work.
      (error: unknown) => problemAnswer(500, error instanceof Error ? error.message : String(error)),
    )
    response.writeHead(status, headers)
    response.end(incoming.method === 'HEAD' ? undefined : body)
  }

  async #answer(incoming: IncomingMessage): Promise<MockAnswer> {
    const body = await bodyOf(incoming)
    if (body === undefined) return problemAnswer(413, 'The body is larger than 10 MB')
    const url = URL.parse(incoming.url ?? '/', 'http://localhost')
    if (!url) return problemAnswer(400, 'The path cannot be read')
    const method = incoming.method ?? 'GET'
    const found = this.#paths.find(url.pathname)
    const [called] = found.filter(({ operation }) => operation.method === method)
    if (!called) {
      if (found.length === 0) return problemAnswer(404, `The specification has no path ${url.pathname}`)
      const allowed = [...new Set(found.map(({ operation }) => operation.method))].join(', ')
      const refused = problemAnswer(405, `The specification has ${allowed} here, but not ${method}`)
      return { ...refused, headers: { ...refused.headers, allow: allowed } }
    }
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value ?? '')]),
    )
    const request = { method, path: url.pathname, query: url.searchParams, headers, body }
    return (
      refusalOf(called.operation, called.values, request, this.#checks) ??
      answerOf(called.operation, preferenceOf(headers), this.#checks)
    )
  }
}

function preferenceOf(headers: Readonly<Record<string, string>>): Preference {
  const wanted = new Map(
    (headers.prefer ?? '').split(/[,;]/).map(pair => {
      const [name = '', value = ''] = pair.split('=')
      return [name.trim().toLowerCase(), value.trim().replace(/^"|"$/g, '')]
    }),
  )
  return {
    code: wanted.get('code'),
    example: wanted.get('example'),
    accepted: new Negotiator({ headers }).mediaTypes().map(type => type.toLowerCase()),
  }
}

/** The body as a text; undefined where it is too large. */
async function bodyOf(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of incoming) {
    if (!(chunk instanceof Uint8Array)) continue
    bytes += chunk.byteLength
    if (bytes <= LARGEST_BODY) chunks.push(chunk)
  }
  return bytes > LARGEST_BODY ? undefined : Buffer.concat(chunks).toString('utf8')
}
