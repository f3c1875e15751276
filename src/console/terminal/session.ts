import type { InputGate } from '../input/gate.ts'
import type { Screen } from './screen.ts'

/** Modes that the console needs, and how each is set and reset. */
const modes = [
  { set: '\x1b[?1049h', reset: '\x1b[?1049l' }, // the alternate screen
  { set: '\x1b[?25l', reset: '\x1b[?25h' }, // no cursor
  { set: '\x1b[?7l', reset: '\x1b[?7h' }, // no wrapping of long lines
  { set: '\x1b[?2004h', reset: '\x1b[?2004l' }, // pastes come marked
] as const
const mouseModes = [
  { set: '\x1b[?1000h', reset: '\x1b[?1000l' }, // presses and the wheel
  { set: '\x1b[?1006h', reset: '\x1b[?1006l' }, // reported in SGR form
] as const

interface SessionOptions {
  readonly gate: InputGate
  readonly screen: Screen
  readonly display: { write(text: string): unknown }
  /** Whether clicks and the wheel act; then the terminal itself selects text only with shift. */
  readonly mouse: boolean
}

/** Owns the terminal while the console is open: its modes, its input, and restoring both. */
export class TerminalSession {
  private readonly options: SessionOptions
  private entered = false
  private suspending = false
  /** Another program has the terminal for a while. */
  private lent = false

  constructor(options: SessionOptions) {
    this.options = options
  }

  private get modes() {
    return this.options.mouse ? [...modes, ...mouseModes] : modes
  }

  enter(): void {
    if (this.entered) return
    this.entered = true
    this.options.display.write(this.modes.map(mode => mode.set).join(''))
    this.options.gate.start()
    this.options.screen.start()
  }

  /** Restores the terminal; does nothing when that was done already. */
  leave(): void {
    if (!this.entered) return
    this.entered = false
    this.options.screen.stop()
    this.options.gate.stop()
    const resets = this.modes.map(mode => mode.reset).reverse()
    this.options.display.write(`\x1b[0m${resets.join('')}`)
  }

  /**
   * Hands the terminal to the shell until the job is continued, as ctrl-z does for other programs: the whole process
   * group stops, so the shell sees a stopped job even if a package runner started the console.
   */
  async suspend(): Promise<void> {
    if (this.suspending || this.lent || process.platform === 'win32') return
    this.suspending = true
    this.leave()
    // Signal handlers keep no event loop alive, and neither does a restored terminal.
    const alive = setInterval(() => {}, 60_000)
    const { promise, resolve } = Promise.withResolvers<void>()
    process.once('SIGCONT', resolve)
    try {
      // This process itself ignores it (`watchJobControl`) and stops for certain by the next line.
      process.kill(0, 'SIGTSTP')
      process.kill(process.pid, 'SIGSTOP')
      await promise
    } finally {
      clearInterval(alive)
      process.off('SIGCONT', resolve)
      this.enter()
      // The group's own signal is delivered only once the process runs again.
      setImmediate(() => {
        this.suspending = false
      })
    }
  }

  /** Whether another program has the terminal: its keys, including ctrl-c, aren't ours. */
  get isLent(): boolean {
    return this.lent
  }

  /** Lends the terminal to another program until it ends. */
  async lend<T>(work: () => Promise<T>): Promise<T> {
    this.lent = true
    this.leave()
    try {
      return await work()
    } finally {
      this.lent = false
      this.enter()
    }
  }

  /** Suspends on a SIGTSTP from outside, and takes the terminal again after a stop that nobody announced. */
  watchJobControl(): () => void {
    if (process.platform === 'win32') return () => {}
    const onStop = () => {
      // Ctrl-z in the program that has the terminal stops the job; the terminal stays that program's.
      if (this.lent) process.kill(process.pid, 'SIGSTOP')
      else void this.suspend()
    }
    const onContinue = () => {
      if (this.suspending || !this.entered) return
      this.leave()
      this.enter()
    }
    process.on('SIGTSTP', onStop)
    process.on('SIGCONT', onContinue)
    return () => {
      process.off('SIGTSTP', onStop)
      process.off('SIGCONT', onContinue)
    }
  }
}
