import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import * as z from 'zod'
import { shared } from '../shared.ts'

const golden = join(shared, 'golden', 'kong-3.9.1')
const item = z.looseObject({ id: z.string() })

/** The lists of a recorded gateway, by Admin API path. */
export const recordedLists = z.record(z.string(), z.array(z.record(z.string(), z.json())))
export type RecordedLists = z.infer<typeof recordedLists>

/** A read-only Admin API over HTTP that answers with recorded lists and schemas, and refuses writes. */
export interface RecordedGateway extends AsyncDisposable {
  readonly address: string
  /** Writes that were tried: there must be none. */
  readonly writes: readonly string[]
  /** Serves other lists from now on. */
  show(lists: RecordedLists): void
}

function recorded(file: string): unknown {
  try {
    return JSON.parse(readFileSync(join(golden, file), 'utf8'))
  } catch {
    return undefined
  }
}

/** Starts the gateway on a free loopback port. */
export async function startRecordedGateway(lists: RecordedLists = {}): Promise<RecordedGateway> {
  const root = z.object({ 'GET /': z.unknown() }).parse(recorded('root.json'))['GET /']
  const writes: string[] = []
  let shown = lists
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://gateway').pathname.slice(1)
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
      response.end(JSON.stringify(body))
    }
    if (request.method !== 'GET') {
      writes.push(`${request.method} /${path}`)
      return answer(405, { message: 'Method not allowed' })
    }
    if (path === '') return answer(200, root)
    if (path.startsWith('schemas/')) {
      const schema = recorded(`${path}.json`)
      return schema === undefined ? answer(404, { message: 'No such schema' }) : answer(200, schema)
    }
    const targets = /^upstreams\/([^/]+)\/targets$/.exec(path)
    if (targets) {
      const below = (shown.targets ?? []).filter(
        each => item.safeParse(each.upstream).data?.id === targets[1],
      )
      return answer(200, { data: below, next: null })
    }
    if (path === 'targets' || path === 'filter-chains') return answer(404, { message: 'Not found' })
    answer(200, { data: shown[path] ?? [], next: null })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    address: `http://127.0.0.1:${address.port}`,
    writes,
    show(next) {
      shown = next
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
