import type { Command } from 'commander'
import { type Problem, ProblemError, problemText } from '../model/problem.ts'

/** What a command works with: its streams, the environment, and what they are connected to. */
export interface Io {
  /** Data: standard output. */
  out(text: string): void
  /** Words for people: standard error. */
  err(text: string): void
  /** All of standard input. */
  input(): Promise<string>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Whether standard input and output are a terminal, so that a person can be asked. */
  readonly interactive: boolean
  /** Whether standard output is a terminal, so that a person reads it. */
  readonly outputIsTerminal: boolean
  /** Whether standard error is a terminal, so that progress may be redrawn. */
  readonly progress: boolean
  readonly colour: boolean
  readonly columns: number
  /** Ends when the process is asked to stop. */
  readonly signal: AbortSignal
}

/** Exit codes, the same for every command. */
export const exitCode = { same: 0, error: 1, differences: 2 } as const

/** One subcommand: a file of its own in `commands/`, and one line in its index. */
export interface Subcommand {
  register(program: Command, run: Runner): void
}

/** Wraps a command's work: its number becomes the exit code, its problems are told on standard error. */
export type Runner = (work: (io: Io) => Promise<number>) => Promise<void>

/** Tells problems on standard error, one a line, the hint below. */
export function tellProblems(io: Io, problems: readonly Problem[]): void {
  for (const problem of problems) io.err(`gatewatch: ${problemText(problem)}\n`)
}

/** Tells what is odd but no error, on standard error. */
export function tellWarnings(io: Io, warnings: readonly Problem[]): void {
  for (const warning of warnings) io.err(`gatewatch: warning: ${problemText(warning)}\n`)
}

/** Runs a command's work; whatever it throws becomes words and exit code 1. */
export async function runWith(io: Io, work: (io: Io) => Promise<number>): Promise<number> {
  try {
    return await work(io)
  } catch (error) {
    if (error instanceof ProblemError) {
      tellProblems(io, error.problems)
      return exitCode.error
    }
    const message = error instanceof Error ? error.message : String(error)
    io.err(`gatewatch: a fault in gatewatch itself: ${message}\n`)
    if (process.argv.includes('--debug') && error instanceof Error) io.err(`${error.stack ?? ''}\n`)
    else io.err('Run it again with --debug to see where, and report it.\n')
    return exitCode.error
  }
}
