import type { Waiting } from '../../providers/session.ts'

/** A wait under way. */
export interface Wait extends Waiting {
  /** When it is over at the latest. */
  readonly ends: Date
}

/** A wait that is shorter than this is over before anybody wonders, in milliseconds. */
const noticedMs = 1000

/** What gatewatch is waiting for at gateways, for both faces to show. */
export class Waits {
  readonly #active = new Set<Wait>()
  readonly #listeners = new Set<() => void>()

  /** Records a wait; call the returned function when it is over. */
  readonly begin = (waiting: Waiting): (() => void) => {
    if (waiting.milliseconds < noticedMs) return () => {}
    const wait: Wait = { ...waiting, ends: new Date(Date.now() + waiting.milliseconds) }
    this.#active.add(wait)
    this.#changed()
    return () => {
      if (this.#active.delete(wait)) this.#changed()
    }
  }

  /** The wait of each target that is over last. */
  get all(): readonly Wait[] {
    const byTarget = new Map<string, Wait>()
    for (const wait of this.#active) {
      const other = byTarget.get(wait.target)
      if (!other || other.ends < wait.ends) byTarget.set(wait.target, wait)
    }
    return [...byTarget.values()]
  }

  of(target: string): Wait | null {
    return this.all.find(wait => wait.target === target) ?? null
  }

  /** Called when a wait begins or is over; returns how to stop. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

const untilWords = { again: 'trying again in', answer: 'waiting up to', settled: 'going on in' } as const

/** A wait in words: `http://kong:8001 asks to slow down (429); trying again in 12 s`. */
export function waitText(wait: Wait, now: Date): string {
  const what = untilWords[wait.until]
  return `${wait.reason}; ${what} ${secondsLeft(wait, now)} s`
}

/** How long a wait still takes, in whole seconds. */
export function secondsLeft({ ends }: Wait, now: Date): number {
  return Math.max(1, Math.ceil((ends.getTime() - now.getTime()) / 1000))
}
