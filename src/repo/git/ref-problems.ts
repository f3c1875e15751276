import { statSync } from 'node:fs'
import type { Problem } from '../../model/problem.ts'

/** How a ref can't be written though nobody else wrote it, by what git says of it. */
const lockFile = /Unable to create '([^']*\.lock)': File exists/
const brokenRef = /unable to resolve reference '[^']*': reference broken|ignoring broken ref/

/**
 * Whether git says that the lock file of a ref stands in its way; another process may just be at work. For that of all
 * packed refs git has waited itself.
 */
export function isLocked(problem: Problem): boolean {
  const [, file] = lockFile.exec(problem.message) ?? []
  return file !== undefined && !file.endsWith('packed-refs.lock')
}

/** What git says of a ref that it can't write, as a person can act on it. */
export function refProblem(problem: Problem, ref: string): Problem {
  const [, lock] = lockFile.exec(problem.message) ?? []
  if (lock !== undefined) {
    return {
      code: 'ref-locked',
      message: `the Git ref ${ref} can’t be written: git’s lock file ${lock} exists${sinceText(lock)}, because a git process is running or died while it ran`,
      hint: 'If no git process is running in this repository, delete that file.',
    }
  }
  return brokenRef.test(problem.message) ? brokenRefProblem(ref) : problem
}

/** A ref whose file is empty or damaged, as after a crash of the machine. */
export function brokenRefProblem(ref: string): Problem {
  return {
    code: 'ref-broken',
    message: `the Git ref ${ref} is damaged: its file holds no object id`,
    hint: `Delete the file (git rev-parse --git-path ${ref} shows where it is): what it held is lost.`,
  }
}

/** A ref whose objects are not there, or can't be read. */
export function missingObject(ref: string, commit: string): Problem {
  return {
    code: 'ref-broken',
    message: `the Git ref ${ref} points to ${commit.slice(0, 12)}, but that commit, or an object that it needs, is missing in the repository`,
    hint: `Fetch it again from a complete repository, or delete the ref: git update-ref -d ${ref}`,
  }
}

function sinceText(file: string): string {
  try {
    return ` since ${statSync(file).mtime.toISOString().slice(0, 19)}Z`
  } catch {
    return ''
  }
}
