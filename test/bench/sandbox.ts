import { connect, type Socket } from 'node:net'
import { launchSandbox } from '../../src/sandbox/index.ts'

const writes = 10_000
const inParallel = 16

/** A connection that is kept, with one request at a time: as little work as can be beside the sandbox's own. */
class Connection {
  readonly #socket: Socket
  #received = Buffer.alloc(0)
  #answer: ((body: string) => void) | undefined

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.setNoDelay(true)
    this.#socket.on('data', chunk => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
      this.#read()
    })
  }

  send(method: string, path: string, body = ''): Promise<string> {
    const type =
      body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`
    this.#socket.write(`${method} ${path} HTTP/1.1\r\nHost: bench\r\n${type}\r\n${body}`)
    return new Promise(resolve => {
      this.#answer = resolve
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(): void {
    const end = this.#received.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = Number(/content-length: (\d+)/i.exec(this.#received.toString('latin1', 0, end))?.[1] ?? 0)
    const whole = end + 4 + length
    if (this.#received.length < whole) return
    const body = this.#received.toString('utf8', end + 4, whole)
    this.#received = this.#received.subarray(whole)
    this.#answer?.(body)
  }
}

/** Makes requests on all connections; answers how many a second. */
async function writeRate(connections: readonly Connection[], count: number): Promise<number> {
  const started = performance.now()
  let next = 0
  const worker = async (connection: Connection) => {
    while (next < count) {
      const i = next++
      const body = {
        name: `r${i}`,
        paths: [`/path/${i}`],
        hosts: [`h${i}.example`],
        tags: ['bench'],
        service: { name: 's' },
      }
      await connection.send('POST', '/routes', JSON.stringify(body))
    }
  }
  await Promise.all(connections.map(worker))
  return (1000 * count) / (performance.now() - started)
}

/** Lists everything of a kind, page by page; answers how many entities a second. */
async function listingRate(connection: Connection, expected: number): Promise<number> {
  const started = performance.now()
  let entities = 0
  let next: string | null = '/routes?size=1000'
  while (next !== null) {
    const page: { data: unknown[]; next: string | null } = JSON.parse(await connection.send('GET', next))
    entities += page.data.length
    next = page.next
  }
  if (entities !== expected) throw new Error(`${entities} of ${expected} entities are listed`)
  return (1000 * entities) / (performance.now() - started)
}

async function measure(
  pace: 'kong' | undefined,
): Promise<{ readonly writes: number; readonly listed: number }> {
  await using sandbox = await launchSandbox({ gateways: [{ name: 'bench', proxyPort: false, pace }] })
  const port = Number(new URL(sandbox.gateways[0]?.adminUrl ?? '').port)
  const connections = Array.from({ length: inParallel }, () => new Connection(port))
  const [first] = connections
  if (first === undefined) throw new Error('no connection')
  await first.send('POST', '/services', JSON.stringify({ name: 's', host: 'upstream.example' }))
  const count = pace === undefined ? writes : writes / 5
  const result = { writes: await writeRate(connections, count), listed: await listingRate(first, count) }
  for (const connection of connections) connection.close()
  return result
}

/** How fast the sandbox gateway is, so that it never is what a benchmark measures. */
export async function bench(): Promise<string> {
  const started = performance.now()
  await (await launchSandbox({ gateways: [{ name: 'start' }] })).stop()
  const start = performance.now() - started
  const fast = await measure(undefined)
  const paced = await measure('kong')
  const rounded = (value: number) => Math.round(value).toLocaleString('en')
  return [
    `sandbox: started and stopped in ${rounded(start)} ms`,
    `sandbox: ${rounded(fast.writes)} writes/s (aim: 3,000), ${rounded(fast.listed)} listed entities/s (aim: 10,000)`,
    `sandbox at the pace of a real gateway: ${rounded(paced.writes)} writes/s, ${rounded(paced.listed)} listed entities/s`,
  ].join('\n')
}
