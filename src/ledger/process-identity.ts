import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import * as z from 'zod'

/** Which process on which machine, as far as the platform says: a process number is reused one day. */
export const processIdentitySchema = z.object({
  host: z.string(),
  pid: z.number(),
  /** When the process began, in clock ticks since the machine did; null: the platform doesn't say. */
  started: z.string().nullable().default(null),
  /** Which run of the machine; null: the platform doesn't say. */
  boot: z.string().nullable().default(null),
  /** Which namespace of process numbers: a container has its own. */
  pidSpace: z.string().nullable().default(null),
  machine: z.string().nullable().default(null),
})
export type ProcessIdentity = z.infer<typeof processIdentitySchema>

/** Whether a process is running; `unknown`: that can't be determined from here. */
export type ProcessState = 'alive' | 'dead' | 'unknown'

/** This very process. */
export function thisProcess(): ProcessIdentity {
  return { host: hostname(), pid: process.pid, started: startOf('self')?.started ?? null, ...thisMachine() }
}

/** Whether the process still runs that this identity was made in. */
export function stateOf(identity: ProcessIdentity): ProcessState {
  const here = thisMachine()
  const { boot, pidSpace } = identity
  if (boot === null || here.boot === null) {
    return identity.host === hostname() ? stateHere(identity) : 'unknown'
  }
  if (boot === here.boot) {
    // Processes of another container have numbers that mean others here.
    return pidSpace === here.pidSpace ? stateHere(identity) : 'unknown'
  }
  // The machine has been restarted since; or it is another one with the same name.
  const same = identity.host === hostname() && identity.machine !== null && identity.machine === here.machine
  return same ? 'dead' : 'unknown'
}

function stateHere({ pid, started }: ProcessIdentity): ProcessState {
  try {
    process.kill(pid, 0)
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EPERM'
    if (!isThere) return 'dead'
  }
  const there = startOf(pid)
  if (!there) return 'alive'
  // A process that ended and was not fetched by its parent still has its number.
  const isGone = there.state === 'Z' || there.state === 'X'
  return isGone || (started !== null && started !== there.started) ? 'dead' : 'alive'
}

/** State and start of a process: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function startOf(
  pid: number | 'self',
): { readonly state: string | undefined; readonly started: string | undefined } | undefined {
  const text = readIfThere(`/proc/${pid}/stat`)
  if (text === null) return undefined
  // The name of the program is in brackets and may contain anything.
  const [state, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state, started: rest[18] }
}

let known: Pick<ProcessIdentity, 'boot' | 'pidSpace' | 'machine'> | undefined

function thisMachine(): Pick<ProcessIdentity, 'boot' | 'pidSpace' | 'machine'> {
  known ??= {
    boot: readIfThere('/proc/sys/kernel/random/boot_id'),
    pidSpace: linkIfThere('/proc/self/ns/pid'),
    machine: readIfThere('/etc/machine-id') || null,
  }
  return known
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return null
  }
}

function linkIfThere(file: string): string | null {
  try {
    return readlinkSync(file)
  } catch {
    return null
  }
}
