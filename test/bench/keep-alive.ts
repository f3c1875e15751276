import { connect, type Socket } from 'node:net'

/** What was answered. */
interface Answer {
  readonly status: number
  readonly body: string
}

/** A connection that is kept, with one request at a time: as little work as can be beside the gateway's own. */
export class KeepAlive {
  readonly #socket: Socket
  readonly #host: string
  #chunks: Buffer[] = []
  #size = 0
  /** The bytes of the answer that is coming, head included; 0 while its head is not there. */
  #expected = 0
  #bodyStart = 0
  #status = 0
  #answer: ((answer: Answer) => void) | undefined
  #fail: ((error: Error) => void) | undefined

  constructor(address: string) {
    const { hostname, port, host } = new URL(address)
    this.#host = host
    this.#socket = connect(Number(port || 80), hostname)
    this.#socket.setNoDelay(true)
    this.#socket.on('data', chunk => {
      this.#chunks.push(chunk)
      this.#size += chunk.length
      this.#read()
    })
    this.#socket.on('error', error => this.#fail?.(error))
    this.#socket.on('close', () => this.#fail?.(new Error(`${host} closed the connection`)))
  }

  send(method: string, path: string, body = ''): Promise<Answer> {
    const type =
      body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`
    this.#socket.write(`${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${type}\r\n${body}`)
    return new Promise((resolve, reject) => {
      this.#answer = resolve
      this.#fail = reject
    })
  }

  close(): void {
    this.#fail = undefined
    this.#socket.destroy()
  }

  #read(): void {
    if (this.#expected === 0 && !this.#readHead()) return
    if (this.#size < this.#expected) return
    const received = Buffer.concat(this.#chunks, this.#size)
    const body = received.toString('utf8', this.#bodyStart, this.#expected)
    this.#chunks = this.#size > this.#expected ? [received.subarray(this.#expected)] : []
    this.#size -= this.#expected
    this.#expected = 0
    this.#answer?.({ status: this.#status, body })
  }

  /** Whether the head is there. */
  #readHead(): boolean {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks, this.#size)]
    const [first] = this.#chunks
    const end = first?.indexOf('\r\n\r\n') ?? -1
    if (!first || end < 0) return false
    const head = first.toString('latin1', 0, end)
    if (/^transfer-encoding:/im.test(head)) this.#fail?.(new Error('an answer came without its length'))
    this.#status = Number(head.slice(9, 12))
    this.#bodyStart = end + 4
    this.#expected = this.#bodyStart + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
    return true
  }
}

/** As many connections as are used at once. */
export function openConnections(address: string, count: number): readonly KeepAlive[] {
  return Array.from({ length: count }, () => new KeepAlive(address))
}

/** Does all work on connections side by side, in turns. */
export async function onAll<T>(
  connections: readonly KeepAlive[],
  items: readonly T[],
  work: (connection: KeepAlive, item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  await Promise.all(
    connections.map(async connection => {
      for (const item of queue) await work(connection, item)
    }),
  )
}
