import type { RecordedSync } from '../../ledger/journal-reading.ts'

/** How many steps of a sync ended how, by its journal. */
export interface OutcomeCounts {
  readonly done: number
  /** Sent, or about to be, with an unknown outcome. */
  readonly unknown: number
  readonly failed: number
  readonly notSent: number
}

export function countsOf({ plan, done, open, failed }: RecordedSync): OutcomeCounts {
  const counted = { done: done.length, unknown: open.length, failed: failed.length }
  return { ...counted, notSent: plan.steps.length - counted.done - counted.unknown - counted.failed }
}

/**
 * How far a sync got: `26 of 26`, `stopped at 10 of 26: 2 failed, 14 not sent`; `cut off` if its process died, and
 * `under way` if it is running.
 */
export function outcomeText(sync: RecordedSync): string {
  const head = outcomeHead(sync)
  const { done, unknown, failed, notSent } = countsOf(sync)
  if (done === sync.plan.steps.length) return head
  const rest = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    ...(notSent > 0 ? [`${notSent} not sent`] : []),
  ]
  return rest.length === 0 ? head : `${head}: ${rest.join(', ')}`
}

/** The short form, without what didn't take effect: `stopped at 10 of 26`. */
export function outcomeHead({ plan, done, ended, process }: RecordedSync): string {
  const total = plan.steps.length
  const runs = !ended && process?.state === 'alive'
  if (done.length === total && !runs) return `${total} of ${total}`
  return `${ended ? 'stopped' : runs ? 'under way' : 'cut off'} at ${done.length} of ${total}`
}

/** Where a sync runs or ran, such as `process 4711 on ci-3 is dead`; empty if unknown. */
export function processText(process: RecordedSync['process']): string {
  if (!process) return ''
  const states = { alive: 'runs', dead: 'is dead', unknown: 'can’t be seen from here' }
  return `process ${process.pid} on ${process.host} ${states[process.state]}`
}
