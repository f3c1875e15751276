import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { Driver } from './driver.ts'

/** The state of a process as the kernel tells it: `T` is stopped. */
function stateOf(pid: number): string {
  return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? ''
}

it.skipIf(process.platform !== 'linux')(
  'ctrl-z hands the terminal to the shell and stops; continued, it is as before',
  async () => {
    await using console = Driver.start(['demo'])
    await console.waitFor(screen => ['EXPOSED', 'HALF-DONE', 'UNSEEN'].every(word => screen.includes(word)))
    console.press('j')
    await console.waitFor(/^>HALF-DONE/m)
    for (let round = 0; round < 2; round++) {
      console.press('ctrl+z')
      await console.waitFor(() => !console.isFullScreen)
      await expect.poll(() => stateOf(console.pid)).toBe('T')
      process.kill(console.pid, 'SIGCONT')
      await console.waitFor(screen => console.isFullScreen && /^>HALF-DONE/m.test(screen))
    }
    console.press('k')
    await console.waitFor(/^>EXPOSED/m)
    console.press('q')
    expect(await console.exited).toBe(0)
  },
)

it.skipIf(process.platform !== 'linux')(
  'stopped and continued from outside, it draws its screen again',
  async () => {
    await using console = Driver.start(['demo'])
    await console.waitFor('EXPOSED')
    process.kill(console.pid, 'SIGSTOP')
    await expect.poll(() => stateOf(console.pid)).toBe('T')
    // What another program left behind meanwhile.
    const before = console.screen()
    await new Promise<void>(resolve => console.terminal.write('\x1b[?1049l\x1b[2J\x1b[Hshell $ ', resolve))
    expect(console.isFullScreen).toBe(false)
    process.kill(console.pid, 'SIGCONT')
    await console.waitFor(screen => console.isFullScreen && screen.includes('EXPOSED'))
    expect(console.lines()).toHaveLength(before.split('\n').length)
  },
)
