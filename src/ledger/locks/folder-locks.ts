import { randomBytes } from 'node:crypto'
import { appendFile, link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fail, type Problem, succeed } from '../../model/problem.ts'
import { diskReason, errnoOf } from '../../model/problems/disk-reason.ts'
import { readBroken } from './broken-lock.ts'
import type { Locks, SeenLock } from './lock.ts'
import { type LockHolder, lockText, readHolder, unknownHolder } from './lock-holder.ts'
import { held, notGivenBack } from './lock-problems.ts'

/** How often to retry if two processes take over a dead lock at the same time. */
const tries = 10

/** The error of a disk that doesn't support hard links. */
const withoutLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/** A lock file, with its number. */
interface LockFile {
  readonly number: number
  readonly name: string
  readonly holder: LockHolder
  readonly text: string
}

/**
 * Locks as files in the user's state folder, if there is no repository. A free target is locked by creating the file
 * with the number 0, which only one process can do. A dead lock isn't removed and recreated, which two could do at
 * once: the next number is created, and only a process that then sees no living lock besides its own holds it.
 */
export function folderLocks(folder: string, now: () => Date): Locks {
  const stem = (target: string): string => `${encodeURIComponent(target)}.lock`
  const nameOf = (target: string, number: number): string =>
    number === 0 ? stem(target) : `${stem(target)}.${number}`
  const brokenOf = (target: string): string => join(folder, `${encodeURIComponent(target)}.broken.jsonl`)
  const remove = (name: string): Promise<void> => rm(join(folder, name), { force: true })

  /** The lock files of a target, by number. */
  async function filesOf(target: string): Promise<readonly LockFile[]> {
    const names = await readdir(folder).catch(absent([]))
    const own = names.flatMap(name => {
      if (name === stem(target)) return [{ name, number: 0 }]
      const digits = name.startsWith(`${stem(target)}.`) ? name.slice(stem(target).length + 1) : ''
      return /^\d+$/.test(digits) ? [{ name, number: Number(digits) }] : []
    })
    const read = await Promise.all(
      own.map(async file => {
        const text = await readFile(join(folder, file.name), 'utf8').catch(absent(null))
        return text === null ? [] : [{ ...file, text, holder: readHolder(text) }]
      }),
    )
    return read.flat().sort((a, b) => a.number - b.number)
  }

  /** Creates a lock file with its whole content, or not at all; false: it exists already. */
  async function create(name: string, text: string): Promise<boolean> {
    const draft = join(folder, `${name}.${randomBytes(6).toString('hex')}.draft`)
    try {
      await writeFile(draft, text, { flag: 'wx', mode: 0o600 })
      await link(draft, join(folder, name)).catch(error => {
        if (!withoutLinks.has(errnoOf(error))) throw error
        return writeFile(join(folder, name), text, { flag: 'wx', mode: 0o600 })
      })
      return true
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false
      throw error
    } finally {
      await rm(draft, { force: true })
    }
  }

  async function take(target: string, text: string): Promise<LockHolder | string> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const there = await filesOf(target)
      const living = there.find(file => file.holder.process !== 'dead')
      if (living) return living.holder
      const name = nameOf(target, (there.at(-1)?.number ?? -1) + 1)
      if (!(await create(name, text))) continue
      const others = (await filesOf(target)).filter(file => file.name !== name)
      if (others.every(file => file.holder.process === 'dead')) {
        for (const dead of others) await remove(dead.name)
        return name
      }
      // Two at once: both step back, and one comes first the next time.
      await remove(name)
      await sleep(5 + Math.random() * 50)
    }
    return unknownHolder
  }

  return {
    async take(target, by) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const taken = await take(target, lockText(by, now()))
        if (typeof taken !== 'string') return held(target, taken)
        return succeed({
          release: () =>
            remove(taken).then(
              () => [],
              error => [notGivenBack(target, notWritable(target, folder, error))],
            ),
        })
      } catch (error) {
        return fail([notWritable(target, folder, error)])
      }
    },
    async seen(target) {
      try {
        const files = await filesOf(target)
        const file = files.findLast(each => each.holder.process !== 'dead') ?? files.at(-1)
        return succeed<SeenLock | null>(
          file ? { holder: file.holder, version: `${file.name}\n${file.text}` } : null,
        )
      } catch (error) {
        return fail([
          {
            code: 'unreadable-lock',
            target,
            message: `it is unknown whether a sync is under way: ${folder} can’t be read (${diskReason(error)})`,
          },
        ])
      }
    },
    async break(target, { version }, record) {
      try {
        const file = (await filesOf(target)).find(each => `${each.name}\n${each.text}` === version)
        if (!file) return succeed(false)
        await appendFile(brokenOf(target), `${JSON.stringify(record)}\n`, { mode: 0o600 })
        await remove(file.name)
        return succeed(true)
      } catch (error) {
        return fail([notWritable(target, folder, error)])
      }
    },
    async lastBroken(target) {
      const text = await readFile(brokenOf(target), 'utf8').catch(() => '')
      return succeed(readBroken(text.trimEnd().split('\n').at(-1) ?? ''))
    },
  }
}

/** The value for a missing file or folder; any other error is rethrown. */
function absent<T>(instead: T): (error: unknown) => T {
  return error => {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error))) return instead
    throw error
  }
}

function notWritable(target: string, folder: string, error: unknown): Problem {
  return {
    code: 'no-lock',
    target,
    message: `no lock can be taken, because ${folder} can’t be written to: ${diskReason(error)}`,
    hint: 'Free some space there, or name another folder with GATEWATCH_STATE_DIR.',
  }
}
