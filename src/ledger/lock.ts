import { mkdir, open, readFile, rm } from 'node:fs/promises'
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

/** Locks as refs of the repository (compare-and-swap: the ref must not exist), so that all who share it see them. */
export function gitLocks(repository: Repository): Locks {
  const refOf = (target: string): string => `refs/gatewatch/lock/${encodeURIComponent(target)}`
  return {
    async take(target, holder) {
      const written = await repository.writeRef(refOf(target), new Map([['holder', holder]]), {
        expected: null,
        message: `gatewatch: ${target} locked by ${holder}`,
      })
      if (!written.ok) return written
      if (written.value.type === 'moved') return held(target, (await this.holder(target)) ?? 'someone')
      const { commit } = written.value
      return succeed({
        async release() {
          await repository.deleteRef(refOf(target), commit)
        },
      })
    },
    async holder(target) {
      const content = await repository.readRef(refOf(target))
      return content.ok ? (content.value?.files.get('holder') ?? null) : null
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
  return {
    async take(target, holder) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      try {
        const file = await open(fileOf(target), 'wx', 0o600)
        await file.writeFile(holder)
        await file.close()
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
          return held(target, (await this.holder(target)) ?? 'someone')
        }
        throw error
      }
      return succeed({ release: () => rm(fileOf(target), { force: true }) })
    },
    async holder(target) {
      try {
        return (await readFile(fileOf(target), 'utf8')) || null
      } catch {
        return null
      }
    },
    async break(target) {
      await rm(fileOf(target), { force: true })
      return succeed(undefined)
    },
  }
}
