import type { Problem } from '../../../../model/problem.ts'
import type { Connection } from '../../../session.ts'
import { listTimes, megabytes, offsetLength, pages, readingBytes } from '../connection/answer-bounds.ts'
import { pathText } from '../connection/connection-failures.ts'

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
    const { address } = this.#connection
    const on = pathText(this.#path)
    if (offset.length > offsetLength)
      return this.#endless(`${address} names a page of ${on} by a text of ${offset.length} characters`)
    if (this.#seen.has(offset)) return this.#endless(`the pages of ${on} of ${address} lead in a circle`)
    this.#seen.add(offset)
    if (this.#seen.size >= pages) return this.#endless(`${address} has more than ${pages} pages of ${on}`)
    return tookTooLong(this.#connection, this.#started)
      ? this.#endless(tooLongText(this.#connection, on))
      : undefined
  }

  #endless(message: string): Problem {
    return endless(this.#connection, message)
  }
}

/** All lists that are read together: what they hold is kept until it is compared, and they have a time. */
export class ReadingBounds {
  readonly #connection: Connection
  readonly #started = performance.now()
  #bytes = 0

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Adds an answer; a problem once they are too large together, or took too long. */
  add({ length }: { readonly length: number }): Problem | undefined {
    this.#bytes += length
    if (tookTooLong(this.#connection, this.#started))
      return endless(this.#connection, tooLongText(this.#connection, 'all lists'))
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

function tookTooLong({ timeoutMs }: Connection, started: number): boolean {
  return performance.now() - started > listTimes * timeoutMs
}

function tooLongText({ address, timeoutMs }: Connection, what: string): string {
  return `reading ${what} of ${address} took more than ${(listTimes * timeoutMs) / 1000} s`
}

function endless({ target }: Connection, message: string): Problem {
  return {
    code: 'endless',
    target,
    message,
    hint: 'Look at what stands between here and the gateway; what was not read to its end does not count.',
  }
}
