import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Logger } from 'pino'

/** The console's log: a file, since the screen is in use. Loaded with its first line. */
export interface ConsoleLog {
  readonly file: string
  warn(message: string): void
  /** Writes an error down before the promise ends; never throws. */
  error(error: unknown): Promise<void>
}

/** A log that is written to a file. Nothing is created before there is something to log. */
export function openLog(file: string): ConsoleLog {
  let logger: Promise<Logger> | undefined
  const open = () => {
    logger ??= import('pino').then(({ pino }) =>
      pino({ base: { pid: process.pid } }, pino.destination({ dest: file, mkdir: true, sync: true })),
    )
    return logger
  }
  const write = async (tell: (to: Logger) => void, fallback: string) => {
    try {
      tell(await open())
    } catch {
      try {
        mkdirSync(dirname(file), { recursive: true })
        appendFileSync(file, `${fallback}\n`)
      } catch {
        // Nowhere to write to: the console continues without a log.
      }
    }
  }
  return {
    file,
    warn: message => void write(to => to.warn(message), message),
    error: error =>
      write(to => to.error(error), error instanceof Error ? (error.stack ?? error.message) : String(error)),
  }
}

/**
 * Sends what libraries print to the log: on the console's screen it would tear the frame. Returns a function that
 * undoes this.
 */
export function captureOutput(log: ConsoleLog): () => void {
  const original = {
    log: console.log,
    info: console.info,
    warn: console.warn,
    error: console.error,
    debug: console.debug,
  }
  const tell = (...words: readonly unknown[]) =>
    log.warn(words.map(word => (word instanceof Error ? word.stack : String(word))).join(' '))
  Object.assign(console, { log: tell, info: tell, warn: tell, error: tell, debug: tell })
  const warnings = process.listeners('warning')
  process.removeAllListeners('warning')
  const onWarning = (warning: Error) => log.warn(warning.stack ?? warning.message)
  process.on('warning', onWarning)
  return () => {
    Object.assign(console, original)
    process.off('warning', onWarning)
    for (const listener of warnings) process.on('warning', listener)
  }
}
