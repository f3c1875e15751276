import { Worker } from 'node:worker_threads'
import type { Problem } from '../../../model/problem.ts'
import type { ProblemCode } from '../../../model/problems/problem-code.ts'
import type { LintOptions } from '../options.ts'
import type { WorkerInput, WorkerMessage, WorkerResult } from './protocol.ts'

const TIME_LIMIT_MS = 30_000
const MEMORY_LIMIT_MB = 1500
/** What the engine of functions needs of the thread's own stack. */
const STACK_MB = 16
/** How long the worker and its rules may take to load, where one specification may take less. */
const START_LIMIT_MS = 30_000

/** Called for each file as soon as it is linted. */
export type OnLinted = (file: string, result: WorkerResult, rulesetFiles: readonly string[]) => void

/**
 * Lints files in a worker that is ended if it takes too long or too much memory; the offending file is reported, with
 * the rule that was running, and the rest continues in a new worker. Returns problems that concern all files.
 */
export async function runWorkers(
  files: readonly string[],
  options: LintOptions,
  onLinted: OnLinted,
): Promise<readonly Problem[]> {
  let left = files
  while (left.length > 0) {
    const run = new WorkerRun(left, options, onLinted)
    const outcome = await run.finished
    if (outcome.problems.length > 0) return outcome.problems
    if (outcome.culprit === undefined) return []
    onLinted(outcome.culprit.file, failed(outcome.culprit.problem), [])
    left = left.slice(left.indexOf(outcome.culprit.file) + 1)
  }
  return []
}

function failed(problem: Problem): WorkerResult {
  return { findings: [], problems: [problem], read: [], unread: [] }
}

interface Outcome {
  readonly problems: readonly Problem[]
  /** The file at which the worker had to be ended. */
  readonly culprit?: { readonly file: string; readonly problem: Problem }
}

class WorkerRun {
  readonly finished: Promise<Outcome>
  readonly #worker: Worker
  readonly #limit: number
  readonly #memory: number
  readonly #current = new SharedArrayBuffer(4)
  readonly #rules: string[] = []
  readonly #onLinted: OnLinted
  readonly #resolve: (outcome: Outcome) => void
  #rulesetFiles: readonly string[] = []
  #left: number
  #file: string
  #timer: NodeJS.Timeout | undefined

  constructor(files: readonly string[], options: LintOptions, onLinted: OnLinted) {
    const { signal, cacheFolder: _cache, ...rest } = options
    this.#limit = options.timeLimitMs ?? TIME_LIMIT_MS
    this.#memory = options.memoryLimitMb ?? MEMORY_LIMIT_MB
    this.#onLinted = onLinted
    this.#file = files[0] ?? ''
    this.#left = files.length
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    this.finished = promise
    this.#resolve = resolve
    const workerData: WorkerInput = { files, options: rest, current: this.#current }
    // The bundle has the worker beside it; the sources are run as they are.
    const entry = import.meta.url.endsWith('.ts')
      ? new URL('./worker.ts', import.meta.url)
      : new URL('./lint-worker.js', import.meta.url)
    this.#worker = new Worker(entry, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: this.#memory, stackSizeMb: STACK_MB },
    })
    this.#restartTimer(Math.max(this.#limit, START_LIMIT_MS))
    this.#worker.on('message', (message: WorkerMessage) => this.#take(message))
    this.#worker.on('error', error => this.#fail(error))
    this.#worker.on('exit', () => this.#exit())
    const stop = (): void =>
      this.#end({ problems: [{ code: 'lint-stopped', message: 'Linting was stopped' }] })
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop, { once: true })
  }

  #take(message: WorkerMessage): void {
    if (message.type === 'ready') this.#rulesetFiles = message.rulesetFiles
    if (message.type === 'rule') this.#rules.push(message.name)
    if (message.type === 'failed') this.#end({ problems: message.problems })
    if (message.type === 'started') {
      this.#file = message.file
      this.#restartTimer(this.#limit)
    }
    if (message.type !== 'done') return
    this.#left -= 1
    this.#onLinted(message.file, message.result, this.#rulesetFiles)
  }

  #restartTimer(limit: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#blame('lint-time', `took more than ${limit / 1000} s`), limit)
  }

  #fail(error: unknown): void {
    const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    if (isMemory) this.#blame('lint-memory', `took more than ${this.#memory} MB of memory`)
    else this.#blame('lint-failed', `failed: ${error instanceof Error ? error.message : String(error)}`)
  }

  /** A function of a ruleset may end the worker: what was not linted must not look clean. */
  #exit(): void {
    if (this.#left > 0) this.#blame('lint-failed', 'did not finish')
    else this.#end({ problems: [] })
  }

  /** Ends the run for the file that is being linted. */
  #blame(code: ProblemCode, what: string): void {
    const rule = this.#rules[Atomics.load(new Int32Array(this.#current), 0)]
    const where = rule === undefined ? '' : ` in the rule "${rule}"`
    const message = `Linting ${this.#file} ${what}${where} and was ended`
    const hint = 'Check the regular expressions of the rule, or turn it off.'
    const problem = { code, message, ...(rule === undefined ? {} : { hint }) }
    this.#end({ problems: [], culprit: { file: this.#file, problem } })
  }

  #end(outcome: Outcome): void {
    clearTimeout(this.#timer)
    this.#resolve(outcome)
    void this.#worker.terminate()
  }
}
