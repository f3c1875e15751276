import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Driver } from './driver.ts'

it('a crash while drawing exits 1 with the terminal restored, and the log that it names holds the trace', async () => {
  const work = mkdtempSync(join(tmpdir(), 'gatewatch-crash-'))
  try {
    // From this signal on nothing can be drawn any more: every rule across the screen throws.
    const trap = join(work, 'trap.mjs')
    writeFileSync(
      trap,
      "process.on('SIGUSR2', () => { String.prototype.repeat = () => { throw new Error('the pen broke') } })",
    )
    await using console = Driver.start(['demo'], {
      env: { NODE_OPTIONS: `--import ${trap}`, GATEWATCH_STATE_DIR: work },
    })
    await console.waitFor('EXPOSED')
    expect(console.isFullScreen).toBe(true)
    console.signal('SIGUSR2')
    console.resize(100, 30)
    expect(await console.exited).toBe(1)
    expect(console.isFullScreen).toBe(false)
    const text = console.screen()
    expect(text).toContain('the console crashed. Error: the pen broke')
    expect(text).not.toMatch(/\n\s+at /)
    const log = /details are in (\S+)/.exec(text)?.[1] ?? ''
    expect(readFileSync(log, 'utf8')).toMatch(/the pen broke.*at /s)
  } finally {
    await rm(work, { recursive: true })
  }
})
