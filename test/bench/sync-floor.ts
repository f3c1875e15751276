import { createServer, type IncomingMessage, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onAll, openConnections } from './keep-alive.ts'

/** A request as it was made. */
export interface Recorded {
  readonly method: string
  readonly path: string
  readonly body: string
}

/** A relay before a gateway that remembers what is asked of it. */
export interface Recorder extends AsyncDisposable {
  readonly address: string
  readonly requests: readonly Recorded[]
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** Starts a relay: what is measured never goes through it. */
export async function startRecorder(gateway: string): Promise<Recorder> {
  const requests: Recorded[] = []
  const server = createServer(async (incoming, outgoing) => {
    const body = await bodyOf(incoming)
    const { method = 'GET', url: path = '/' } = incoming
    requests.push({ method, path, body: body.toString('utf8') })
    const onward = send(new URL(path, gateway), { method, headers: incoming.headers }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    onward.end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address: AddressInfo | string | null = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Connections of the floor: as many as gatewatch uses. */
const inParallel = 32

/** The time of making the writes again, and nothing else: those of one list side by side, list after list. */
export async function floorOfWrites(address: string, requests: readonly Recorded[]): Promise<number> {
  const writes = requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/validate'))
  const groups: Recorded[][] = []
  let last = ''
  for (const write of writes) {
    // `/consumers/{id}/key-auth/{id}`: what stands before the entity's own id.
    const list = write.path.replace(/[0-9a-f-]{36}/g, '').replace(/\/$/, '')
    if (list !== last) groups.push([])
    groups.at(-1)?.push(write)
    last = list
  }
  const connections = openConnections(address, inParallel)
  const started = performance.now()
  for (const group of groups) {
    await onAll(connections, group, async (connection, { method, path, body }) => {
      const answer = await connection.send(method, path, body)
      if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`)
    })
  }
  const milliseconds = performance.now() - started
  for (const connection of connections) connection.close()
  return milliseconds
}

/**
 * Whether a request of a first sync opens what was made closed: a service that was disabled, a route that nothing matched.
 * Nothing else is updated there.
 */
export function opens({ method }: Recorded): boolean {
  return method === 'PATCH'
}

/** The time of reading the same lists again, page after page, and nothing else: not even the JSON is looked at. */
export async function floorOfReads(address: string, requests: readonly Recorded[]): Promise<number> {
  const lists = new Set(
    requests
      .filter(({ method, path }) => method === 'GET' && !path.includes('offset='))
      .map(each => each.path),
  )
  const connections = openConnections(address, inParallel)
  const started = performance.now()
  await onAll(connections, [...lists], async (connection, first) => {
    for (let path: string | undefined = first; path !== undefined; ) {
      const { body } = await connection.send('GET', path)
      const ends = body.length > 4000 ? `${body.slice(0, 2000)} ${body.slice(-2000)}` : body
      const offset: string | undefined = /"offset":"([^"]+)"/.exec(ends)?.[1]
      path = offset === undefined ? undefined : `${first}&offset=${encodeURIComponent(offset)}`
    }
  })
  const milliseconds = performance.now() - started
  for (const connection of connections) connection.close()
  return milliseconds
}
