import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isObject, type Json, type JsonObject } from '../../src/model/json.ts'

/** An answer of a gateway, or a part of one. */
export interface Said {
  readonly status: number
  readonly body: Json
}

/** A request as it came in. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly headers: IncomingMessage['headers']
}

/**
 * A gateway that says more than it should: requests go on to a real one, and its answers may be made others on their way
 * back.
 */
export class TalkativeGateway implements AsyncDisposable {
  readonly #server: Server
  readonly #behind: string
  /** What becomes of an answer; undefined: it stays. */
  says: (asked: Asked, answer: Said) => Said | undefined = () => undefined

  private constructor(behind: string) {
    this.#behind = behind
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8')
        const asked = {
          method: request.method ?? '',
          path: request.url ?? '',
          body,
          headers: request.headers,
        }
        this.#answer(asked).then(
          ({ status, body: json }) => {
            response.writeHead(status, { 'content-type': 'application/json' })
            response.end(status === 204 ? undefined : JSON.stringify(json))
          },
          (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
        )
      })
    })
  }

  static async before(behind: string): Promise<TalkativeGateway> {
    const gateway = new TalkativeGateway(behind)
    await new Promise<void>(resolve => gateway.#server.listen(0, '127.0.0.1', resolve))
    return gateway
  }

  get address(): string {
    const address: string | AddressInfo | null = this.#server.address()
    return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  async #answer(asked: Asked): Promise<Said> {
    const answer = await fetch(this.#behind + asked.path, {
      method: asked.method,
      headers: { 'content-type': 'application/json' },
      ...(asked.body === '' ? {} : { body: asked.body }),
    })
    const text = await answer.text()
    const said = { status: answer.status, body: jsonIn(text) }
    return this.says(asked, said) ?? said
  }
}

function jsonIn(text: string): Json {
  if (text === '') return null
  const value: Json = JSON.parse(text)
  return value
}

/** A list of an Admin API with one more entity. */
export function withOneMore(body: Json, entity: JsonObject): Json {
  return isObject(body) && Array.isArray(body.data) ? { ...body, data: [...body.data, entity] } : body
}
