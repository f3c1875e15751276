import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'
import { CommanderError } from 'commander'
import packageFile from '../../package.json' with { type: 'json' }
import { loadProviders, startAhead } from '../providers/index.ts'
import { exitCode, type Io, type Runner, runWith, tellFault } from './command.ts'
import { makeProgram } from './program.ts'
import { stopSignals } from './terminal/stop-signals.ts'
import { safeStreams } from './terminal/streams.ts'

const asked = stopSignals()
const outputIsTerminal = Boolean(process.stdout.isTTY)
const colour = outputIsTerminal && process.env.NO_COLOR === undefined
const streams = safeStreams({
  out: text => process.stdout.write(text),
  err: text => process.stderr.write(text),
  outputIsTerminal,
  colour,
  columns: process.stderr.columns ?? 80,
})

function processIo(): Io {
  const { stdin, stdout, stderr, env } = process
  return {
    ...streams,
    providers: loadProviders,
    input: () => untilStopped(text(stdin)),
    env,
    cwd: process.cwd(),
    interactive: Boolean(stdin.isTTY && stdout.isTTY),
    outputIsTerminal,
    progress: Boolean(stderr.isTTY),
    colour,
    signal: asked.stop,
    hurry: asked.hurry,
  }
}

/** The promise to wait for, unless the process is asked to end meanwhile. */
function untilStopped<T>(work: Promise<T>): Promise<T> {
  const { stop } = asked
  return new Promise((resolve, reject) => {
    stop.addEventListener('abort', () => {
      process.stdin.destroy()
      reject(stop.reason)
    })
    work.then(resolve, reject)
  })
}

// Exceeding the file size limit makes a write fail, which its caller learns, and doesn't end the process.
if (process.platform !== 'win32') process.on('SIGXFSZ', () => {})

// A reader that has seen enough (`| head`) closes the pipe, and a terminal can be closed while we write: that isn't a
// fault, and what was started must still end in order.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', error => {
    if (!('code' in error && (error.code === 'EPIPE' || error.code === 'EIO'))) throw error
  })
}

process.on('uncaughtException', error => {
  // The console listens too, and restores the terminal before it reports.
  if (process.listenerCount('uncaughtException') > 1) return
  tellFault(streams, error)
  process.exit(exitCode.error)
})

const run: Runner = async work => {
  const code = await runWith(processIo(), work)
  // What a signal interrupted did not fail: shells and schedulers distinguish the two.
  process.exitCode = code === exitCode.error ? (asked.exitCode() ?? code) : code
}

// A second core, if there is one, is idle while this one loads the command.
const [command = 'console'] = process.argv.slice(2)
if (['diff', 'plan', 'sync'].includes(command) && availableParallelism() > 1) startAhead()

const program = (
  await makeProgram(run, packageFile.version, process.argv.slice(2), loadProviders)
).exitOverride()
try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) tellFault(streams, error)
  const isDone = error instanceof CommanderError && error.exitCode === 0
  process.exitCode = isDone ? exitCode.same : exitCode.error
}
