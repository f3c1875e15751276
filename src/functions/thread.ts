import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Reply, Request, ThreadData } from './protocol.ts'

/** What a thread of functions is made for. */
export type ThreadOptions = Omit<ThreadData, 'port' | 'answered'>

/** How long the thread itself may take to start, in addition to a request, in milliseconds. */
const startLimit = 30_000

/** What QuickJS needs of the thread's own stack: its own limit must be reached first. */
const stackSizeMb = 16

/**
 * A thread that runs functions, one request after the other. If an answer doesn't arrive in time, the thread is ended:
 * QuickJS can't be relied on to end itself, since its own loops reach no handler.
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
    // The bundle has it next to this file; the sources are run directly.
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
    // A failed thread doesn't answer, which the timeout detects.
    this.#worker.on('error', () => {})
    this.#worker.unref()
  }

  /** Whether it can be asked. */
  get alive(): boolean {
    return this.#alive
  }

  /** Blocks until an answer arrives; undefined: it took too long, and the thread was ended. */
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
