import type { Problem } from '../../model/problem.ts'
import type { Connection } from '../gateway.ts'
import { listTimes, megabytes, offsetLength, pages, readingBytes } from './bounds.ts'
import { pathText } from './failures.ts'

/** The way through the pages of one list; it ends, whatever the gateway says. */
export class Paging {
  readonly #connection: Connection
  readonly #path: string
  readonly #seen = new Set<string>()
  readonly #started = performance.now()

  constructor(connection: Connection, path: string) {
    this.#connection = connection
    this.#path = path
  }

  /** Why the page behind an offset is not asked for; undefined: it can be. */
  follow(offset: string): Problem | undefined {
    const { address, timeoutMs } = this.#connection
    const on = pathText(this.#path)
    if (offset.length > offsetLength)
      return this.#endless(`${address} names a page of ${on} by a text of ${offset.length} characters`)
    if (this.#seen.has(offset)) return this.#endless(`the pages of ${on} of ${address} lead in a circle`)
    this.#seen.add(offset)
    if (this.#seen.size >= pages) return this.#endless(`${address} has more than ${pages} pages of ${on}`)
    const longestMs = listTimes * timeoutMs
    if (performance.now() - this.#started > longestMs)
      return this.#endless(`reading ${on} of ${address} took more than ${longestMs / 1000} s`)
    return undefined
  }

  #endless(message: string): Problem {
    return {
      code: 'endless',
      target: this.#connection.target,
      message,
      hint: 'Look at what stands between here and the gateway; nothing of this list counts as read.',
    }
  }
}

/** The size of all lists that are read together: they are kept until they are compared. */
export class ReadingSize {
  readonly #connection: Connection
  #bytes = 0

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Adds an answer; a problem once they are too large together. */
  add(text: string): Problem | undefined {
    this.#bytes += text.length
    if (this.#bytes <= readingBytes) return undefined
    const { target, address } = this.#connection
    return {
      code: 'too-large',
      target,
      message: `the lists of ${address} are larger than ${megabytes(readingBytes)} together, and were not read to their end`,
      hint: 'Read a part of the gateway: --skip-consumers leaves consumers and their credentials out.',
    }
  }
}
