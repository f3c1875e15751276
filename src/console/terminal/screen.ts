import { Writable } from 'node:stream'
import { frameLines } from './ink-output.ts'
import { beginFrame, endFrame, paint } from './paint.ts'

/** The terminal, as the screen needs it: a TTY, or a stream in its place. */
export interface Display {
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  write(text: string): unknown
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
}

/**
 * The standard output that Ink draws on. Ink writes whole frames; the difference from the previous frame goes to the
 * terminal, in one write. Terminal modes are the session's responsibility: Ink's own are not passed on.
 */
export class Screen extends Writable {
  readonly isTTY = true
  private readonly display: Display
  private latest: string | null = null
  private shown: readonly string[] | null = null
  private started = false
  private open = false
  private drawn = 0
  /** Called when the terminal shows what was drawn last. */
  onFrame: () => void = () => {}
  private readonly onResize = () => {
    // Ink lays out the old tree at once; what is drawn is the frame for the new size.
    this.open = false
    this.emit('resize')
    setImmediate(() => {
      this.open = this.started
      this.redraw()
    })
  }

  constructor(display: Display) {
    super({ decodeStrings: false })
    this.display = display
    this.setMaxListeners(0)
  }

  get columns(): number {
    return this.display.columns || 80
  }

  get rows(): number {
    return this.display.rows || 24
  }

  /** How many frames the terminal got. */
  get frames(): number {
    return this.drawn
  }

  /** Draws from here on, at first all of the latest frame: what the terminal shows is unknown. */
  start(): void {
    if (!this.started) this.display.on('resize', this.onResize)
    this.started = true
    this.open = true
    this.redraw()
  }

  /** Draws nothing from here on; the latest frame is kept. */
  stop(): void {
    this.display.off('resize', this.onResize)
    this.started = false
    this.open = false
  }

  /** Redraws the whole latest frame. */
  redraw(): void {
    this.shown = null
    if (this.open && this.latest !== null) this.draw(this.latest)
  }

  override _write(chunk: unknown, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (typeof chunk === 'string' && chunk !== '' && !chunk.startsWith('\x1b[?')) {
      this.latest = chunk
      if (this.open) this.draw(chunk)
    }
    done()
  }

  private draw(frame: string): void {
    const lines = frameLines(frame).slice(0, this.rows)
    const bytes = paint(this.shown, lines, this.columns)
    this.shown = lines
    if (bytes !== '') {
      this.drawn += 1
      this.display.write(beginFrame + bytes + endFrame)
    }
    this.onFrame()
  }
}
