import { constants } from 'node:os'

/** How a process is asked to end: what it has started ends in order, and nothing more is started. */
export interface StopSignals {
  /** Aborted by the first request to end. */
  readonly stop: AbortSignal
  /** Aborted by the second signal: requests under way are no longer waited for. */
  readonly hurry: AbortSignal
  /** 128 plus the number of the first signal, as in shells; undefined: there was none. */
  exitCode(): number | undefined
}

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * One key press reaches a program twice if a package runner passes it on: signals this close together, in milliseconds,
 * count as one.
 */
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
