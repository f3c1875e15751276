import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fail, type Result, succeed } from '../model/problem.ts'
import type { Repository } from '../repo/index.ts'

/** A lock that is held: one sync per target at a time. */
export interface Lock {
  release(): Promise<void>
}

/** Takes and shows locks. */
export interface Locks {
  take(target: string, holder: string): Promise<Result<Lock>>
  /** Who holds it; null: nobody. */
  holder(target: string): Promise<string | null>
  /** Takes a lock away whoever holds it, for a person who knows that the holder is dead. */
  break(target: string): Promise<Result<void>>
}

function held(target: string, holder: string): Result<never> {
  return fail([
    {
      code: 'locked',
      target,
      message: `a sync by ${holder} is under way`,
      hint: 'Wait for it; if that process is dead, run gatewatch doctor --break-locks.',
    },
  ])
}

/** What a lock holds: who, and which process on which machine. */
function lockText(holder: string): string {
  return JSON.stringify({ holder, host: hostname(), pid: process.pid })
}

interface LockContent {
  readonly holder: string
  /** Whether its process ran on this machine and is gone, so that the lock means nothing any more. */
  readonly dead: boolean
}

function readLock(text: string): LockContent {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'holder' in value) {
      const here =
        'host' in value && value.host === hostname() && 'pid' in value && typeof value.pid === 'number'
      return { holder: String(value.holder), dead: here && !isRunning(Number(value.pid)) }
    }
  } catch {
    // A lock that can't be read is held by someone all the same.
  }
  return { holder: text || 'someone', dead: false }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Locks as refs of the repository (compare-and-swap: the ref must not exist), so that all who share it see them. */
export function gitLocks(repository: Repository): Locks {
  const refOf = (target: string): string => `refs/gatewatch/lock/${encodeURIComponent(target)}`
  const write = (target: string, holder: string, expected: string | null) =>
    repository.writeRef(refOf(target), new Map([['holder', lockText(holder)]]), {
      expected,
      message: `gatewatch: ${target} locked by ${holder}`,
    })
  return {
    async take(target, holder) {
      let written = await write(target, holder, null)
      if (written.ok && written.value.type === 'moved') {
        const content = await repository.readRef(refOf(target))
        const there = content.ok ? content.value : null
        const lock = readLock(there?.files.get('holder') ?? '')
        if (!there || !lock.dead) return held(target, lock.holder)
        written = await write(target, holder, there.commit)
      }
      if (!written.ok) return written
      if (written.value.type === 'moved') return held(target, 'someone')
      const { commit } = written.value
      return succeed({
        async release() {
          await repository.deleteRef(refOf(target), commit)
        },
      })
    },
    async holder(target) {
      const content = await repository.readRef(refOf(target))
      const text = content.ok ? content.value?.files.get('holder') : undefined
      return text === undefined ? null : readLock(text).holder
    },
    async break(target) {
      const content = await repository.readRef(refOf(target))
      if (!content.ok) return content
      if (content.value) {
        const deleted = await repository.deleteRef(refOf(target), content.value.commit)
        if (!deleted.ok) return deleted
      }
      return succeed(undefined)
    },
  }
}

/** Locks as files of the user's state folder, where there is no repository. */
export function folderLocks(folder: string): Locks {
  const fileOf = (target: string): string => join(folder, `${encodeURIComponent(target)}.lock`)
  const read = async (target: string): Promise<LockContent | null> => {
    try {
      return readLock(await readFile(fileOf(target), 'utf8'))
    } catch {
      return null
    }
  }
  const create = async (target: string, holder: string): Promise<boolean> => {
    try {
      const file = await open(fileOf(target), 'wx', 0o600)
      await file.writeFile(lockText(holder))
      await file.close()
      return true
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
      throw error
    }
  }
  return {
    async take(target, holder) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      if (!(await create(target, holder))) {
        const there = await read(target)
        if (there?.dead) await rm(fileOf(target), { force: true })
        if (!there?.dead || !(await create(target, holder))) return held(target, there?.holder ?? 'someone')
      }
      return succeed({ release: () => rm(fileOf(target), { force: true }) })
    },
    async holder(target) {
      return (await read(target))?.holder ?? null
    },
    async break(target) {
      await rm(fileOf(target), { force: true })
      return succeed(undefined)
    },
  }
}
