import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, type Problem, type Result, succeed } from '../model/problem.ts'
import { diskReason } from '../model/problems/disk-reason.ts'
import { folderOf, type JournalHome } from './journal-series.ts'

/** The space needed to record the end of all requests that may be under way at once, in bytes. */
const size = 96 * 1024

const nameForm = /^reserve-(\d+)$/

/**
 * Disk space that is released when a journal no longer fits: the outcome of requests under way can then still be
 * recorded.
 */
export interface JournalReserve {
  /** Gives the room back; does nothing the second time. */
  release(): Promise<void>
}

/** Takes the room, and so sees whether a journal can be written at all; a problem where that is not so. */
export async function reserveJournal(home: JournalHome): Promise<Result<JournalReserve>> {
  const folder = folderOf(home)
  const file = join(folder, `reserve-${process.pid}`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await removeLeftovers(folder)
    // Not zeros, for which some disks reserve no space.
    await writeFile(file, randomBytes(size), { mode: 0o600 })
  } catch (error) {
    await rm(file, { force: true }).catch(() => {})
    return fail([noJournal(home, folder, error)])
  }
  return succeed({ release: () => rm(file, { force: true }).catch(() => {}) })
}

/** Whether a journal could be written now. */
export async function canJournal(home: JournalHome): Promise<boolean> {
  const reserve = await reserveJournal(home)
  if (reserve.ok) await reserve.value.release()
  return reserve.ok
}

/** Why no journal can be written. */
export function noJournal({ target }: JournalHome, folder: string, error: unknown): Problem {
  return {
    code: 'no-journal',
    target,
    message: `nothing was sent, because no journal can be written to ${folder}: ${diskReason(error)}`,
    hint: 'Free some space there, or name another folder with GATEWATCH_STATE_DIR.',
  }
}

/** What killed processes left behind. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = nameForm.exec(name)?.[1]
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(folder, name), { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
