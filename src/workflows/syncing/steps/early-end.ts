/** How long requests under way are waited for once a sync is stopped, in milliseconds. */
const waitMs = 10_000

/** How long it may take to look whether requests that were given up took effect, in milliseconds. */
const lookMs = 5_000

/**
 * How a sync comes to an early end: first nothing more is begun, while what is under way is waited for; where that takes
 * too long, or somebody is in a hurry, it is given up, and what became of it is looked at.
 */
export class EarlyEnd {
  /** Aborted: nothing more is begun. */
  readonly begin: AbortSignal
  /** Aborted: answers are not waited for any longer. */
  readonly wait: AbortSignal
  /** Aborted: not even what became of requests is looked at. */
  readonly look: AbortSignal
  readonly #begin = new AbortController()
  readonly #wait = new AbortController()
  readonly #look = new AbortController()

  /**
   * @param stop aborted to stop the sync
   * @param hurry aborted where even what is under way is not to be waited for
   */
  constructor(stop: AbortSignal, hurry: AbortSignal | undefined) {
    // Signals of their own: each request asks them several times, which `AbortSignal.any` answers ten times as slowly.
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
