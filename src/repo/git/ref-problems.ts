import { statSync } from 'node:fs'
import type { Problem } from '../../model/problem.ts'

/** The ways in which a ref can't be written although nobody else wrote it, from git's messages. */
const lockFile = /Unable to create '([^']*\.lock)': File exists/
const brokenRef = /unable to resolve reference '[^']*': reference broken|ignoring broken ref/

/**
 * Whether git reports that the lock file of a ref is in its way; another process may just be running. For the lock of
 * all packed refs, git itself has waited.
 */
export function isLocked(problem: Problem): boolean {
  const [, file] = lockFile.exec(problem.message) ?? []
  return file !== undefined && !file.endsWith('packed-refs.lock')
}

/** Git's message about a ref that it can't write, in a form that a person can act on. */
export function refProblem(problem: Problem, ref: string): Problem {
  const [, lock] = lockFile.exec(problem.message) ?? []
  if (lock !== undefined) {
    return {
      code: 'ref-locked',
      message: `the Git ref ${ref} can’t be written: git’s lock file ${lock} ${existing(lock)}, because a git process is running or died while it ran`,
      hint: 'If no git process is running in this repository, delete that file.',
    }
  }
  return brokenRef.test(problem.message) ? brokenRefProblem(ref) : problem
}

/** A ref whose file is empty or damaged, for example after a crash of the machine. */
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

/** That a file exists, and since when if that can be told. */
function existing(file: string): string {
  try {
    return `has existed since ${statSync(file).mtime.toISOString().slice(0, 19)}Z`
  } catch {
    return 'exists'
  }
}
