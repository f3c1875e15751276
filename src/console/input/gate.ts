import { Readable } from 'node:stream'
import type { InputEvent } from './key.ts'
import { InputParser } from './parser.ts'

/** How long an escape character may be alone before it counts as the esc key, in milliseconds. */
const escapeWait = 30

/** The terminal's input, as the gate needs it: a TTY, or a stream that replaces it. */
export interface InputSource {
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown
  off(event: 'data', listener: (bytes: Uint8Array) => void): unknown
  resume(): unknown
  pause(): unknown
  setRawMode?(raw: boolean): unknown
}

/**
 * Sits between the terminal and Ink. Only the gate reads the terminal; it passes typed events to one listener. For Ink
 * it is a standard input on which nothing ever arrives: Ink's own parser would treat glued keys as one, and let pasted
 * text press keys if no field is mounted.
 */
export class InputGate extends Readable {
  readonly isTTY = true
  private readonly source: InputSource
  private readonly listener: (event: InputEvent) => void
  private parser = new InputParser()
  private timer: NodeJS.Timeout | undefined
  private readonly onData = (bytes: Uint8Array) => this.receive(bytes)

  constructor(source: InputSource, listener: (event: InputEvent) => void) {
    super({ objectMode: true })
    this.source = source
    this.listener = listener
    this.setMaxListeners(0)
  }

  /** Puts the terminal in raw mode and reads it. */
  start(): void {
    this.source.setRawMode?.(true)
    this.source.on('data', this.onData)
    this.source.resume()
  }

  /** Gives the terminal's input back. */
  stop(): void {
    clearTimeout(this.timer)
    this.parser = new InputParser()
    this.source.off('data', this.onData)
    this.source.pause()
    this.source.setRawMode?.(false)
  }

  override _read(): void {}

  /** Ink asks for raw mode when a component reads keys; here it is on as long as the gate is open. */
  setRawMode(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  private receive(bytes: Uint8Array): void {
    clearTimeout(this.timer)
    this.tell(this.parser.push(bytes))
    if (this.parser.waits) this.timer = setTimeout(() => this.tell(this.parser.flush()), escapeWait)
  }

  private tell(events: readonly InputEvent[]): void {
    for (const event of events) this.listener(event)
  }
}
