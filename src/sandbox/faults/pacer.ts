import pLimit, { type LimitFunction } from 'p-limit'
import type { AdminRequest, AdminResponse } from '../admin/exchange.ts'
import { kongPace, type Pace, writeTime } from './pace.ts'

const sleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

/** Makes answers take as long as a pace says. What falls short of the timer's grain is carried over. */
export class Pacer {
  readonly #pace: Pace
  #owed = 0
  readonly #writing: LimitFunction

  constructor(pace: Pace | 'kong') {
    this.#pace = pace === 'kong' ? kongPace : pace
    this.#writing = pLimit(this.#pace.parallelWrites)
  }

  /** Waits as long as this answer takes. */
  async pass(request: AdminRequest, answered: AdminResponse): Promise<void> {
    const { requestMs, entityMs } = this.#pace
    if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') {
      return this.#spend(requestMs + entityMs * entitiesIn(answered))
    }
    // A gateway checks an entity against its schema without asking its database.
    if (request.target.startsWith('/schemas/')) return this.#spend(requestMs)
    await this.#writing(() => this.#spend(requestMs + writeTime(this.#pace, request.method)))
  }

  async #spend(ms: number): Promise<void> {
    this.#owed += ms
    if (this.#owed < 1) return
    const started = performance.now()
    await sleep(Math.floor(this.#owed))
    this.#owed -= performance.now() - started
  }
}

/** How many entities a list shows: each has one `created_at`, or it is the one entity of the answer. */
function entitiesIn(answered: AdminResponse): number {
  const text = answered.text ?? ''
  if (!text.startsWith('{"data":')) return text === '' ? 0 : 1
  return text.split('"created_at":').length - 1
}
