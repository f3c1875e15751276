import type { Command } from 'commander'
import { type Problem, ProblemError, problemText } from '../model/problem.ts'
import { toldOnce } from '../model/problems/shared-faults.ts'
import { safeText } from '../model/safe-text.ts'
import type { Providers } from '../providers/provider.ts'
import type { Streams } from './terminal/streams.ts'

/** Loads the kinds of gateways that exist, when they are first needed. */
export type LoadProviders = () => Promise<Providers>

/** What a command works with: its streams, the environment, and what they are connected to. */
export interface Io extends Streams {
  /** The kinds of gateways that exist. */
  readonly providers: LoadProviders
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
  /** Aborted when the process is asked to stop: nothing more is started. */
  readonly signal: AbortSignal
  /** Aborted when it is asked again: requests under way are no longer waited for. */
  readonly hurry: AbortSignal
}

/** Exit codes, the same for every command. */
export const exitCode = { same: 0, error: 1, differences: 2 } as const

/** One subcommand: a file of its own in `commands/`, and one line in its index. */
export interface Subcommand {
  register(program: Command, run: Runner, providers: LoadProviders): void | Promise<void>
}

/** Wraps a command's work: its result becomes the exit code, its problems are reported on standard error. */
export type Runner = (work: (io: Io) => Promise<number>) => Promise<void>

const stoppedText = 'stopped before it was done.'

/**
 * Reports problems on standard error, one per line, with what to do. Problems with one cause, or that were broken off,
 * are reported once.
 */
export function tellProblems(io: Io, problems: readonly Problem[]): void {
  const brokenOff = (problem: Problem): boolean => io.signal.aborted && problem.code === 'aborted'
  for (const problem of toldOnce(problems.filter(each => !brokenOff(each))))
    io.err(`gatewatch: ${safeText(problemText(problem))}\n`)
  if (problems.some(brokenOff)) io.err(`gatewatch: ${stoppedText}\n`)
}

/** Reports warnings on standard error. */
export function tellWarnings(io: Io, warnings: readonly Problem[]): void {
  for (const warning of toldOnce(warnings)) io.err(`gatewatch: warning: ${safeText(problemText(warning))}\n`)
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
    if (io.signal.aborted && error instanceof Error && error.name === 'AbortError') {
      io.err(`gatewatch: ${stoppedText}\n`)
      return exitCode.error
    }
    tellFault(io, error)
    return exitCode.error
  }
}

/** Reports a fault in gatewatch itself; with --debug, where it comes from. */
export function tellFault({ err }: Pick<Io, 'err'>, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  err(`gatewatch: a fault in gatewatch itself: ${safeText(message)}\n`)
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter(isFrame) : []
  if (process.argv.includes('--debug')) err(frames.map(line => `${line}\n`).join(''))
  else err('Run it again with --debug to see where, and report it.\n')
}

/** The stack part of a text that begins with the message. */
function isFrame(line: string): boolean {
  return /^\s+at /.test(line)
}
