import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** A server on a loopback port that can break all its connections, stay away, and come back on the same port. */
export class Listener {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #port = 0

  constructor(server: Server) {
    this.#server = server
    server.on('connection', socket => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  /** The port that it listens on, or did before `silence`; 0 before it first listened. */
  get port(): number {
    return this.#port
  }

  /** Listens on loopback, on a free port if 0 is requested; fails if the port is taken. */
  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject)
        const address = this.#server.address()
        if (address !== null && typeof address === 'object') this.#port = address.port
        resolve()
      })
    })
  }

  /** Stops listening and breaks all connections; the port is kept in mind. */
  silence(): Promise<void> {
    if (!this.#server.listening) return Promise.resolve()
    return new Promise(resolve => {
      this.#server.close(() => resolve())
      for (const socket of this.#sockets) socket.resetAndDestroy()
    })
  }

  /** Listens again after `silence`. */
  comeBack(): Promise<void> {
    return this.#server.listening ? Promise.resolve() : this.listen(this.#port)
  }
}
