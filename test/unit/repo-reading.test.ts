import { existsSync } from 'node:fs'
import { chmod, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openRepository } from '../../src/repo/index.ts'
import { bad, good, scratch } from './repo-scratch.ts'

const yaml = ['.yaml', '.yml', '.json']

describe('opening', () => {
  test('a repository works from any folder in it, and gives null outside of any and in a bare one', async () => {
    await using place = await scratch()
    await place.write('a/b/c.yaml', 'x')
    const repository = good(await openRepository(join(place.folder, 'a/b')))
    expect(repository?.folder).toBe(place.folder)
    expect(place.folder.endsWith(repository?.name ?? '?')).toBe(true)
    expect(good(await openRepository('/'))).toBeNull()
    await using bare = await scratch({ bare: true })
    expect(good(await openRepository(bare.folder))).toBeNull()
  })

  test('HEAD before the first commit, on a branch, detached', async () => {
    await using place = await scratch()
    const repository = await place.open()
    expect(good(await repository.head())).toEqual({ branch: 'main', commit: null })
    const commit = await place.commit('first')
    expect(good(await repository.head())).toEqual({ branch: 'main', commit })
    await place.git('checkout', '-q', '--detach')
    expect(good(await repository.head())).toEqual({ branch: null, commit })
  })

  test('variables that point git elsewhere are ignored', async () => {
    await using place = await scratch()
    await using other = await scratch()
    await place.commit('here')
    process.env.GIT_DIR = join(other.folder, '.git')
    try {
      expect(good(await (await place.open()).head()).commit).not.toBeNull()
    } finally {
      delete process.env.GIT_DIR
    }
  })

  test('paths are relative to the top, whichever way they lead there', async () => {
    await using place = await scratch()
    const repository = await place.open()
    await mkdir(join(place.folder, 'real'))
    await symlink('real', join(place.folder, 'link'))
    expect(repository.relative(place.folder)).toBe('.')
    expect(repository.relative(join(place.folder, 'real/x.yaml'))).toBe('real/x.yaml')
    expect(repository.relative(join(place.folder, 'link/x.yaml'))).toBe('real/x.yaml')
    expect(repository.relative(join(place.folder, '..', 'x.yaml'))).toBeNull()
    expect(repository.relative(join(place.folder, '..name'))).toBe('..name')
  })
})

describe('reading files at a commit', () => {
  test('gives named files and those below folders without touching the work tree', async () => {
    await using place = await scratch()
    await place.write('kong/a.yaml', 'old')
    await place.write('kong/deep/b.JSON', '{}')
    await place.write('kong/readme.txt', 'no')
    await place.write('other.conf', 'named')
    const commit = await place.commit('first')
    await place.write('kong/a.yaml', 'new')
    await place.commit('second')
    const repository = await place.open()
    const read = async (ref: string, paths: string[]) => good(await repository.filesAt(ref, paths, yaml))
    expect(await read(commit, ['kong', 'other.conf'])).toEqual([
      { path: 'kong/a.yaml', text: 'old' },
      { path: 'kong/deep/b.JSON', text: '{}' },
      { path: 'other.conf', text: 'named' },
    ])
    expect(await read('main', ['./kong/', 'kong/a.yaml'])).toHaveLength(2)
    expect(await read('main', ['.'])).toHaveLength(2)
    expect(await place.git('status', '--short')).toBe('')
  })

  test('names with line breaks, quotes, spaces and signs that git gives a meaning to', async () => {
    await using place = await scratch()
    const names = [
      'a\nb.yaml',
      'q"u\'ote.yaml',
      '-n.yaml',
      ':(glob)x.yaml',
      'sp ace.yaml',
      'ü.yaml',
      '*.yaml',
    ]
    for (const name of names) await place.write(`kong/${name}`, name)
    await place.write('-rf/x.yaml', 'dash')
    await place.commit('odd')
    const repository = await place.open()
    const files = good(await repository.filesAt('HEAD', ['kong', '-rf'], yaml))
    expect(new Set(files.map(({ path, text }) => [path, text].join('='))).size).toBe(names.length + 1)
    for (const name of names) expect(files).toContainEqual({ path: `kong/${name}`, text: name })
    expect(good(await repository.filesAt('HEAD', ['kong/*.yaml'], yaml))).toEqual([
      { path: 'kong/*.yaml', text: '*.yaml' },
    ])
  })

  test('reports what is missing, not a file, or not text', async () => {
    await using place = await scratch()
    await place.write('bin.yaml', '\u00e9')
    await place.git('config', 'core.autocrlf', 'false')
    await symlink('bin.yaml', join(place.folder, 'link.yaml'))
    await place.commit('first')
    const repository = await place.open()
    expect(bad(await repository.filesAt('HEAD', ['nope'], yaml))[0]).toMatch(
      /^"nope" is not at commit [0-9a-f]{7}\./,
    )
    expect(bad(await repository.filesAt('HEAD', ['link.yaml'], yaml))[0]).toContain(
      '"link.yaml" is a link or a submodule',
    )
    expect(good(await repository.filesAt('HEAD', ['bin.yaml'], yaml))[0]?.text).toBe('\u00e9')
  })

  test.each(['', 'nope', '-h', '--help', '--output=x', 'a\nb', 'HEAD:file', 'main..main', '0000000'])(
    '%j is not a commit',
    async ref => {
      await using place = await scratch()
      await place.write('file', 'x')
      await place.commit('first')
      const repository = await place.open()
      expect(bad(await repository.resolve(ref))[0]).toContain(`Git has no commit ${JSON.stringify(ref)}`)
    },
  )
})

