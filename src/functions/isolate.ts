import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import variant from '@jitl/quickjs-wasmfile-release-sync'
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
} from 'quickjs-emscripten-core'
import { harnessCode, said } from './harness.ts'
import { importedName, ModuleError } from './modules.ts'

/** What an isolate returns for a call. */
export type Said =
  | { readonly type: 'verdict'; readonly passes: boolean }
  /** A function's result, as JSON. */
  | { readonly type: 'data'; readonly json: string }
  /** The function's fault, as a clause. */
  | { readonly type: 'fault'; readonly what: string }

/** Where an isolate gets the code of modules; throws `ModuleError`. */
export interface ModuleSource {
  read(name: string): string
}

/** The documents that a function may request, as JSON; undefined: there is none with this name. */
export type Documents = (name: string) => string | undefined

const page = 65_536
/** The memory that QuickJS requests at its start, in pages. */
const initialPages = 256
const stackBytes = 512 * 1024

/**
 * One JavaScript file of a repository, with its imports, in its own QuickJS: a WebAssembly instance with only its own
 * memory, of a fixed size, that receives nothing from the host but texts. It has no files, network, processes, timers
 * or environment, and no other function can change what it sees. Time isn't limited here: the caller must be able to
 * end the thread from outside, because QuickJS has loops of its own that no handler interrupts.
 */
export class Isolate {
  readonly #runtime: QuickJSRuntime
  readonly #context: QuickJSContext
  readonly #verdict: QuickJSHandle
  readonly #data: QuickJSHandle
  #made: QuickJSHandle | undefined
  /** Why it can't be asked any more. */
  #fault: string | undefined

  private constructor(context: QuickJSContext, documents: Documents) {
    this.#context = context
    this.#runtime = context.runtime
    const made = context.unwrapResult(context.evalCode(harnessCode, 'harness'))
    const ask = context.newFunction('document', name => {
      const text = documents(context.getString(name))
      return text === undefined ? context.undefined : context.newString(text)
    })
    const harness = context.unwrapResult(context.callFunction(made, context.undefined, ask))
    made.dispose()
    ask.dispose()
    this.#verdict = context.getProp(harness, 0)
    this.#data = context.getProp(harness, 1)
    harness.dispose()
  }

  /** Starts an empty isolate with this many megabytes, at least 17. */
  static async start(megabytes: number, documents: Documents = () => undefined): Promise<Isolate> {
    engine ??= readFile(engineFile()).then(bytes => new WebAssembly.Module(bytes))
    const maximum = Math.max(initialPages + 16, Math.floor((megabytes * 2 ** 20) / page))
    const quickjs = await newQuickJSWASMModuleFromVariant(
      newVariant(variant, {
        wasmModule: await engine,
        wasmMemory: new WebAssembly.Memory({ initial: initialPages, maximum }),
        emscriptenModule: silent,
      }),
    )
    const runtime = quickjs.newRuntime()
    runtime.setMaxStackSize(stackBytes)
    return new Isolate(runtime.newContext(), documents)
  }

  /** Runs a module and its imports, and takes its default export; returns why it can't be used, as a clause. */
  load(name: string, source: ModuleSource): string | undefined {
    const refusals: string[] = []
    const orRefused = (ask: () => string): string | { readonly error: Error } => {
      try {
        return ask()
      } catch (error) {
        if (!(error instanceof ModuleError)) throw error
        refusals.push(error.message)
        return { error }
      }
    }
    this.#runtime.setModuleLoader(
      wanted => orRefused(() => source.read(wanted)),
      (from, wanted) => orRefused(() => importedName(from, wanted)),
    )
    try {
      const why = this.#run(name, source.read(name))
      return why === undefined ? undefined : (refusals[0] ?? why)
    } catch (error) {
      if (error instanceof ModuleError) return error.message
      return this.#end()
    } finally {
      // A later import, by an import() in a call, is refused.
      this.#runtime.removeModuleLoader()
    }
  }

  /** Whether the function returns `true` for a value, given as JSON; undefined: there is no value. */
  verdict(value: string | undefined): Said {
    return this.#call(this.#verdict, [value])
  }

  /** The function's result for values given as JSON, at most three. */
  data(values: readonly (string | undefined)[]): Said {
    return this.#call(this.#data, values)
  }

  #run(name: string, code: string): string | undefined {
    const context = this.#context
    const evaluated = context.evalCode(code, name, { type: 'module' })
    if (evaluated.error) return this.#thrown(evaluated.error)
    const jobs = this.#runtime.executePendingJobs()
    if (jobs.error) return this.#thrown(jobs.error)
    const state = context.getPromiseState(evaluated.value)
    if (state.type === 'pending') return 'it waits for something that never comes'
    if (state.type === 'rejected') return this.#thrown(state.error)
    const made = context.getProp(state.value, 'default')
    if (context.typeof(made) !== 'function') return 'it has no function as its default export'
    this.#made = made
    return undefined
  }

  #call(way: QuickJSHandle, values: readonly (string | undefined)[]): Said {
    if (this.#fault !== undefined) return { type: 'fault', what: this.#fault }
    if (!this.#made) throw new Error('An isolate is loaded before it is asked')
    const context = this.#context
    try {
      const given = values.map(value => (value === undefined ? context.undefined : context.newString(value)))
      const answered = context.callFunction(way, context.undefined, this.#made, ...given)
      for (const value of given) value.dispose()
      // The harness itself had no room any more.
      if (answered.error) return { type: 'fault', what: this.#thrown(answered.error) }
      const text = context.getString(answered.value)
      answered.value.dispose()
      return saidIn(text)
    } catch {
      return { type: 'fault', what: this.#end() }
    }
  }

  /** What was thrown inside, as far as it can be determined. */
  #thrown(error: QuickJSHandle): string {
    const context = this.#context
    const [name, message] = ['name', 'message'].map(field => {
      const value = context.getProp(error, field)
      return context.typeof(value) === 'string' ? context.getString(value).slice(0, longestMessage) : ''
    })
    error.dispose()
    // If there is no room for an error either.
    if (name === '' && message === '') return 'out of memory'
    return `${name}: ${message}`
  }

  /**
   * The engine itself failed, for example because the thread's own stack is full: nothing in it is reliable any more.
   */
  #end(): string {
    this.#fault = 'it broke the engine that it ran in'
    return this.#fault
  }
}

const longestMessage = 200

let engine: Promise<WebAssembly.Module> | undefined

/** QuickJS itself: the bundle has it next to this file; the sources take it from its package. */
function engineFile(): string | URL {
  if (!import.meta.url.endsWith('.ts')) return new URL('./quickjs.wasm', import.meta.url)
  return createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')
}

/** What the engine prints when it fails would tear a screen. */
const silent = { locateFile: (name: string) => name, print: () => {}, printErr: () => {} }

function saidIn(text: string): Said {
  const rest = text.slice(1)
  switch (text[0]) {
    case said.yes:
      return { type: 'verdict', passes: true }
    case said.no:
      return { type: 'verdict', passes: false }
    case said.data:
      return { type: 'data', json: rest }
    default:
      return { type: 'fault', what: rest }
  }
}
