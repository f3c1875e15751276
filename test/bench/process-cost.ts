import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What a run of a program took. */
export interface Cost {
  readonly wallMs: number
  /** Own and system time of the process and of those that it started. */
  readonly cpuMs: number
  /** The most memory that the process itself held: `VmHWM`, proc_pid_status(5). */
  readonly peakMiB: number
}

/** Milliseconds in a tick of proc_pid_stat(5): USER_HZ is 100 everywhere. */
const tickMs = 10

/** Ticks that a process has used itself, and those that it has waited for. */
function ticksOf(pid: number | 'self'): { readonly own: number; readonly children: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .map(Number)
  return { own: (fields[11] ?? 0) + (fields[12] ?? 0), children: (fields[13] ?? 0) + (fields[14] ?? 0) }
}

/** CPU time of a running process in milliseconds. */
export function cpuMsOf(pid: number): number {
  return ticksOf(pid).own * tickMs
}

function peakMiBOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** How often the peak is read: it only grows, so what is missed is the growth of the last moment. */
const everyMs = 4

/**
 * Runs a program to its end. Its output goes nowhere; what it said on standard error is in the error where it ends
 * with another code than those expected. Linux alone tells what is measured here.
 */
export async function costOf(
  command: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly codes: readonly number[] },
): Promise<Cost> {
  const before = ticksOf('self').children
  const started = performance.now()
  const child = spawn(command, args, {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < 10_000) said += chunk.toString('utf8')
  })
  let peakMiB = 0
  const watch = setInterval(() => {
    if (child.pid !== undefined) peakMiB = Math.max(peakMiB, peakMiBOf(child.pid))
  }, everyMs)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', resolve)
  }).finally(() => clearInterval(watch))
  const wallMs = performance.now() - started
  if (code === null || !options.codes.includes(code)) {
    throw new Error(`${command} ${args.slice(0, 3).join(' ')} ended with ${code}: ${said.slice(0, 2000)}`)
  }
  return { wallMs, cpuMs: (ticksOf('self').children - before) * tickMs, peakMiB }
}
