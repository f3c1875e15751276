import type { ProblemCode } from './problems/problem-code.ts'

/** A place in a text file; lines and columns count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/**
 * Something that went wrong, told so that a person can act: what failed, where, and what to do next.
 * Holds no secret in clear.
 */
export interface Problem {
  /** A stable word for programs, as `unreachable`, `yaml-syntax`, `missing-reference`. */
  readonly code: ProblemCode
  /** One sentence: what failed. */
  readonly message: string
  /** What to do next, one sentence. */
  readonly hint?: string
  readonly target?: string
  readonly place?: Place
  /** What of the message is the same for all that it befell, so that it can be told once: see `toldOnce`. */
  readonly fault?: SharedFault
}

/** What befell one part of something as it may befall others: `reading `, `plugins`, ` is not allowed (403)`. */
export interface SharedFault {
  /** The sentence before and behind the part. */
  readonly before: string
  readonly part: string
  readonly after: string
  /** What parts are called where there are several, as `kinds`. */
  readonly parts: string
}

/** A value, or why there is none. */
export type Result<T, E = readonly Problem[]> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E }

export function succeed<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

export function fail<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error }
}

/** A problem on one line: `kong/a.yaml:3:5: message. Hint.` or `prod-eu: message. Hint.` */
export function problemText(problem: Problem): string {
  const where = problem.place
    ? `${problem.place.file}:${problem.place.line}:${problem.place.column}: `
    : problem.target
      ? `${problem.target}: `
      : ''
  const sentence = /[.?!]$/.test(problem.message) ? problem.message : `${problem.message}.`
  return `${where}${sentence}${problem.hint ? ` ${problem.hint}` : ''}`
}

/** The error form of problems, for edges that must throw; caught where a face prints problems. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(problemText).join('\n'))
    this.name = 'ProblemError'
    this.problems = problems
  }
}

/** The value of a result, or a thrown `ProblemError`. For edges and faces only. */
export function orThrow<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw new ProblemError(result.error)
}
