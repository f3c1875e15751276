import { type Command, CommanderError } from 'commander'
import { type Io, type LoadProviders, type Runner, runWith } from '../src/cli/command.ts'
import { makeProgram } from '../src/cli/program.ts'
import { safeStreams } from '../src/cli/terminal/streams.ts'
import { loadProviders } from '../src/providers/index.ts'
import type { Ended } from './program.ts'

/** How a command is run. */
export interface CommandOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What comes on standard input. */
  readonly input?: string
  /** The kinds of gateways that there are; those of gatewatch unless given. */
  readonly providers?: LoadProviders
  /** What stops it; a minute is the most that it may take anyway. */
  readonly signal?: AbortSignal
}

/** Runs a command in this process, without a terminal, as `bin/gatewatch.js` does; what commander says is in `err`. */
export async function runCommand(args: readonly string[], options: CommandOptions): Promise<Ended> {
  const providers = options.providers ?? loadProviders
  let out = ''
  let err = ''
  const io: Io = {
    providers,
    ...safeStreams({
      out: text => {
        out += text
      },
      err: text => {
        err += text
      },
      outputIsTerminal: false,
      colour: false,
      columns: 80,
    }),
    input: async () => options.input ?? '',
    env: options.env ?? {},
    cwd: options.cwd,
    interactive: false,
    outputIsTerminal: false,
    progress: false,
    colour: false,
    signal: options.signal ?? AbortSignal.timeout(60_000),
    hurry: new AbortController().signal,
  }
  let code: number | null = null
  const run: Runner = async work => {
    code = await runWith(io, work)
  }
  const program = await makeProgram(run, '0.0.0', args, providers)
  quiet(program, text => {
    err += text
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    code = error.exitCode === 0 ? 0 : 1
  }
  return { code, out, err }
}

function quiet(command: Command, write: (text: string) => void): void {
  command.exitOverride().configureOutput({ writeOut: write, writeErr: write })
  for (const below of command.commands) quiet(below, write)
}
