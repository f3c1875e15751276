import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { type Ended, runProgram } from '../program.ts'
import { shared } from '../shared.ts'

const launcher = join(shared, 'deck', 'deck')
let binary: string | undefined

/** Suites against real decK: skipped with one line where it is absent. */
export const describeDeck = existsSync(launcher) ? describe : describe.skip
if (!existsSync(launcher)) process.stderr.write(`skipped: needs decK at ${launcher}\n`)

/** Runs decK against an Admin API; built on first use. */
export function deck(address: string, args: readonly string[]): Promise<Ended> {
  binary ??= execFileSync(launcher, ['--where'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()
  // Its own limit of 10 seconds is too short on a machine with other things to do.
  return runProgram(binary, ['--analytics=false', '--timeout', '60', '--kong-addr', address, ...args])
}
