import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { folderLocks } from '../../src/ledger/locks/folder-locks.ts'
import { gitLocks } from '../../src/ledger/locks/git-locks.ts'
import type { Locks } from '../../src/ledger/locks/lock.ts'
import { lockText, readHolder } from '../../src/ledger/locks/lock-holder.ts'
import { thisProcess } from '../../src/ledger/process-identity.ts'
import { severalProcesses } from '../timeouts.ts'
import { bad, good, type Scratch, scratch } from './repo-scratch.ts'

let place: Scratch
let folder: string
beforeEach(async () => {
  place = await scratch()
  folder = mkdtempSync(join(tmpdir(), 'gatewatch-locks-'))
  return () => rmSync(folder, { recursive: true })
})
afterEach(() => place[Symbol.asyncDispose]())

const now = () => new Date('2026-01-02T03:04:05Z')
const record = { at: '2026-01-02T03:04:05Z', by: 'tess', reason: 'ci-3 is gone', from: 'mira' }
const another = (changes: object) =>
  JSON.stringify({ holder: 'mira', since: '2026-01-01T00:00:00Z', ...thisProcess(), ...changes })

/** A container may not know which machine it is on. */
const afterReboot = thisProcess().machine === null ? 'unknown' : 'dead'

/** The two places that locks are kept in, with how to put a lock there whatever it holds. */
const kinds = {
  'in a folder': async () => ({
    locks: folderLocks(folder, now),
    put: async (text: string) => writeFileSync(join(folder, 'prod.lock'), text),
  }),
  'in Git': async () => {
    const repository = await place.open()
    return {
      locks: gitLocks(repository, now),
      put: async (text: string) => {
        const files = new Map([['holder', text]])
        good(
          await repository.writeRef('refs/gatewatch/lock/prod', files, { expected: null, message: 'locked' }),
        )
      },
    }
  },
} as const satisfies Record<
  string,
  () => Promise<{ readonly locks: Locks; put(text: string): Promise<void> }>
>

/** A process that ended and whose number its parent still keeps. */
function ended(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    child.on('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

describe.each(Object.keys(kinds))('a lock %s', name => {
  const open = () => kinds[name === 'in Git' ? 'in Git' : 'in a folder']()

  test('is held by one process, says who, where and since when, and is free after release', async () => {
    const { locks } = await open()
    const lock = good(await locks.take('prod', 'tess'))
    expect(good(await locks.seen('prod'))?.holder).toEqual({
      by: 'tess',
      host: hostname(),
      pid: process.pid,
      since: now().toISOString(),
      process: 'alive',
    })
    expect(bad(await locks.take('prod', 'mira'))[0]).toContain(
      `a sync is under way (tess, process ${process.pid} on ${hostname()}, since 2026-01-02T03:04:05Z)`,
    )
    expect(await lock.release()).toEqual([])
    expect(good(await locks.seen('prod'))).toBeNull()
    good(await locks.take('prod', 'mira'))
  })

  test('of a dead process is ignored', async () => {
    const { locks, put } = await open()
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    await put(another({ pid: child.pid, started: null }))
    expect(good(await locks.seen('prod'))?.holder.process).toBe('alive')
    await ended(child)
    expect(good(await locks.seen('prod'))?.holder.process).toBe('dead')
    good(await locks.take('prod', 'tess'))
    expect(good(await locks.seen('prod'))?.holder.by).toBe('tess')
  })

  test.each([
    ['whose number another process has by now', { started: '1' }, 'dead'],
    ['on another machine', { host: 'elsewhere', boot: 'another' }, 'unknown'],
    ['in another container of this machine', { pidSpace: 'pid:[1]' }, 'unknown'],
    ['on a machine of this name, which may be another', { boot: 'another', machine: null }, 'unknown'],
    ['on this machine before it was started anew', { boot: 'another' }, afterReboot],
  ])('of a process %s', async (_, changes, state) => {
    const { locks, put } = await open()
    await put(another(changes))
    expect(good(await locks.seen('prod'))?.holder.process).toBe(state)
    expect((await locks.take('prod', 'tess')).ok).toBe(state === 'dead')
  })

  test.each(['', '{"holder": "mi', 'null', '{"pid": 1}'])(
    'with the content %j is still held by somebody',
    async text => {
      const { locks, put } = await open()
      await put(text)
      expect(good(await locks.seen('prod'))?.holder).toMatchObject({ by: null, process: 'unknown' })
      expect(bad(await locks.take('prod', 'tess'))[0]).toContain('--break-locks --reason TEXT')
    },
  )

  test('that an older gatewatch wrote is understood', async () => {
    const { locks, put } = await open()
    await put(JSON.stringify({ holder: 'mira', host: hostname(), pid: process.pid }))
    expect(good(await locks.seen('prod'))?.holder).toMatchObject({
      by: 'mira',
      since: null,
      process: 'alive',
    })
  })

  test('is removed only if it has not changed since it was seen, and that is recorded', async () => {
    const { locks, put } = await open()
    await put(another({ host: 'ci-3', boot: 'another' }))
    const seen = good(await locks.seen('prod'))
    if (!seen) throw new Error('free')
    expect(good(await locks.break('prod', { ...seen, version: `${seen.version}0`.slice(1) }, record))).toBe(
      false,
    )
    expect(good(await locks.break('prod', seen, record))).toBe(true)
    expect(good(await locks.seen('prod'))).toBeNull()
    expect(good(await locks.lastBroken('prod'))).toEqual(record)
    good(await locks.take('prod', 'tess'))
  })

  test(
    'of a dead process is taken over by exactly one of many that try at once',
    severalProcesses,
    async () => {
      for (let round = 0; round < 5; round += 1) {
        const { locks, put } = await open()
        await put(another({ started: '1' }))
        const taken = await Promise.all(Array.from({ length: 8 }, (_, i) => locks.take('prod', `taker ${i}`)))
        const holders = taken.flatMap(each => (each.ok ? [each.value] : []))
        expect(holders).toHaveLength(1)
        for (const lock of holders) expect(await lock.release()).toEqual([])
        expect(good(await locks.seen('prod'))).toBeNull()
      }
    },
  )
})

test('a lock file exists with its whole content, or not at all', async () => {
  const locks = folderLocks(folder, now)
  await Promise.all(Array.from({ length: 5 }, () => locks.take('prod', 'tess')))
  expect(readdirSync(folder)).toEqual(['prod.lock'])
  expect(readHolder(readFileSync(join(folder, 'prod.lock'), 'utf8')).by).toBe('tess')
  expect(readHolder(lockText('tess', now())).process).toBe('alive')
})
