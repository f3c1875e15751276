import type { Place, Problem } from '../../model/problem.ts'

/** The severity of a finding, in Spectral's terms. */
export const SEVERITIES = ['error', 'warn', 'info', 'hint'] as const

export type LintSeverity = (typeof SEVERITIES)[number]

/** What a rule found in a specification. */
export interface LintFinding {
  readonly rule: string
  readonly severity: LintSeverity
  readonly message: string
  /** The key (in a list: the item) that the finding is about, in the file where it is written. */
  readonly place: Place
  /** That as a JSON Pointer in its file. */
  readonly pointer: string
  readonly documentation?: string
}

/** Whether a value is a finding as it was written to the cache. */
export function isFinding(value: unknown): value is LintFinding {
  if (typeof value !== 'object' || value === null) return false
  const [place, documentation] = [fieldOf(value, 'place'), fieldOf(value, 'documentation')]
  if (typeof place !== 'object' || place === null) return false
  return (
    ['rule', 'message', 'pointer'].every(name => typeof fieldOf(value, name) === 'string') &&
    typeof fieldOf(place, 'file') === 'string' &&
    ['line', 'column'].every(name => Number.isInteger(fieldOf(place, name))) &&
    SEVERITIES.some(severity => severity === fieldOf(value, 'severity')) &&
    (documentation === undefined || typeof documentation === 'string')
  )
}

function fieldOf(holder: object, name: string): unknown {
  return Reflect.get(holder, name)
}

/** What was found in one specification. */
export interface LintedFile {
  readonly file: string
  /** By file, line, column and rule. */
  readonly findings: readonly LintFinding[]
  /** Why the file was not linted, or not to the end. */
  readonly problems: readonly Problem[]
  /** Whether the answer is that of an earlier run: neither the files nor the rules have changed since. */
  readonly cached: boolean
}

/** The result of `lint`. */
export interface LintReport {
  readonly files: readonly LintedFile[]
}

/** A finding's order: by file, line, column, rule. */
export function compareFindings(a: LintFinding, b: LintFinding): number {
  return (
    compare(a.place.file, b.place.file) ||
    a.place.line - b.place.line ||
    a.place.column - b.place.column ||
    compare(a.rule, b.rule) ||
    compare(a.message, b.message)
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
