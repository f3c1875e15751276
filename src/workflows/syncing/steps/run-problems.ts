import type { Problem } from '../../../model/problem.ts'
import type { Step } from '../../../providers/session.ts'

/** How many requests of a sync took effect, how many were not sent, and the total. */
export interface RunCounts {
  readonly done: number
  readonly notSent: number
  readonly total: number
}

/** A step whose answer was lost, and how. */
export interface LostStep {
  readonly step: Step
  readonly problem: Problem
}

/** One sentence for all whose answers were lost in the same way. */
export function unknownOutcomes(target: string, lost: readonly LostStep[]): readonly Problem[] {
  return [...Map.groupBy(lost, ({ problem }) => problem.code).values()].flatMap(group => {
    const [first] = group
    if (!first) return []
    const { id } = first.step
    return [
      {
        code: 'unknown-outcome',
        target,
        message: `it is unknown whether ${named([id], group.length)} took effect: ${first.problem.message}`,
        hint: 'Compare again (`gatewatch diff`) to see the current state, then sync what still differs.',
      },
    ]
  })
}

export function stoppedRun(target: string, { done, notSent, total }: RunCounts): Problem {
  return {
    code: 'stopped',
    target,
    message: `the sync was stopped: ${done} of ${total} requests took effect, ${notSent} were not sent`,
    hint: 'Run it again to finish.',
  }
}

/**
 * A sync that was stopped because its journal can't be written; `unsaid`: steps that took effect but that it may lack,
 * null if it records how everything ended all the same.
 */
export function withoutJournal(
  target: string,
  { done, notSent, total }: RunCounts,
  {
    reason,
    file,
    unsaid,
  }: { readonly reason: string; readonly file: string; readonly unsaid: readonly string[] | null },
): Problem {
  const what =
    unsaid === null
      ? `The journal ${file} has all of that.`
      : `The journal ${file} lacks some of that: ${named(unsaid.slice(0, 5), unsaid.length) || 'how it ended'}.`
  return {
    code: 'journal-lost',
    target,
    message: `the sync was stopped, because its journal can no longer be written (${reason}): ${done} of ${total} requests took effect, ${notSent} were not sent`,
    hint: `${what} Free some space, then sync again.`,
  }
}

export function tooSlow(target: string, { id }: Step): Problem {
  return {
    code: 'throttled',
    target,
    message: `the gateway kept asking to slow down, so ${id} was given up`,
    hint: 'Sync again later.',
  }
}

/** The first of a list, such as `create service a and 3 more`. */
function named(first: readonly string[], count: number): string {
  const rest = count - first.length
  return `${first.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}
