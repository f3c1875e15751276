import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { StoppingBed, services } from './stopping-bed.ts'

let bed: StoppingBed
const figures = { damages: 0 }
beforeAll(async () => {
  bed = await StoppingBed.start()
  bed.makeFleet()
})
beforeEach(() => bed.write(services(3)))
afterEach(() => bed.clear())
afterAll(async () => {
  await bed[Symbol.asyncDispose]()
  console.info(
    `repositories: ${figures.damages} damages and leftovers, each told in a sentence, none a fault of gatewatch`,
  )
})

const ledger = 'refs/gatewatch/ledger/prod'
const lock = 'refs/gatewatch/lock/prod'
const inGit = (path: string): string => join(bed.work, '.git', path)
const put = (path: string, text = ''): void => {
  mkdirSync(join(inGit(path), '..'), { recursive: true })
  writeFileSync(inGit(path), text)
}
const objectFile = (id: string): string => inGit(`objects/${id.slice(0, 2)}/${id.slice(2)}`)
const remade = (): void => {
  rmSync(inGit('.'), { recursive: true })
  bed.makeFleet()
}

async function causes(): Promise<readonly string[]> {
  const ended = await bed.run(['diff', '-o', 'json'])
  expect(ended.err).not.toContain('a fault in gatewatch itself')
  return [...new Set<string>(JSON.parse(ended.out).changes.map((change: { cause: string }) => change.cause))]
}

describe('a ledger that can’t be read', () => {
  const ways: readonly (readonly [string, () => void, boolean])[] = [
    ['whose ref points to nothing', () => put(ledger, `${'12'.repeat(20)}\n`), true],
    [
      'whose commit was deleted',
      () => rmSync(objectFile(bed.git('rev-parse', ledger)), { force: true }),
      true,
    ],
    [
      'whose content was deleted',
      () => rmSync(objectFile(bed.git('rev-parse', `${ledger}:ledger.json`)), { force: true }),
      true,
    ],
    [
      'whose content is cut off',
      () => truncateSync(objectFile(bed.git('rev-parse', `${ledger}:ledger.json`)), 20),
      true,
    ],
    ['whose ref is an empty file, as after a crash', () => put(ledger), false],
    ['whose ref holds garbage', () => put(ledger, 'garbage\n'), false],
  ]

  it.each(ways)('%s leaves causes unknown, is reported, and stops no reading', async (_, damage, heals) => {
    expect((await bed.run(['sync', '--yes'])).code).toBe(0)
    damage()
    bed.write(services(4))
    const diff = await bed.run(['diff'])
    expect(diff.code).toBe(2)
    expect(diff.err.match(/^gatewatch: warning: prod: the ledger .*can’t be read.*$/gm)).toHaveLength(1)
    expect(await causes()).toEqual(['unattributed'])
    await bed.control.forgetRequests()
    const sync = await bed.run(['sync', '--yes'])
    if (heals) {
      expect(sync.err).not.toMatch(/gatewatch: (?!warning)/)
      expect(sync.code).toBe(0)
      bed.write(services(5))
      expect(await causes()).toEqual(['git ahead'])
    } else {
      expect(sync.code).toBe(1)
      expect(sync.err).toContain(
        `nothing was sent, because what is applied could not be recorded: the Git ref ${ledger} is damaged`,
      )
      expect(await bed.writes()).toEqual([])
    }
    figures.damages += 1
    remade()
  })
})

it('fleet and doctor report a ledger that can’t be read', async () => {
  put(ledger, `${'12'.repeat(20)}\n`)
  const [fleet, doctor] = [await bed.run(['fleet']), await bed.run(['doctor'])]
  expect(fleet.out).toContain('ledger can’t be read, so causes are unknown')
  expect(doctor.out).toMatch(/wrong +prod ledger .* points to 121212121212/)
  remade()
})

describe('a lock file that git left behind', () => {
  it.each([
    ['of the ledger', `${ledger}.lock`],
    ['of the lock', `${lock}.lock`],
  ])(
    '%s refuses a sync before anything is sent, and says which file it is and since when',
    async (_, file) => {
      put(file)
      const sync = await bed.run(['sync', '--yes'])
      expect(sync.code).toBe(1)
      expect(sync.err).toMatch(new RegExp(`git’s lock file \\S*${file} has existed since 20\\d\\d-`))
      expect(sync.err).toContain('If no git process is running in this repository, delete that file.')
      expect(await bed.writes()).toEqual([])
      // Reading needs no lock.
      expect((await bed.run(['diff'])).code).toBe(2)
      rmSync(inGit(file))
      expect((await bed.run(['sync', '--yes'])).code).toBe(0)
      figures.damages += 1
    },
  )

  it('for all refs prevents releasing the lock, which is reported and blocks nobody', async () => {
    put('packed-refs.lock')
    const sync = await bed.run(['sync', '--yes'])
    expect(sync.out).toContain('6 done, 0 failed, 0 not sent')
    expect(sync.err).toContain('the lock could not be released')
    expect(sync.err).toContain('It has no effect once this process has ended')
    rmSync(inGit('packed-refs.lock'))
    bed.write(services(4))
    expect((await bed.run(['sync', '--yes'])).code).toBe(0)
    expect(bed.git('for-each-ref', 'refs/gatewatch/lock')).toBe('')
    figures.damages += 1
  })

  it('during a sync prevents writing the ledger, which is reported; the journal knows the causes', async () => {
    await bed.faults([{ fault: 'slow', delayMs: 500, methods: ['POST'], kinds: ['services'], after: 1 }])
    const started = bed.start(['sync', '--yes'])
    await bed.untilWrites(3)
    put(`${ledger}.lock`)
    const sync = await started.ended
    expect(sync.out).toContain('6 done, 0 failed, 0 not sent')
    expect(sync.err).toMatch(/what was applied could not be written to the ledger: .*git’s lock file/)
    expect(sync.code).toBe(1)
    bed.write(services(2))
    expect(await causes()).toEqual(['git ahead'])
    figures.damages += 1
  })
})

