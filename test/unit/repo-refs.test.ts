import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { bad, good, scratch } from './repo-scratch.ts'

const ref = 'refs/gatewatch/ledger/prod-eu'
const files = (text: string) => new Map([['ledger.json', text]])

describe('a ref is written by compare-and-swap', () => {
  test('made, read, replaced, deleted; each with its history', async () => {
    await using place = await scratch()
    await place.commit('first')
    const repository = await place.open()
    expect(good(await repository.readRef(ref))).toBeNull()
    const first = good(await repository.writeRef(ref, files('one'), { expected: null, message: 'One' }))
    if (first.type !== 'written') throw new Error('moved')
    expect(good(await repository.readRef(ref))).toEqual({ commit: first.commit, files: files('one') })
    const both = new Map([
      ['ledger.json', 'two\n'],
      ['parts/a.json', 'ä'],
      ['parts/b.json', ''],
    ])
    const second = good(await repository.writeRef(ref, both, { expected: first.commit, message: 'Two' }))
    if (second.type !== 'written') throw new Error('moved')
    expect(good(await repository.readRef(ref))?.files).toEqual(both)
    expect(await place.git('log', '--format=%s', ref)).toBe('Two\nOne')
    expect(good(await repository.refs('refs/gatewatch/ledger/'))).toEqual([ref])
    expect(good(await repository.deleteRef(ref, first.commit))).toEqual({ type: 'moved' })
    expect(good(await repository.deleteRef(ref, second.commit))).toEqual({ type: 'deleted' })
    expect(good(await repository.refs('refs/gatewatch/'))).toEqual([])
    expect(await place.git('status', '--short')).toBe('')
  })

  test('the second writer is refused, and changes nothing', async () => {
    await using place = await scratch()
    const repository = await place.open()
    const first = good(await repository.writeRef(ref, files('one'), { expected: null, message: 'm' }))
    expect(good(await repository.writeRef(ref, files('two'), { expected: null, message: 'm' }))).toEqual({
      type: 'moved',
    })
    expect(first.type).toBe('written')
    expect(good(await repository.readRef(ref))?.files.get('ledger.json')).toBe('one')
  })

  test('exactly one of many concurrent writers wins', async () => {
    await using place = await scratch()
    const repositories = await Promise.all(Array.from({ length: 8 }, () => place.open()))
    const writes = await Promise.all(
      repositories.map((repository, i) =>
        repository.writeRef(ref, files(String(i)), { expected: null, message: 'm' }),
      ),
    )
    expect(writes.map(good).filter(({ type }) => type === 'written')).toHaveLength(1)
  })

  test('a ref that another process has locked for a moment is waited for', async () => {
    await using place = await scratch()
    const repository = await place.open()
    const first = good(await repository.writeRef(ref, files('one'), { expected: null, message: 'm' }))
    if (first.type !== 'written') throw new Error('moved')
    const lock = join(place.folder, '.git', `${ref}.lock`)
    await writeFile(lock, '')
    const freed = sleep(60)
      .then(() => import('node:fs/promises'))
      .then(fs => fs.rm(lock))
    const second = await repository.writeRef(ref, files('two'), { expected: first.commit, message: 'm' })
    await freed
    expect(good(second).type).toBe('written')
  })

  test('the commit is made even if git does not know the user', async () => {
    await using place = await scratch()
    const repository = await place.open()
    const saved = { ...process.env }
    Object.assign(process.env, {
      HOME: place.folder,
      XDG_CONFIG_HOME: place.folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
    })
    try {
      expect(await repository.user()).toBeNull()
      expect(good(await repository.writeRef(ref, files('x'), { expected: null, message: 'm' })).type).toBe(
        'written',
      )
      expect(await place.git('log', '-1', '--format=%an <%ae>', ref)).toBe('gatewatch <gatewatch@localhost>')
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name]
      Object.assign(process.env, saved)
    }
  })

  test.each([
    'refs/heads/main',
    'HEAD',
    'refs/gatewatch',
    'refs/gatewatch/../heads/main',
    'refs/gatewatch/-x',
    'refs/gatewatch/a..b',
    'refs/gatewatch/a.lock',
    'refs/gatewatch/a b',
    'refs/gatewatch/a\nb',
    '--help',
  ])('%j is not one of our refs', async name => {
    await using place = await scratch()
    const repository = await place.open()
    expect(bad(await repository.writeRef(name, files('x'), { expected: null, message: 'm' }))[0]).toContain(
      "can't be the name of a ref",
    )
    expect(bad(await repository.readRef(name))).toHaveLength(1)
    expect(bad(await repository.deleteRef(name, '0'.repeat(40)))).toHaveLength(1)
  })

  test.each(['', '../x', '.git/config', 'a//b'])('%j is not a file of a ref', async name => {
    await using place = await scratch()
    const repository = await place.open()
    expect(
      bad(await repository.writeRef(ref, new Map([[name, 'x']]), { expected: null, message: 'm' })),
    ).toHaveLength(1)
  })
})

describe('refs at a remote', () => {
  test('are pushed and fetched by compare-and-swap', async () => {
    await using remote = await scratch({ bare: true })
    await using here = await scratch()
    await using there = await scratch()
    for (const place of [here, there]) await place.git('remote', 'add', 'origin', remote.folder)
    const [mine, theirs] = [await here.open(), await there.open()]
    expect(good(await mine.remotes())).toEqual(['origin'])
    expect(good(await theirs.fetchRef('origin', ref))).toBeNull()
    const first = good(await mine.writeRef(ref, files('one'), { expected: null, message: 'm' }))
    if (first.type !== 'written') throw new Error('moved')
    expect(good(await mine.pushRef('origin', ref, null))).toEqual({ type: 'pushed' })
    expect(good(await theirs.fetchRef('origin', ref))).toBe(first.commit)
    const second = good(await theirs.writeRef(ref, files('two'), { expected: first.commit, message: 'm' }))
    if (second.type !== 'written') throw new Error('moved')
    expect(good(await theirs.pushRef('origin', ref, first.commit))).toEqual({ type: 'pushed' })
    good(await mine.writeRef(ref, files('mine'), { expected: first.commit, message: 'm' }))
    expect(good(await mine.pushRef('origin', ref, first.commit))).toEqual({ type: 'moved' })
    expect(good(await mine.pushRef('origin', ref, null))).toEqual({ type: 'moved' })
    expect(good(await mine.fetchRef('origin', ref))).toBe(second.commit)
  })

  test('a remote that is not configured, or can not be reached', async () => {
    await using place = await scratch()
    await place.git('remote', 'add', 'gone', 'http://user:hunter2@127.0.0.1:1/x.git')
    const repository = await place.open()
    expect(bad(await repository.fetchRef('--upload-pack=touch x', ref))[0]).toContain('there is no remote')
    expect(bad(await repository.pushRef('origin', ref, null))[0]).toContain('there is no remote "origin"')
    const unreachable = bad(await repository.fetchRef('gone', ref)).join()
    expect(unreachable).toContain('git fetch failed')
    expect(unreachable).not.toContain('hunter2')
  })
})
