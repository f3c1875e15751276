import type { Reply, Request } from '../../../functions/protocol.ts'
import { FunctionThread } from '../../../functions/thread.ts'
import { canonicalText, type Json } from '../../../model/json.ts'
import { type Problem, ProblemError } from '../../../model/problem.ts'

/** What functions may take. */
export interface FunctionLimits {
  /** For one call, and for loading one module. */
  readonly milliseconds: number
  /** For all calls of one function together. */
  readonly millisecondsInAll: number
  /** For one function. */
  readonly megabytes: number
}

const usualLimits: FunctionLimits = { milliseconds: 2_000, millisecondsInAll: 20_000, megabytes: 64 }

/** Where functions are, and when they are asked. */
export interface FunctionPlaces {
  /** What names functions. */
  readonly root: string
  /** Folders that may contain functions and their imports, relative to the root. */
  readonly allowed: readonly string[]
  /** The time that functions see. */
  readonly now: Date
}

/** How many answers are kept: policies are evaluated on the same values repeatedly. */
const keptAnswers = 50_000

/** Functions that took too long, by the digests of their code: they aren't tried again in this process. */
const tooLong = new Map<string, string>()

/** How many may take too long before no function is called any more: each one delays whoever waits. */
const mostTooLong = 5

const hint =
  'A function takes a value and has no files, network, processes or environment: see docs/policies.md.'

/**
 * The JavaScript functions of policies, each in its own QuickJS, all in one thread that is ended if a function takes
 * too long. A call blocks until it is answered, since conditions are evaluated in sequence; an answer takes about 12
 * microseconds.
 */
export class PolicyFunctions {
  readonly #places: FunctionPlaces
  readonly #limits: FunctionLimits
  readonly #known = new Map<string, boolean>()
  readonly #spent = new Map<string, number>()
  readonly #digests = new Map<string, string>()
  /** Why a function is not asked any more. */
  readonly #ended = new Map<string, string>()
  /** The functions that the thread knows. */
  readonly #loaded = new Set<string>()
  #thread: FunctionThread | undefined

  private constructor(places: FunctionPlaces, limits: FunctionLimits) {
    this.#places = places
    this.#limits = limits
  }

  /** Loads functions by their names; returns what can't be used. */
  static async load(
    names: readonly string[],
    places: FunctionPlaces,
    limits: FunctionLimits = usualLimits,
  ): Promise<{ readonly functions: PolicyFunctions; readonly problems: readonly Problem[] }> {
    const functions = new PolicyFunctions(places, limits)
    const problems: Problem[] = []
    for (const name of names) {
      const reply = await functions.#running().askLater({ type: 'load', name }, limits.milliseconds)
      const what = functions.#take(name, reply)
      if (what !== null)
        problems.push({ code: 'policy-function', message: `the function ${name} ${what}`, hint })
    }
    return { functions, problems }
  }

  /** What a function returns for a value; throws a `ProblemError` that names the function and rule if it fails. */
  passes(name: string, rule: string, value: Json | undefined): boolean {
    const ended = this.#ended.get(name)
    if (ended !== undefined) throw problemOf(name, rule, ended)
    const text = value === undefined ? undefined : canonicalText(value)
    const asked = `${name}\n${text ?? ''}`
    const known = this.#known.get(asked)
    if (known !== undefined) return known
    const passed = this.#call(name, rule, text)
    if (this.#known.size >= keptAnswers) this.#known.clear()
    this.#known.set(asked, passed)
    return passed
  }

  /** Ends the thread. */
  close(): void {
    this.#thread?.close()
  }

  #call(name: string, rule: string, value: string | undefined): boolean {
    if (tooLong.size >= mostTooLong) {
      throw this.#endFor(name, rule, `is not called: ${tooLong.size} others took too long and were ended`)
    }
    const { milliseconds, millisecondsInAll } = this.#limits
    if (!this.#running().alive || !this.#loaded.has(name)) {
      const what = this.#take(name, this.#wait({ type: 'load', name }))
      if (what !== null) throw this.#endFor(name, rule, what)
    }
    const began = performance.now()
    const reply = this.#wait({ type: 'ask', name, value })
    if (reply?.type === 'fault') throw this.#endFor(name, rule, `can't be called: ${reply.what}`)
    if (reply?.type !== 'said') {
      throw this.#endForTime(name, rule, `did not answer within ${milliseconds / 1000} s and was ended`)
    }
    const spent = (this.#spent.get(name) ?? 0) + performance.now() - began
    this.#spent.set(name, spent)
    if (spent > millisecondsInAll) {
      throw this.#endForTime(
        name,
        rule,
        `took more than ${millisecondsInAll / 1000} s in total and was ended`,
      )
    }
    return reply.passes
  }

  #wait(request: Request): Reply | undefined {
    return this.#running().ask(request, this.#limits.milliseconds)
  }

  /** The thread, a new one where it had to be ended. */
  #running(): FunctionThread {
    if (this.#thread?.alive) return this.#thread
    this.#loaded.clear()
    const { root, allowed, now } = this.#places
    this.#thread = new FunctionThread({
      root,
      allowed,
      now: now.getTime(),
      megabytes: this.#limits.megabytes,
    })
    return this.#thread
  }

  /** Records the result of loading a function: null, or why it can't be used. */
  #take(name: string, reply: Reply | undefined): string | null {
    if (reply?.type !== 'loaded') {
      return `did not load within ${this.#limits.milliseconds / 1000} s and was ended`
    }
    if (reply.why !== null) return `can't be used: ${reply.why}`
    this.#loaded.add(name)
    this.#digests.set(name, reply.digest)
    const before = tooLong.get(reply.digest)
    if (before !== undefined) this.#ended.set(name, before)
    return null
  }

  #endForTime(name: string, rule: string, what: string): ProblemError {
    tooLong.set(this.#digests.get(name) ?? name, what)
    return this.#endFor(name, rule, what)
  }

  #endFor(name: string, rule: string, what: string): ProblemError {
    this.#ended.set(name, what)
    return problemOf(name, rule, what)
  }
}

function problemOf(name: string, rule: string, what: string): ProblemError {
  const message = `the function ${name} of the rule ${rule} ${what}`
  return new ProblemError([{ code: 'policy-function', message, hint }])
}
