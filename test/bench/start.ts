import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { Driver } from '../e2e/driver.ts'
import { project } from '../program.ts'

const served = z.object({ config: z.string(), state: z.string() })
const starts = 7
const idleSeconds = 20

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Ticks of CPU time that a process has used, own and system: proc_pid_stat(5). */
function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return Number(fields[11]) + Number(fields[12])
}

function residentMiB(pid: number): number {
  return (
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024
  )
}

/** Time from the command to the first frame and to the frame that names the open routes, idle CPU and memory. */
export async function bench(): Promise<string> {
  const demo = spawn(process.execPath, [join(project, 'dist', 'gatewatch.js'), 'demo', '--serve'])
  try {
    const line = await new Promise<string>(resolve => demo.stdout.once('data', data => resolve(String(data))))
    const { config, state } = served.parse(JSON.parse(line))
    const first: number[] = []
    const complete: number[] = []
    const node: number[] = []
    for (let i = 0; i < starts; i++) {
      const bare = performance.now()
      execFileSync(process.execPath, ['-e', '0'])
      node.push(performance.now() - bare)
      const from = performance.now()
      await using console = Driver.start(['console', '--config', config], {
        env: { GATEWATCH_STATE_DIR: state },
      })
      await console.waitFor('NEEDS YOU')
      first.push(performance.now() - from)
      await console.waitFor('EXPOSED')
      complete.push(performance.now() - from)
      console.press('q')
      await console.exited
    }
    await using idle = Driver.start(['console', '--config', config], { env: { GATEWATCH_STATE_DIR: state } })
    await idle.waitFor(screen => screen.includes('EXPOSED') && screen.includes('UNSEEN'))
    const before = cpuTicks(idle.pid)
    await new Promise(resolve => setTimeout(resolve, idleSeconds * 1000))
    const ticks = cpuTicks(idle.pid) - before
    const memory = residentMiB(idle.pid)
    idle.press('q')
    await idle.exited
    return [
      `from the command, median of ${starts}: first frame ${Math.round(median(first))} ms, open routes named ${Math.round(median(complete))} ms (aim: 350)`,
      `  Node alone starts in ${Math.round(median(node))} ms`,
      `idle over ${idleSeconds} s: ${(ticks * 10).toFixed(0)} ms of CPU, ${((ticks * 10) / idleSeconds / 10).toFixed(2)}% (aim: 0)`,
      `memory: ${Math.round(memory)} MiB`,
    ].join('\n')
  } finally {
    demo.kill('SIGTERM')
  }
}
