import type { AdminRequest } from '../admin/exchange.ts'
import { type Json, parseJson } from '../json.ts'

/** A request that reached the gateway, whatever it was answered. */
export interface LoggedRequest {
  readonly method: string
  /** Path and query as they came. */
  readonly path: string
  /** The body: parsed if it is JSON, otherwise as text; undefined if there was none. */
  readonly body: Json | undefined
}

const most = 100_000

/** Keeps the requests to a gateway, the newest 100,000. */
export class RequestLog {
  #requests: LoggedRequest[] = []

  get all(): readonly LoggedRequest[] {
    return this.#requests
  }

  add(request: AdminRequest): void {
    const text = request.body?.toString('utf8') ?? ''
    const body = text === '' ? undefined : (parseJson(text) ?? text)
    if (this.#requests.length >= most) this.#requests = this.#requests.slice(most / 2)
    this.#requests.push({ method: request.method, path: request.target, body })
  }

  clear(): void {
    this.#requests = []
  }
}
