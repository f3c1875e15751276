import type { ProblemCode } from './problems/problem-code.ts'

/** A place in a text file; lines and columns count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/**
 * Something that went wrong, in a form that a person can act on: what failed, where, and what to do next. Contains no
 * secret in clear text.
 */
export interface Problem {
  /** A stable word for programs, such as `unreachable`, `yaml-syntax`, `missing-reference`. */
  readonly code: ProblemCode
  /** One sentence: what failed. */
  readonly message: string
  /** What to do next, one sentence. */
  readonly hint?: string
  readonly target?: string
  readonly place?: Place
  /**
   * The part of the message that is the same for everything affected, so that it can be reported once: see `toldOnce`.
   */
  readonly fault?: SharedFault
}

/** What affects one part of something and may affect others: `reading `, `plugins`, ` is not allowed (403)`. */
export interface SharedFault {
  /** The sentence before and behind the part. */
  readonly before: string
  readonly part: string
  readonly after: string
  /** The plural of the parts, such as `kinds`. */
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