describe('a lock that can’t be read', () => {
  it.each([
    ['because its ref points to nothing', () => put(lock, `${'12'.repeat(20)}\n`)],
    [
      'because it says nothing',
      () => bed.git('update-ref', lock, bed.git('commit-tree', bed.git('mktree'), '-m', 'x')),
    ],
  ])('%s is somebody’s, and is taken away with a reason only, which is kept', async (_, damage) => {
    damage()
    expect((await bed.run(['sync', '--yes'])).err).toContain('somebody whose name can’t be read')
    const without = await bed.run(['doctor', '--break-locks'])
    expect(without.out).toMatch(/wrong +prod lock .*--break-locks --reason TEXT/)
    const broken = await bed.run(['doctor', '--break-locks', '--reason', 'its machine is gone'])
    expect(broken.out).toMatch(
      /ok +prod lock +removed from somebody .* by tess at 20.*Z: its machine is gone/,
    )
    expect((await bed.run(['doctor'])).out).toMatch(/ok +prod lock +free; removed .*: its machine is gone/)
    expect((await bed.run(['sync', '--yes'])).code).toBe(0)
    figures.damages += 1
  })
})

it('a lock of another host is told with host, process and since, and taken away with a reason only', async () => {
  const holder = {
    holder: 'mira',
    since: '2026-01-02T03:04:05.678Z',
    host: 'ci-3',
    pid: 4711,
    started: '1',
    boot: 'b',
    pidSpace: 'p',
    machine: 'm',
  }
  const blob = spawnSync('git', ['hash-object', '-w', '--stdin'], {
    cwd: bed.work,
    input: JSON.stringify(holder),
    encoding: 'utf8',
  })
  const tree = spawnSync('git', ['mktree'], {
    cwd: bed.work,
    input: `100644 blob ${blob.stdout.trim()}\tholder\n`,
    encoding: 'utf8',
  })
  bed.git('update-ref', lock, bed.git('commit-tree', tree.stdout.trim(), '-m', 'locked'))
  const who = 'mira, process 4711 on ci-3, since 2026-01-02T03:04:05Z'
  expect((await bed.run(['sync', '--yes'])).err).toContain(who)
  const fleet = await bed.run(['fleet'])
  expect(fleet.out).toContain(`locked: ${who}, which can’t be seen from here`)
  expect((await bed.run(['doctor', '--break-locks'])).code).toBe(1)
  expect((await bed.run(['doctor', '--break-locks', '--reason', ' '])).code).toBe(1)
  const broken = await bed.run(['doctor', '--break-locks', '--reason', 'ci-3 was taken down'])
  expect(broken.out).toContain(`removed from ${who} by tess`)
  expect(bed.git('log', '--format=%B', 'refs/gatewatch/broken-lock/prod')).toContain('ci-3 was taken down')
  expect((await bed.run(['sync', '--yes'])).code).toBe(0)
})

it('a sync in a read-only repository is refused before anything is sent', async () => {
  const isMounted =
    spawnSync('mount', ['--bind', inGit('.'), inGit('.')]).status === 0 &&
    spawnSync('mount', ['-o', 'remount,ro,bind', inGit('.')]).status === 0
  try {
    const program = [process.execPath, join(import.meta.dirname, '../../bin/gatewatch.js')]
    // Where nothing can be mounted, a git whose files may not grow can write no object either.
    const limit = isMounted ? 'true' : 'ulimit -f 0'
    const run = (args: readonly string[]) =>
      spawnSync('bash', ['-c', `${limit}; exec "$@"`, 'bash', ...program, ...args], {
        cwd: bed.work,
        env: { ...process.env, ...bed.env },
        encoding: 'utf8',
      })
    expect(run(['diff']).status).toBe(2)
    const sync = run(['sync', '--yes'])
    expect(sync.status).toBe(1)
    expect(sync.stderr).not.toContain('a fault in gatewatch itself')
    expect(sync.stdout).toContain('0 done, 0 failed, 6 not sent')
    expect(await bed.writes()).toEqual([])
    figures.damages += 1
  } finally {
    while (isMounted && spawnSync('umount', [inGit('.')]).status === 0);
  }
})

it('other files in a folder of journals are not a fault', async () => {
  expect((await bed.run(['sync', '--yes'])).code).toBe(0)
  const [folder = ''] = readdirSync(join(bed.state, 'journals', 'fleet'))
  writeFileSync(
    join(bed.state, 'journals', 'fleet', folder, 'reserve-1'),
    'left by a process that was killed',
  )
  expect((await bed.run(['sync', '--yes'])).code).toBe(0)
  expect((await bed.run(['journal', 'verify'])).code).toBe(0)
})
