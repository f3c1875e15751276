import { fail, type Problem, type Result } from '../../model/problem.ts'
import { holderText, type LockHolder } from './lock-holder.ts'

/** The problem of a lock that somebody else holds. */
export function lockProblem(target: string, holder: LockHolder): Problem {
  const who = holderText(holder)
  switch (holder.process) {
    case 'alive':
      return {
        code: 'locked',
        target,
        message: `a sync is under way (${who}), and its process is running`,
        hint: 'Wait for it to end.',
      }
    case 'dead':
      return {
        code: 'locked',
        target,
        message: `a sync that was cut off left its lock behind (${who}): its process is dead`,
        hint: 'The next sync takes over the lock; gatewatch doctor --break-locks removes it.',
      }
    case 'unknown':
      return {
        code: 'locked',
        target,
        message: `a sync holds the lock (${who}), and it can’t be determined from here whether its process is still running`,
        hint: 'If you know that it is dead: gatewatch doctor --break-locks --reason TEXT.',
      }
  }
}

/** The lock is held by somebody else. */
export function held(target: string, holder: LockHolder): Result<never> {
  return fail([lockProblem(target, holder)])
}

/** A lock that is left behind is in nobody's way: its process is dead a moment later. */
export function notGivenBack(target: string, problem: Problem): Problem {
  return {
    code: 'lock-left',
    target,
    message: `the lock could not be released: ${problem.message}`,
    hint: `It has no effect once this process has ended. ${problem.hint ?? ''}`.trim(),
  }
}
