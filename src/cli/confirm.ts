import { createInterface } from 'node:readline/promises'
import { ProblemError } from '../model/problem.ts'
import { safeLines, safeText } from '../model/safe-text.ts'
import type { Io } from './command.ts'

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
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // While a line is typed, the terminal gives ctrl-c as a key.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    const wanted = options.typed ?? 'yes'
    const answer = await lines.question(
      `${safeLines(options.question)}\nType ${safeText(wanted)} to go on: `,
      {
        signal: io.signal,
      },
    )
    return answer.trim() === wanted
  } finally {
    lines.close()
  }
}
