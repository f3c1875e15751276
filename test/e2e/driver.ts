import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { project } from '../program.ts'

/** How the program is started. */
export interface StartOptions {
  readonly columns?: number
  readonly rows?: number
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Keys by name, as a terminal sends them. */
const keys: Readonly<Record<string, string>> = {
  enter: '\r',
  esc: '\x1b',
  tab: '\t',
  space: ' ',
  backspace: '\x7f',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  pgup: '\x1b[5~',
  pgdn: '\x1b[6~',
  'ctrl+c': '\x03',
  'ctrl+z': '\x1a',
}

/** The environment without what would take the colours away: the terminal here has them all. */
function withoutColourSettings(env: NodeJS.ProcessEnv): Record<string, string> {
  const { NO_COLOR: _no, NODE_DISABLE_COLORS: _disabled, ...rest } = env
  return Object.fromEntries(
    Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

const beginOfFrame = '\x1b[?2026h'
const endOfFrame = '\x1b[?2026l'

/** The built program in a pseudo-terminal, driven by keys; its screen is read as a person sees it. */
export class Driver implements AsyncDisposable {
  readonly #pty: ReturnType<typeof spawn>
  readonly #terminal: InstanceType<typeof xterm.Terminal>
  readonly #waiting = new Set<() => void>()
  /** The exit code, once it ended. */
  readonly exited: Promise<number>
  #code: number | undefined
  /** Bytes of a frame came whose end did not. */
  #inFrame = false
  /** The screen shows whole frames; what is there in between no person sees. */
  #isWhole = true
  #lastBytes = ''

  private constructor(args: readonly string[], options: StartOptions) {
    const { columns = 80, rows = 24 } = options
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 })
    this.#pty = spawn(process.execPath, [join(project, 'bin', 'gatewatch.js'), ...args], {
      name: 'xterm-256color',
      cols: columns,
      rows,
      cwd: options.cwd ?? project,
      env: { ...withoutColourSettings(process.env), CI: 'true', FORCE_COLOR: '3', ...options.env },
    })
    this.#pty.onData(data => {
      const text = this.#lastBytes + data
      this.#lastBytes = text.slice(-beginOfFrame.length)
      const [began, ended] = [text.lastIndexOf(beginOfFrame), text.lastIndexOf(endOfFrame)]
      if (began !== ended) this.#inFrame = began > ended
      const whole = !this.#inFrame
      this.#terminal.write(data, () => {
        this.#isWhole = whole
        if (whole) for (const look of this.#waiting) look()
      })
    })
    this.exited = new Promise(resolve => {
      this.#pty.onExit(({ exitCode, signal }) => {
        this.#code = signal ? 128 + signal : exitCode
        // What it wrote last is on the screen before anyone hears that it ended.
        this.#terminal.write('', () => {
          for (const look of this.#waiting) look()
          resolve(this.#code ?? 0)
        })
      })
    })
  }

  static start(args: readonly string[], options: StartOptions = {}): Driver {
    return new Driver(args, options)
  }

  get pid(): number {
    return this.#pty.pid
  }

  /** The lines on the screen, without blanks at their ends. */
  lines(): readonly string[] {
    const { active } = this.#terminal.buffer
    return Array.from({ length: this.#terminal.rows }, (_, at) =>
      (active.getLine(active.viewportY + at)?.translateToString(true) ?? '').trimEnd(),
    )
  }

  /** The whole screen as one text. */
  screen(): string {
    return this.lines().join('\n')
  }

  /** Whether the alternate screen is shown: the console has the terminal. */
  get isFullScreen(): boolean {
    return this.#terminal.buffer.active.type === 'alternate'
  }

  /** The terminal itself, for pictures and colours. */
  get terminal(): InstanceType<typeof xterm.Terminal> {
    return this.#terminal
  }

  /** Presses keys, by name or as they are: `press('j', 'enter')`. */
  press(...names: readonly string[]): void {
    for (const name of names) this.#pty.write(keys[name] ?? name)
  }

  /** Types a text, key by key but in one go. */
  type(text: string): void {
    this.#pty.write(text)
  }

  /** Pastes a text, as a terminal with bracketed paste does. */
  paste(text: string): void {
    this.#pty.write(`\x1b[200~${text}\x1b[201~`)
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows)
    this.#pty.resize(columns, rows)
  }

  signal(name: string): void {
    this.#pty.kill(name)
  }

  /** Closes the terminal itself, as a window that is closed or a line that breaks does. */
  hangUp(): void {
    const pty = this.#pty
    if (!('destroy' in pty) || typeof pty.destroy !== 'function')
      throw new Error('no way to close the terminal')
    pty.destroy()
  }

  /** Waits until the screen shows a text or satisfies a condition; fails with the screen as it is. */
  waitFor(wanted: string | RegExp | ((screen: string) => boolean), milliseconds = 20_000): Promise<string> {
    const holds = (screen: string): boolean =>
      typeof wanted === 'function'
        ? wanted(screen)
        : typeof wanted === 'string'
          ? screen.includes(wanted)
          : wanted.test(screen)
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const screen = this.screen()
        if (!holds(screen)) return
        done()
        resolve(screen)
      }
      const timer = setTimeout(() => {
        done()
        reject(new Error(`waited in vain for ${String(wanted)}; the screen was:\n${this.screen()}`))
      }, milliseconds)
      const done = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(look)
      }
      this.#waiting.add(look)
      if (this.#isWhole) look()
    })
  }

  /** Ends the program, whatever it is doing. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#code === undefined) this.#pty.kill('SIGTERM')
    const late = setTimeout(() => this.#pty.kill('SIGKILL'), 5_000)
    await this.exited
    clearTimeout(late)
    this.#terminal.dispose()
  }
}
