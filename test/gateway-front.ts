import { createServer, type IncomingMessage, request as requestOf, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers a request itself, or returns false: then it goes on to what stands behind. */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean

/** What stands in front of a gateway, as a proxy does: it passes requests on, or answers in the gateway's place. */
export class GatewayFront implements AsyncDisposable {
  /** What answers in the gateway's place; all is passed on where nothing is set. */
  intercept: Intercept | undefined
  readonly address: string
  readonly #server: ReturnType<typeof createServer>

  private constructor(server: ReturnType<typeof createServer>, port: number) {
    this.#server = server
    this.address = `http://127.0.0.1:${port}`
  }

  /** Stands in front of a gateway; without one it has to answer all itself. */
  static async start(behind?: string): Promise<GatewayFront> {
    let front: GatewayFront | undefined
    const server = createServer((request, response) => {
      if (front?.intercept?.(request, response)) return
      if (behind === undefined) {
        response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not found"}')
        return
      }
      const onward = requestOf(
        new URL(request.url ?? '/', behind),
        { method: request.method ?? 'GET', headers: request.headers },
        answer => {
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(response)
        },
      )
      onward.on('error', () => response.destroy())
      request.pipe(onward)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    front = new GatewayFront(server, portOf(server.address()))
    return front
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}
