import { constants } from 'node:os'

/** How a process is asked to end: what it has begun is brought to an end in order, and nothing more is begun. */
export interface StopSignals {
  /** Aborted by the first request to end. */
  readonly stop: AbortSignal
  /** Aborted by the second: what is under way is not waited for any longer. */
  readonly hurry: AbortSignal
  /** 128 and the number of the signal that came first, as shells count it; undefined: none came. */
  exitCode(): number | undefined
}

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A key that is pressed once reaches a program twice where a package runner passes it on: so close together, in milliseconds. */
const sameRequest = 250

/** How long the second request leaves for journal, lock and terminal, in milliseconds. */
const lastMoment = 2_000

/**
 * Listens to the signals that ask a process to end. A terminal that is closed sends SIGHUP, often more than once, and
 * with nobody there to be in a hurry. The third request ends the process wherever it is.
 */
export function stopSignals(): StopSignals {
  const stop = new AbortController()
  const hurry = new AbortController()
  let first: (typeof names)[number] | undefined
  let last = Number.NEGATIVE_INFINITY
  const code = (): number => 128 + constants.signals[first ?? 'SIGINT']
  for (const name of names) {
    process.on(name, () => {
      const now = performance.now()
      const isRepeated = now - last < sameRequest
      last = now
      if (first === undefined) {
        first = name
        stop.abort()
      } else if (isRepeated || name === 'SIGHUP') return
      else if (hurry.signal.aborted) process.exit(code())
      else {
        hurry.abort()
        setTimeout(() => process.exit(code()), lastMoment).unref()
      }
    })
  }
  return {
    stop: stop.signal,
    hurry: hurry.signal,
    exitCode: () => (first === undefined ? undefined : code()),
  }
}
