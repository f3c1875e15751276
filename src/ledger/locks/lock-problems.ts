import { fail, type Problem, type Result } from '../../model/problem.ts'
import { holderText, type LockHolder } from './lock-holder.ts'

/** What a lock stands for that somebody else holds. */
export function lockProblem(target: string, holder: LockHolder): Problem {
  const who = holderText(holder)
  switch (holder.process) {
    case 'alive':
      return {
        code: 'locked',
        target,
        message: `a sync is under way (${who}), and its process runs`,
        hint: 'Wait for it to end.',
      }
    case 'dead':
      return {
        code: 'locked',
        target,
        message: `a sync that was cut off left its lock behind (${who}): its process is dead`,
        hint: 'The next sync takes the lock over; gatewatch doctor --break-locks takes it away.',
      }
    case 'unknown':
      return {
        code: 'locked',
        target,
        message: `a sync holds the lock (${who}), and whether its process still runs can’t be told from here`,
        hint: 'Where you know that it is dead: gatewatch doctor --break-locks --reason TEXT.',
      }
  }
}

/** The lock is held by somebody else. */
export function held(target: string, holder: LockHolder): Result<never> {
  return fail([lockProblem(target, holder)])
}

/** A lock that stays behind stands in nobody's way: its process is dead a moment later. */
export function notGivenBack(target: string, problem: Problem): Problem {
  return {
    code: 'lock-left',
    target,
    message: `the lock could not be given back: ${problem.message}`,
    hint: `It counts for nothing once this process has ended. ${problem.hint ?? ''}`.trim(),
  }
}
