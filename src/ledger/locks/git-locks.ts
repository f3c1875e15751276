import { type Result, succeed } from '../../model/problem.ts'
import type { Repository } from '../../repo/index.ts'
import { readBroken } from './broken-lock.ts'
import type { Lock, Locks, SeenLock } from './lock.ts'
import { lockText, readHolder, unknownHolder } from './lock-holder.ts'
import { held, notGivenBack } from './lock-problems.ts'

const lockOf = (target: string): string => `refs/gatewatch/lock/${encodeURIComponent(target)}`
const brokenOf = (target: string): string => `refs/gatewatch/broken-lock/${encodeURIComponent(target)}`

/**
 * Locks as refs of the repository (compare-and-swap: the ref must not exist), so that everyone who shares it sees them.
 */
export function gitLocks(repository: Repository, now: () => Date): Locks {
  const write = (target: string, by: string, expected: string | null) =>
    repository.writeRef(lockOf(target), new Map([['holder', lockText(by, now())]]), {
      expected,
      message: `gatewatch: ${target} locked by ${by}`,
      // Who held it before is nobody's parent.
      follows: false,
    })

  async function seen(target: string): Promise<Result<SeenLock | null>> {
    const content = await repository.readRef(lockOf(target))
    if (!content.ok || content.value === null) return content.ok ? succeed(null) : content
    const text = content.value.files.get('holder')
    const holder = text === undefined ? unknownHolder : readHolder(text)
    return succeed({ holder, version: content.value.commit })
  }

  async function lastOf(target: string): Promise<Result<{ commit: string; text: string } | null>> {
    const content = await repository.readRef(brokenOf(target))
    if (!content.ok || content.value === null) return content.ok ? succeed(null) : content
    return succeed({ commit: content.value.commit, text: content.value.files.get('broken.json') ?? '' })
  }

  function lockAt(target: string, commit: string): Lock {
    return {
      async release() {
        const deleted = await repository.deleteRef(lockOf(target), commit)
        return deleted.ok ? [] : deleted.error.map(problem => notGivenBack(target, problem))
      },
    }
  }

  return {
    seen,
    async take(target, by) {
      let written = await write(target, by, null)
      if (written.ok && written.value.type === 'moved') {
        const there = await seen(target)
        if (!there.ok) return there
        if (there.value && there.value.holder.process !== 'dead') return held(target, there.value.holder)
        written = await write(target, by, there.value?.version ?? null)
      }
      if (!written.ok) return written
      if (written.value.type === 'written') return succeed(lockAt(target, written.value.commit))
      const winner = await seen(target)
      return held(target, (winner.ok && winner.value?.holder) || unknownHolder)
    },
    async break(target, { version }, record) {
      const before = await lastOf(target)
      const noted = await repository.writeRef(
        brokenOf(target),
        new Map([['broken.json', `${JSON.stringify(record)}\n`]]),
        {
          expected: before.ok ? (before.value?.commit ?? null) : null,
          message: `gatewatch: lock of ${target} removed by ${record.by}\n\n${record.reason ?? 'Its process is dead.'}`,
        },
      )
      if (!noted.ok) return noted
      const deleted = await repository.deleteRef(lockOf(target), version)
      return deleted.ok ? succeed(deleted.value.type === 'deleted') : deleted
    },
    async lastBroken(target) {
      const last = await lastOf(target)
      return last.ok ? succeed(last.value && readBroken(last.value.text)) : last
    },
  }
}
