import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { project } from '../program.ts'

/** How often the main thread of a process has woken up so far. */
function wakeUps(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^voluntary_ctxt_switches:\s*(\d+)$/m.exec(status)?.[1])
}

/** A port that nobody listens on, low enough for a proxy 1000 ports above. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return port > 64_535 ? port - 1000 : port
}

// Only Linux says how often a process wakes up.
test.runIf(existsSync('/proc/self/status'))(
  'a sandbox that receives no requests sleeps: no timer wakes it up again and again',
  async () => {
    const port = String(await freePort())
    const sandbox = spawn(
      process.execPath,
      [join(project, 'bin', 'gatewatch.js'), 'sandbox', '--empty', '--port', port],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    try {
      const [line] = await once(sandbox.stdout, 'data')
      expect(String(line)).toMatch(/^ready: /)
      const pid = sandbox.pid ?? 0
      // What starting up left to do, such as collecting garbage, ends within this time.
      await pause(2_000)
      const before = wakeUps(pid)
      await pause(2_000)
      // A timer of 10 ms would make 200 of them.
      expect(wakeUps(pid) - before).toBeLessThan(60)
    } finally {
      sandbox.kill()
      await once(sandbox, 'exit')
    }
  },
)
