import { text } from 'node:stream/consumers'
import { setFlagsFromString } from 'node:v8'
import { CommanderError } from 'commander'
import packageFile from '../../package.json' with { type: 'json' }
import { exitCode, type Io, type Runner, runWith } from './command.ts'
import { makeProgram } from './program.ts'

// A command makes many short-lived objects and ends: V8 would let the space for new objects grow to five times what
// the command needs. The console lives on, and has frames to draw.
const [command = 'console'] = process.argv.slice(2)
if (command !== 'console') setFlagsFromString('--semi-space-growth-factor=1')
// Comparing goes through many objects once. The last stage of V8's compiler takes longer than it saves there, for
// 50,000 entities too; the stages before it do their work.
if (['diff', 'plan', 'sync', 'apply', 'dump'].includes(command)) setFlagsFromString('--no-opt')

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

const program = (await makeProgram(run, packageFile.version, process.argv.slice(2))).exitOverride()
try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? exitCode.same : exitCode.error
}
