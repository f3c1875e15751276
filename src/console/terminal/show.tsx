import { constants } from 'node:os'
import { render } from 'ink'
import type { ReactNode } from 'react'
import { safeText } from '../../model/safe-text.ts'
import { InputGate, type InputSource } from '../input/gate.ts'
import type { InputEvent } from '../input/key.ts'
import { runHere } from './editor.ts'
import { captureOutput, openLog } from './log.ts'
import { type Display, Screen } from './screen.ts'
import { TerminalSession } from './session.ts'

/** What a running console can do to its terminal. */
export interface TerminalControl {
  /** Ends the console; `showOnTerminal` then returns this code. */
  exit(code: number): void
  /** Ctrl-z: back to the shell until the job is continued. */
  suspend(): void
  /** Redraws the whole screen. */
  redraw(): void
  /** Lends the terminal to a program until it ends; a text: why it could not be run. */
  run(command: readonly [string, ...string[]]): Promise<string | null>
}

/** Where and how the console is shown. */
export interface TerminalOptions {
  readonly input: InputSource
  readonly output: Display
  readonly mouse: boolean
  readonly logFile: string
  /** What to draw. */
  readonly draw: (control: TerminalControl) => ReactNode
  /** Called with each key, paste and click, in order. */
  readonly onInput: (event: InputEvent, control: TerminalControl) => void
  /** Called when the terminal shows what was drawn last. */
  readonly onFrame?: () => void
}

const endingSignals = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const

/**
 * Shows the console until it exits and returns the exit code: the one given to `exit`, 128 plus the number of a signal
 * that ended it, or 1 after a crash, whose message and log file are printed once the terminal is restored.
 */
export async function showOnTerminal(options: TerminalOptions): Promise<number> {
  const log = openLog(options.logFile)
  const ended = Promise.withResolvers<number>()
  const crash = (error: unknown) => ended.reject(error)
  const screen = new Screen(options.output)
  if (options.onFrame) screen.onFrame = options.onFrame
  const gate = new InputGate(options.input, event => {
    try {
      options.onInput(event, control)
    } catch (error) {
      crash(error)
    }
  })
  const session = new TerminalSession({ gate, screen, display: options.output, mouse: options.mouse })
  const control: TerminalControl = {
    exit: code => ended.resolve(code),
    suspend: () => void session.suspend(),
    redraw: () => screen.redraw(),
    run: command => session.lend(() => runHere(command)),
  }

  const leave = () => session.leave()
  const signals = endingSignals.map(name => ({
    name,
    listener: () => {
      // A terminal sends these to every program of the job.
      if (session.isLent && (name === 'SIGINT' || name === 'SIGQUIT')) return
      ended.resolve(128 + constants.signals[name])
    },
  }))
  for (const { name, listener } of signals) process.on(name, listener)
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
  process.on('exit', leave)
  const unwatch = session.watchJobControl()
  const release = captureOutput(log)

  session.enter()
  // In Ink's debug mode frames arrive whole; the screen computes what to send. Keys never reach Ink.
  const app = render(options.draw(control), {
    stdin: gate,
    stdout: screen,
    debug: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: false,
  })
  app.waitUntilExit().then(() => ended.resolve(0), crash)
  try {
    return await ended.promise
  } catch (error) {
    session.leave()
    await log.error(error)
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    process.stderr.write(
      `gatewatch: the console crashed. ${safeText(message)}\nThe details are in ${safeText(log.file)}\n`,
    )
    return 1
  } finally {
    session.leave()
    app.unmount()
    release()
    unwatch()
    process.off('exit', leave)
    process.off('unhandledRejection', crash)
    process.off('uncaughtException', crash)
    for (const { name, listener } of signals) process.off(name, listener)
  }
}