test('gives the differences from the commit below some paths', async () => {
  await using place = await scratch()
  for (const name of ['kong/a.yaml', 'kong/b.yaml', 'kong/c.yaml', 'other.yaml']) await place.write(name, 'x')
  await place.write('.gitignore', 'kong/ignored.yaml\n')
  await place.commit('first')
  const repository = await place.open()
  expect(good(await repository.edited(['kong']))).toEqual([])
  await place.write('kong/a.yaml', 'y')
  await place.git('rm', '-q', 'kong/b.yaml')
  await place.write('kong/new\n.yaml', 'z')
  await place.write('kong/ignored.yaml', 'z')
  await place.write('other.yaml', 'z')
  expect([...good(await repository.edited(['kong']))].sort()).toEqual([
    'kong/a.yaml',
    'kong/b.yaml',
    'kong/new\n.yaml',
  ])
  expect(good(await repository.edited(['kong/*.yaml', ':(top)kong']))).toEqual([])
  expect(good(await repository.edited([]))).toEqual([])
})

describe('blame', () => {
  test('gives author, time and summary, and leaves out uncommitted and missing lines', async () => {
    await using place = await scratch()
    await place.write('k.yaml', 'one\ntwo\nthree\n')
    const first = await place.commit('Begin', 'mira', '2026-03-01T10:00:00+02:00')
    await place.write('k.yaml', 'one\nTWO\nthree\n')
    const second = await place.commit('Louder\n\nbecause', 'jonas', '2026-03-02T10:00:00Z')
    const repository = await place.open()
    const blamed = good(await repository.blame('HEAD', 'k.yaml', [1, 2, 9]))
    expect([...blamed]).toEqual([
      [1, { commit: first, author: 'mira', at: '2026-03-01T08:00:00.000Z', summary: 'Begin' }],
      [2, { commit: second, author: 'jonas', at: '2026-03-02T10:00:00.000Z', summary: 'Louder' }],
    ])
    expect(good(await repository.blame(first, 'k.yaml', [2])).get(2)?.author).toBe('mira')
    expect(good(await repository.blame('HEAD', 'none.yaml', [1])).size).toBe(0)
    await place.write('k.yaml', 'one\nTWO\nmine\n')
    expect([...good(await repository.blameWorkTree('k.yaml', [2, 3])).keys()]).toEqual([2])
    expect(good(await repository.commitInfo(second))).toEqual(blamed.get(2))
  })

  test('many lines at once, and again', async () => {
    await using place = await scratch()
    await place.write('k.yaml', 'x\n'.repeat(1000))
    await place.commit('Begin')
    const repository = await place.open()
    const lines = Array.from({ length: 1000 }, (_, i) => i + 1)
    expect(good(await repository.blame('HEAD', 'k.yaml', lines)).size).toBe(1000)
    expect(good(await repository.blame('HEAD', 'k.yaml', [5])).size).toBe(1)
  })
})

test('nothing in a hostile repository is run', async () => {
  await using place = await scratch()
  await place.write('k.yaml', 'x')
  await place.commit('first')
  const trap = join(place.folder, 'trap.sh')
  await place.write('trap.sh', `#!/bin/sh\ntouch '${place.folder}/sprung'\n`)
  await chmod(trap, 0o755)
  await mkdir(join(place.folder, '.git/hooks'), { recursive: true })
  await symlink(trap, join(place.folder, '.git/hooks/reference-transaction'))
  for (const [name, value] of [
    ['core.fsmonitor', trap],
    ['core.pager', trap],
    ['diff.external', trap],
    ['core.editor', trap],
    ['gpg.program', trap],
    ['commit.gpgsign', 'true'],
    ['log.showSignature', 'true'],
  ] as const) {
    await place.git('config', name, value)
  }
  const repository = await place.open()
  const commit = good(await repository.resolve('HEAD'))
  good(await repository.edited(['.']))
  good(await repository.blame(commit, 'k.yaml', [1]))
  good(await repository.commitInfo(commit))
  good(
    await repository.writeRef('refs/gatewatch/ledger/x', new Map([['f', 't']]), {
      expected: null,
      message: 'm',
    }),
  )
  expect(existsSync(join(place.folder, 'sprung'))).toBe(false)
  // The trap itself works.
  await place.git('status')
  expect(existsSync(join(place.folder, 'sprung'))).toBe(true)
})

test('a repository that belongs to someone else is reported with the way out', async () => {
  await using place = await scratch()
  await place.commit('first')
  process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER = '1'
  try {
    expect(bad(await openRepository(place.folder))).toEqual([
      `git refuses to read ${place.folder}, because it belongs to someone else. If you trust it: git config --global --add safe.directory ${place.folder}`,
    ])
  } finally {
    delete process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER
  }
})

test('without git, a folder that looks like a repository is a problem, and any other folder is not', async () => {
  await using place = await scratch()
  const path = process.env.PATH
  process.env.PATH = '/nowhere'
  try {
    expect(bad(await openRepository(place.folder))).toEqual([
      'git is not installed. Install git and try again.',
    ])
    expect(good(await openRepository('/'))).toBeNull()
  } finally {
    process.env.PATH = path
  }
})
