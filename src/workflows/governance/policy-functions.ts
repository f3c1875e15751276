import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { canonicalText, type Json } from '../../model/json.ts'
import { type Problem, ProblemError } from '../../model/problem.ts'
import {
  answered,
  type BridgeData,
  type BridgeMessage,
  type End,
  type FunctionCall,
  type FunctionFile,
  type FunctionLimits,
} from './policy-function-protocol.ts'

const usualLimits: FunctionLimits = { milliseconds: 2_000, millisecondsInAll: 20_000, megabytes: 256 }

/** How many answers are kept: policies are asked of the same values again and again. */
const keptAnswers = 50_000

const hint =
  'It is a JavaScript module whose default export takes a value and returns true where it is as it should be.'

/**
 * The JavaScript functions of policies, in a process that is ended where one takes too long or too much memory. A call
 * waits for its answer, as conditions are asked one after the other; an answer takes a tenth of a millisecond.
 */
export class PolicyFunctions {
  readonly #bridge: Worker
  readonly #port: MessagePort
  readonly #answer = new Int32Array(new SharedArrayBuffer(4))
  readonly #limits: FunctionLimits
  readonly #known = new Map<string, boolean>()
  readonly #spent = new Map<string, number>()
  /** Why it was ended; null: it runs. */
  #ended: { readonly name: string; readonly what: string } | null = null

  private constructor(files: readonly FunctionFile[], limits: FunctionLimits) {
    this.#limits = limits
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    const workerData: BridgeData = { files, limits, port: port2, answer: this.#answer.buffer }
    // The bundle has it beside this file; the sources are run as they are.
    const entry = import.meta.url.endsWith('.ts')
      ? new URL('./policy-function-bridge.ts', import.meta.url)
      : new URL('./policy-function-bridge.js', import.meta.url)
    this.#bridge = new Worker(entry, { workerData, transferList: [port2], execArgv: [] })
    this.#bridge.unref()
  }

  /** Loads modules by their names and URLs; gives what can't be used. */
  static async load(
    files: readonly FunctionFile[],
    limits: FunctionLimits = usualLimits,
  ): Promise<{ readonly functions: PolicyFunctions; readonly problems: readonly Problem[] }> {
    const functions = new PolicyFunctions(files, limits)
    const problems = await functions.#load()
    return { functions, problems }
  }

  #load(): Promise<readonly Problem[]> {
    const problems: Problem[] = []
    const problem = (name: string, what: string): void => {
      problems.push({ code: 'policy-function', message: `the function ${name} ${what}`, hint })
    }
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#port.removeAllListeners('message')
        this.#port.unref()
        resolve(problems)
      }
      this.#bridge.once('error', reject)
      this.#port.on('message', (message: BridgeMessage) => {
        if (message.type === 'unusable') problem(message.name, `can't be used: ${message.why}`)
        else {
          if (message.type === 'ended') {
            const what = this.#whatOf(message.end)
            this.#end(message.name, what)
            problem(message.name, `${what} while it was loaded`)
          }
          end()
        }
      })
    })
  }

  /** What a function says of a value; throws a `ProblemError` that names function and rule where it had to be ended. */
  passes(name: string, rule: string, value: Json | undefined): boolean {
    if (this.#ended) throw this.#error(this.#ended.name, rule, this.#ended.what)
    const asked = `${name}\n${value === undefined ? '' : canonicalText(value)}`
    const known = this.#known.get(asked)
    if (known !== undefined) return known
    const passed = this.#call(name, rule, value)
    if (this.#known.size >= keptAnswers) this.#known.clear()
    this.#known.set(asked, passed)
    return passed
  }

  #call(name: string, rule: string, value: Json | undefined): boolean {
    const began = performance.now()
    const call: FunctionCall = { name, value }
    Atomics.store(this.#answer, 0, answered.asked)
    this.#port.postMessage(call)
    // The bridge ends it much sooner.
    Atomics.wait(this.#answer, 0, answered.asked, 2 * this.#limits.milliseconds + 5_000)
    const state = Atomics.load(this.#answer, 0)
    if (state !== answered.yes && state !== answered.no) {
      throw this.#endFor(name, rule, this.#whatOf(endOf(state)))
    }
    const spent = (this.#spent.get(name) ?? 0) + performance.now() - began
    this.#spent.set(name, spent)
    const { millisecondsInAll } = this.#limits
    if (spent > millisecondsInAll) {
      throw this.#endFor(name, rule, `took more than ${millisecondsInAll / 1000} s in all and was ended`)
    }
    return state === answered.yes
  }

  #whatOf(end: End): string {
    if (end === 'memory') return `took more than ${this.#limits.megabytes} MB of memory and was ended`
    if (end === 'exit') return 'ended the process that it ran in'
    return `did not answer within ${this.#limits.milliseconds / 1000} s and was ended`
  }

  #endFor(name: string, rule: string, what: string): ProblemError {
    this.#end(name, what)
    return this.#error(name, rule, what)
  }

  #error(name: string, rule: string, what: string): ProblemError {
    const message = `the function ${name} of the rule ${rule} ${what}`
    return new ProblemError([
      { code: 'policy-function', message, hint: 'Look for a loop in it without an end.' },
    ])
  }

  #end(name: string, what: string): void {
    this.#ended = { name, what }
    this.close()
  }

  /** Ends the process. */
  close(): void {
    this.#port.close()
    void this.#bridge.terminate()
  }
}

function endOf(state: number): End {
  if (state === answered.memory) return 'memory'
  return state === answered.exit ? 'exit' : 'time'
}
