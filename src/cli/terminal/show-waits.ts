import { safeText } from '../../model/safe-text.ts'
import { type Wait, type Waits, waitText } from '../../workflows/reading/waits.ts'
import type { Io } from '../command.ts'

/**
 * Shows on standard error what gatewatch is waiting for: on a terminal, one line that counts down and disappears;
 * otherwise one line for each wait of a target.
 */
export function showWaits(io: Io, waits: Waits): void {
  if (io.progress) countDown(io, waits)
  else tellEach(io, waits)
}

function countDown(io: Io, waits: Waits): void {
  let ticking: NodeJS.Timeout | undefined
  const draw = (): void => {
    const [first, ...others] = waits.all
    if (!first) {
      clearInterval(ticking)
      ticking = undefined
      io.status('')
      return
    }
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`
    io.status(`${lineOf(first)}${more}`)
    ticking ??= setInterval(draw, 1000).unref()
  }
  waits.subscribe(draw)
}

/** Consecutive waits of one kind are reported again only if they take longer than announced. */
function tellEach(io: Io, waits: Waits): void {
  const told = new Map<string, number>()
  waits.subscribe(() => {
    for (const wait of waits.all) {
      const about = `${wait.target} ${wait.until}`
      if (wait.milliseconds <= (told.get(about) ?? 0)) continue
      told.set(about, wait.milliseconds)
      io.err(`gatewatch: ${safeText(lineOf(wait))}\n`)
    }
  })
}

function lineOf(wait: Wait): string {
  return `${wait.target}: ${waitText(wait, new Date())}`
}
