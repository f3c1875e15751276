import { Writable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { beginFrame, endFrame, paint } from './paint.ts'

/**
 * The output that Ink draws on. Ink gives whole frames; what differs from the one before goes to the terminal.
 * Modes of the terminal are the session's affair, so Ink's own control sequences are not passed on.
 */
export class Screen extends Writable {
  readonly isTTY = true
  /** Frames that reached the terminal. */
  frames = 0
  private readonly terminal: WriteStream
  private shown: readonly string[] | null = null
  private open = false
  private readonly onResize = () => {
    this.shown = null
    this.emit('resize')
  }

  constructor(terminal: WriteStream) {
    super({ decodeStrings: false })
    this.terminal = terminal
    this.setMaxListeners(0)
  }

  get columns(): number {
    return this.terminal.columns || 80
  }

  get rows(): number {
    return this.terminal.rows || 24
  }

  /** From here on frames are drawn; what the terminal shows is unknown. */
  start(): void {
    this.shown = null
    this.open = true
    this.terminal.on('resize', this.onResize)
  }

  /** From here on nothing is drawn: the terminal is someone else's. */
  stop(): void {
    this.open = false
    this.terminal.off('resize', this.onResize)
  }

  /** Draws the next frame in full. */
  forget(): void {
    this.shown = null
  }

  override _write(chunk: unknown, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.open && typeof chunk === 'string' && chunk !== '' && !chunk.startsWith('\x1b[?'))
      this.draw(chunk)
    done()
  }

  private draw(frame: string): void {
    const lines = frame.split('\n').slice(0, this.rows)
    const bytes = paint(this.shown, lines, this.columns)
    this.shown = lines
    if (bytes === '') return
    this.frames += 1
    this.terminal.write(beginFrame + bytes + endFrame)
  }
}
