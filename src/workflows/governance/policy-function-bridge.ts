// Stands between a main thread that waits and the process that runs policies' functions: it can end that process.
// Started as a worker by policy-functions.ts.
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { workerData } from 'node:worker_threads'
import {
  answered,
  type BridgeData,
  type BridgeMessage,
  type End,
  type FunctionCall,
  type LoadMessage,
  type ProcessMessage,
} from './policy-function-protocol.ts'

const { files, limits, port, answer: shared }: BridgeData = workerData
const answer = new Int32Array(shared)

/** How often the memory of the process is looked at while it works, in milliseconds. */
const look = 20

// The bundle has it beside this file; the sources are run as they are.
const entry = import.meta.url.endsWith('.ts')
  ? new URL('./policy-function-process.ts', import.meta.url)
  : new URL('./policy-function-process.js', import.meta.url)
const child = fork(fileURLToPath(entry), {
  execArgv: [`--max-old-space-size=${limits.megabytes}`],
  // What it prints would tear a screen, and the environment holds secrets.
  stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  env: {},
  serialization: 'advanced',
})

let loading: string | null = files[0]?.name ?? ''
let timer: NodeJS.Timeout | undefined
let watch: NodeJS.Timeout | undefined
let end: End | null = null

/** Megabytes that the process has in memory, where the system tells: proc_pid_status(5). */
function megabytes(): number {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** The memory that Node itself takes. */
const ownMegabytes = 100

function stop(why: End): void {
  end ??= why
  child.kill('SIGKILL')
}

function begin(): void {
  clearTimeout(timer)
  timer = setTimeout(() => stop('time'), limits.milliseconds)
  watch ??= setInterval(() => {
    if (megabytes() > limits.megabytes + ownMegabytes) stop('memory')
  }, look)
}

function done(): void {
  clearTimeout(timer)
  clearInterval(watch)
  watch = undefined
}

function tell(message: BridgeMessage): void {
  port.postMessage(message)
}

function send(message: ProcessMessage): void {
  // An end is told by the event of that name.
  if (child.connected) child.send(message, () => {})
}

child.on('message', (message: LoadMessage | boolean) => {
  if (typeof message === 'boolean') {
    done()
    give(message ? answered.yes : answered.no)
  } else if (message.type === 'loading') {
    loading = message.name
    begin()
  } else {
    if (message.type === 'ready') {
      loading = null
      done()
    }
    tell(message)
  }
})
child.on('exit', (_code, signal) => {
  done()
  // V8 aborts where the heap is full.
  end ??= signal === 'SIGABRT' || signal === 'SIGTRAP' || signal === 'SIGILL' ? 'memory' : 'exit'
  if (loading === null) give(answered[end])
  else tell({ type: 'ended', name: loading, end })
})

function give(state: number): void {
  if (Atomics.compareExchange(answer, 0, answered.asked, state) === answered.asked) Atomics.notify(answer, 0)
}

port.on('message', (call: FunctionCall) => {
  if (end !== null) return give(answered[end])
  begin()
  send(call)
})
begin()
send({ files })
