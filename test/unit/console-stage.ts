import { EventEmitter } from 'node:events'
import { tmpdir } from 'node:os'
import xterm from '@xterm/headless'
import { openConsole } from '../../src/console/main.ts'
import type { FleetPort } from '../../src/workflows/fleet/fleet-port.ts'
import { now } from './console-fleet.ts'

/** How a console is put on stage. */
export interface StageOptions {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
  readonly theme?: string
}

/** A console on a terminal in memory: bytes go in as keys, and what a person would see comes out. */
export class Stage implements AsyncDisposable {
  readonly #input = new EventEmitter()
  readonly #output = new EventEmitter()
  readonly #terminal: InstanceType<typeof xterm.Terminal>
  readonly #size: { columns: number; rows: number }
  readonly ended: Promise<number>
  /** All that was sent to the terminal. */
  sent = ''

  constructor(workflows: FleetPort, { columns = 80, rows = 24, env = {}, theme }: StageOptions = {}) {
    this.#size = { columns, rows }
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 })
    const stage = this
    this.ended = openConsole(workflows, {
      now: () => now,
      env: { TERM: 'xterm-256color', ...env },
      logFolder: tmpdir(),
      theme,
      terminal: {
        input: Object.assign(this.#input, { resume: () => {}, pause: () => {}, setRawMode: () => {} }),
        output: {
          isTTY: true,
          getColorDepth: () => 24,
          get columns() {
            return stage.#size.columns
          },
          get rows() {
            return stage.#size.rows
          },
          write(text) {
            stage.sent += text
            stage.#terminal.write(text)
          },
          on: (event, listener) => this.#output.on(event, listener),
          off: (event, listener) => this.#output.off(event, listener),
        },
      },
    })
  }

  get terminal(): InstanceType<typeof xterm.Terminal> {
    return this.#terminal
  }

  /** Sends bytes as the terminal would, all at once, and waits until the console has done with them. */
  async type(text: string): Promise<void> {
    this.#input.emit('data', Buffer.from(text))
    await this.settled()
  }

  /** Sends bytes and does not wait. */
  typeNow(text: string): void {
    this.#input.emit('data', Buffer.from(text))
  }

  async resize(columns: number, rows: number): Promise<void> {
    this.#size.columns = columns
    this.#size.rows = rows
    this.#terminal.resize(columns, rows)
    this.#output.emit('resize')
    await this.settled()
  }

  /** Waits until nothing moves any more. */
  async settled(): Promise<void> {
    for (let quiet = 0, seen = -1; quiet < 6; quiet++) {
      await new Promise(resolve => setImmediate(resolve))
      if (this.sent.length !== seen) quiet = 0
      seen = this.sent.length
    }
    await new Promise<void>(resolve => this.#terminal.write('', resolve))
  }

  lines(): readonly string[] {
    const { active } = this.#terminal.buffer
    return Array.from({ length: this.#terminal.rows }, (_, at) =>
      (active.getLine(at)?.translateToString(true) ?? '').trimEnd(),
    )
  }

  screen(): string {
    return this.lines().join('\n')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.type('\x03')
    await this.ended
    this.#terminal.dispose()
  }
}

/** A console on stage, drawn. */
export async function stage(workflows: FleetPort, options: StageOptions = {}): Promise<Stage> {
  const console = new Stage(workflows, options)
  await console.settled()
  return console
}
