import { createInterface } from 'node:readline/promises'
import { ProblemError } from '../../model/problem.ts'
import { safeLines, safeText } from '../../model/safe-text.ts'
import type { Io } from '../command.ts'

/**
 * Asks a person to confirm, on standard error. Where deletions or a weaker protection meet a protected
 * target, its name must be typed. Without a terminal a missing --yes is an error.
 */
export async function confirmed(
  io: Io,
  options: { readonly yes: boolean; readonly question: string; readonly typed: string | null },
): Promise<boolean> {
  if (options.yes) return true
  if (!io.interactive) {
    throw new ProblemError([
      {
        code: 'not-confirmed',
        message: 'this changes a gateway, and there is no terminal to ask on',
        hint: 'Look at the plan first (`gatewatch plan`), then say --yes.',
      },
    ])
  }
  const wanted = options.typed ?? 'yes'
  const answer = await answerTo(io, `${safeLines(options.question)}\nType ${safeText(wanted)} to continue: `)
  return answer.trim() === wanted
}

/** Asks on standard error, and reads one line from the terminal. */
export async function answerTo(io: Io, question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // While a line is typed, the terminal gives ctrl-c as a key.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    return await lines.question(question, { signal: io.signal })
  } finally {
    lines.close()
  }
}
