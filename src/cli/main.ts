import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'
import { CommanderError } from 'commander'
import packageFile from '../../package.json' with { type: 'json' }
import { startParseThread } from '../manifest/parse-thread.ts'
import { exitCode, type Io, type Runner, runWith } from './command.ts'
import { makeProgram } from './program.ts'

const stopping = new AbortController()

function processIo(): Io {
  const { stdin, stdout, stderr, env } = process
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopping.abort()
      // A second one ends the program whatever it is doing.
      process.once(signal, () => process.exit(130))
    })
  }
  return {
    out: data => stdout.write(data),
    err: words => stderr.write(words),
    input: () => text(stdin),
    env,
    cwd: process.cwd(),
    interactive: Boolean(stdin.isTTY && stdout.isTTY),
    outputIsTerminal: Boolean(stdout.isTTY),
    progress: Boolean(stderr.isTTY),
    colour: Boolean(stdout.isTTY) && env.NO_COLOR === undefined,
    columns: stderr.columns ?? 80,
    signal: stopping.signal,
  }
}

// A reader that has seen enough (`| head`) closes the pipe, and a terminal can be closed while we write: that is no
// fault, and what was started must still be ended in order.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', error => {
    if (!('code' in error && (error.code === 'EPIPE' || error.code === 'EIO'))) throw error
  })
}

const run: Runner = async work => {
  process.exitCode = await runWith(processIo(), work)
}

// A second core, where there is one, has nothing to do while this one loads the command.
const [command = 'console'] = process.argv.slice(2)
if (['diff', 'plan', 'sync'].includes(command) && availableParallelism() > 1) startParseThread()

const program = (await makeProgram(run, packageFile.version, process.argv.slice(2))).exitOverride()
try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? exitCode.same : exitCode.error
}
