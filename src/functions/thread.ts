import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Reply, Request, ThreadData } from './protocol.ts'

/** What a thread of functions is made for. */
export type ThreadOptions = Omit<ThreadData, 'port' | 'answered'>

/** How long the thread itself may take to start, beside what a request may take, in milliseconds. */
const startLimit = 30_000

/** What QuickJS needs of the thread's own stack: its limit must be met first. */
const stackSizeMb = 16

/**
 * A thread in which functions run, asked one request after the other. An answer that does not come in time ends the
 * thread: QuickJS can't be relied on to end itself, for its own loops meet no handler.
 */
export class FunctionThread {
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #answered = new Int32Array(new SharedArrayBuffer(4))
  #sent = 0
  #started = false
  #alive = true

  constructor(options: ThreadOptions) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    const workerData: ThreadData = { ...options, port: port2, answered: this.#answered.buffer }
    // The bundle has it beside this file; the sources are run as they are.
    const entry = import.meta.url.endsWith('.ts')
      ? new URL('./worker.ts', import.meta.url)
      : new URL('./function-worker.js', import.meta.url)
    this.#worker = new Worker(entry, {
      workerData,
      transferList: [port2],
      execArgv: [],
      env: {},
      stdout: true,
      stderr: true,
      resourceLimits: { stackSizeMb },
    })
    // A thread that fails answers nothing, which is told by the time that it takes.
    this.#worker.on('error', () => {})
    this.#worker.unref()
  }

  /** Whether it can be asked. */
  get alive(): boolean {
    return this.#alive
  }

  /** Waits for an answer without leaving the caller's turn; undefined: it took too long, and the thread was ended. */
  ask(request: Request, milliseconds: number): Reply | undefined {
    if (!this.#started && this.#wait({ type: 'start' }, startLimit) === undefined) return undefined
    return this.#wait(request, milliseconds)
  }

  /** The same, while the caller does other things. */
  async askLater(request: Request, milliseconds: number): Promise<Reply | undefined> {
    this.#worker.ref()
    if (!this.#started && (await this.#waitLater({ type: 'start' }, startLimit)) === undefined)
      return undefined
    const reply = await this.#waitLater(request, milliseconds)
    this.#worker.unref()
    return reply
  }

  /** Ends the thread. */
  close(): void {
    this.#alive = false
    this.#port.close()
    void this.#worker.terminate()
  }

  #wait(request: Request, milliseconds: number): Reply | undefined {
    Atomics.wait(this.#answered, 0, this.#send(request), milliseconds)
    return this.#take()
  }

  async #waitLater(request: Request, milliseconds: number): Promise<Reply | undefined> {
    const { async, value } = Atomics.waitAsync(this.#answered, 0, this.#send(request), milliseconds)
    if (async) await value
    return this.#take()
  }

  /** Gives how many requests were answered before this one is. */
  #send(request: Request): number {
    this.#port.postMessage(request)
    this.#sent += 1
    return this.#sent - 1
  }

  #take(): Reply | undefined {
    const received: { readonly message: Reply } | undefined = receiveMessageOnPort(this.#port)
    if (received === undefined) this.close()
    else this.#started = true
    return received?.message
  }
}
