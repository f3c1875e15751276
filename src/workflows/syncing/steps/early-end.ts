/** How long requests under way are waited for once a sync is stopped, in milliseconds. */
const waitMs = 10_000

/** How long gatewatch may check whether abandoned requests took effect, in milliseconds. */
const lookMs = 5_000

/**
 * How a sync ends early: first nothing more is started, and requests under way are waited for; if that takes too long,
 * or somebody is in a hurry, they are abandoned, and gatewatch checks whether they took effect.
 */
export class EarlyEnd {
  /** Aborted: nothing more is started. */
  readonly begin: AbortSignal
  /** Aborted: answers are no longer waited for. */
  readonly wait: AbortSignal
  /** Aborted: the outcome of requests isn't even checked. */
  readonly look: AbortSignal
  readonly #begin = new AbortController()
  readonly #wait = new AbortController()
  readonly #look = new AbortController()

  /**
   * @param stop aborted to stop the sync
   * @param hurry aborted if requests under way should not be waited for either
   */
  constructor(stop: AbortSignal, hurry: AbortSignal | undefined) {
    // Separate signals: each request checks them several times, and `AbortSignal.any` answers ten times as slowly.
    this.begin = this.#begin.signal
    this.wait = this.#wait.signal
    this.look = this.#look.signal
    const after = (ms: number, controller: AbortController): void => {
      setTimeout(() => controller.abort(), ms).unref()
    }
    const stopping = (): void => {
      after(waitMs, this.#wait)
      after(waitMs + lookMs, this.#look)
    }
    this.begin.addEventListener('abort', stopping, { once: true })
    onceAborted(stop, () => this.#begin.abort(stop.reason))
    if (hurry)
      onceAborted(hurry, () => {
        for (const each of [this.#begin, this.#wait, this.#look]) each.abort(hurry.reason)
      })
  }

  /** Stops the sync from inside. */
  halt(): void {
    this.#begin.abort()
  }

  /** A signal for reading everything once more when the steps have ended; shorter where somebody waits for the end. */
  reading(): AbortSignal {
    return this.begin.aborted ? this.look : AbortSignal.any([this.look, AbortSignal.timeout(60_000)])
  }
}

function onceAborted(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act()
  else signal.addEventListener('abort', act, { once: true })
}
