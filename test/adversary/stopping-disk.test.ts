import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { project, runProgram } from '../program.ts'
import { created, outcomes, StoppingBed, services } from './stopping-bed.ts'

let bed: StoppingBed
const figures = { readings: 0, refused: 0, filled: 0, undone: 0 }
beforeAll(async () => {
  bed = await StoppingBed.start()
  return async () => {
    for (const disk of disks) disk.remove()
    await bed[Symbol.asyncDispose]()
    console.info(
      `disks: ${figures.readings} readings without a folder, ${figures.refused} syncs refused before anything was sent, ${figures.filled} disks filled on the way, ${figures.undone} of them taken back to the last entity`,
    )
  }
})
afterEach(() => bed.clear())

const disks: SmallDisk[] = []

/** A small disk of its own, where this machine lets us make one. */
class SmallDisk {
  readonly folder: string
  readonly isMounted: boolean

  constructor(folder: string, options: string) {
    this.folder = folder
    mkdirSync(folder, { recursive: true })
    disks.push(this)
    this.isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0
  }

  remove(): void {
    if (this.isMounted) spawnSync('umount', [this.folder])
  }
}

/** Folders that nothing can be kept in. The disk that can only be read needs rights that not every machine gives. */
function uselessFolders(): ReadonlyMap<string, string> {
  writeFileSync(join(bed.work, 'file'), '')
  const readOnly = new SmallDisk(join(bed.work, 'read-only'), 'ro,size=64k')
  return new Map([
    ['below a file', join(bed.work, 'file', 'state')],
    ['that is a device', '/dev/null'],
    ...(readOnly.isMounted
      ? ([['on a disk that can only be read', join(readOnly.folder, 'state')]] as const)
      : []),
  ])
}

describe('without a usable state folder', () => {
  const readings = [
    ['diff', 2],
    ['plan', 2],
    ['fleet', 0],
    ['inventory', 0],
    ['dump', 0],
    ['history', 0],
    ['validate', 0],
    ['coverage', 0],
    ['explain', 0, 'GET http://x/p0'],
    ['console', 0],
  ] as const
  const withFiles = ['diff', 'plan', 'validate', 'console']

  it('every command that reads works as usual, with a warning of one line', async () => {
    bed.write(services(3))
    await bed.run(['sync', '--yes', ...bed.at])
    bed.write(services(5))
    const folders = uselessFolders()
    for (const [command, code, ...words] of readings) {
      const args = [command, ...words, ...(withFiles.includes(command) ? bed.at : bed.at.slice(0, 2))]
      const usual = await bed.run(args)
      expect(usual, args.join(' ')).toMatchObject({ code })
      for (const [where, folder] of folders) {
        const ended = await bed.run(args, { GATEWATCH_STATE_DIR: folder })
        expect(ended.code, `${command} ${where}`).toBe(code)
        expect(
          ended.err.match(/^gatewatch: .*nothing can be kept in .*$/gm),
          `${command} ${where}`,
        ).toHaveLength(1)
        expect(ended.out.split('\n').length, `${command} ${where}`).toBeGreaterThan(0)
        figures.readings += 1
      }
    }
  })

  it('an unknown home folder does not count as a folder of this user', async () => {
    bed.write(services(2))
    const ended = await bed.run(['diff', ...bed.at], { HOME: '', XDG_DATA_HOME: '', GATEWATCH_STATE_DIR: '' })
    expect(ended.code).toBe(2)
    expect(ended.err).toContain('the home folder of this user is unknown')
    expect(readdirSync(bed.work)).not.toContain('.local')
  })

  it('a sync reports that it can’t be journaled, and sends nothing', async () => {
    bed.write(services(3))
    for (const [where, folder] of uselessFolders()) {
      const ended = await bed.run(['sync', '--yes', ...bed.at], { GATEWATCH_STATE_DIR: folder })
      expect(ended.code, where).toBe(1)
      expect(ended.out, where).toContain('0 done, 0 failed, 6 not sent')
      expect(await bed.writes()).toEqual([])
      figures.refused += 1
    }
  })
})

/** Runs a command in which no file may grow beyond so many kilobytes. */
function limited(kilobytes: number, args: readonly string[]) {
  const program = [process.execPath, join(project, 'bin', 'gatewatch.js'), ...args]
  return runProgram('bash', ['-c', `ulimit -f ${kilobytes}; exec "$@"`, 'bash', ...program], {
    cwd: bed.work,
    env: bed.env,
  })
}

/** The size of the only journal, and of its first line, in kilobytes. */
function journalSize(): { readonly plan: number; readonly whole: number } {
  const [file = ''] = readdirSync(join(bed.state, 'journals'), { recursive: true })
    .map(String)
    .filter(name => name.endsWith('.jsonl'))
  const path = join(bed.state, 'journals', file)
  const [journal = []] = bed.journals()
  return { plan: JSON.stringify(journal[0]).length / 1024, whole: statSync(path).size / 1024 }
}

async function expectTruth(): Promise<void> {
  const journal = bed.journals().at(-1) ?? []
  const ended = outcomes(journal)
  const live = await bed.live()
  for (const [step, name] of created(journal)) {
    const outcome = ended.get(step)
    if (outcome === 'done') expect(live, step).toContain(name)
    // What is not mentioned was not sent; what was about to be may have been.
    if (outcome === undefined || outcome === 'not-sent') expect(live, step).not.toContain(name)
  }
}

async function expectUndone(): Promise<void> {
  const undo = await bed.run(['undo', '--yes', '--allow-deletes', '1000', ...bed.at.slice(0, 2)])
  expect(undo.err).not.toContain('gatewatch:')
  expect(undo.code).toBe(0)
  expect(await bed.live()).toEqual(new Set())
  figures.undone += 1
}

describe('a journal that does not fit', () => {
  const count = 150

  it('in its file any more ends the sync: it reports what was sent, and undo takes it back', async () => {
    bed.write(services(count))
    expect((await bed.run(['sync', '--yes', ...bed.at])).code).toBe(0)
    const { plan, whole } = journalSize()
    for (const share of [0.1, 0.5, 0.9]) {
      await bed.clear()
      const ended = await limited(Math.ceil(plan + share * (whole - plan)), ['sync', '--yes', ...bed.at])
      expect(ended.code).toBe(1)
      expect(ended.err).toContain('its journal can no longer be written (the file reached its maximum size)')
      const [, done] = /(\d+) done, 0 failed, (\d+) not sent/.exec(ended.out) ?? []
      expect((await bed.live()).size).toBe(Number(done))
      await expectTruth()
      figures.filled += 1
      if (Number(done) > 0) await expectUndone()
    }
  })

  it('from its first line on is reported before anything is sent', async () => {
    bed.write(services(count))
    const ended = await limited(64, ['sync', '--yes', ...bed.at])
    expect(ended.err).toContain('nothing was sent, because no journal can be written')
    expect(await bed.writes()).toEqual([])
    figures.refused += 1
  })

  it('on a full disk ends the sync, but still records how every request ended', async () => {
    bed.write(services(count))
    await bed.run(['sync', '--yes', ...bed.at])
    const { plan, whole } = journalSize()
    const disk = new SmallDisk(join(bed.work, 'small'), `size=${Math.ceil(plan + (whole - plan) / 3 + 120)}k`)
    await bed.clear()
    const env = { GATEWATCH_STATE_DIR: join(disk.folder, 'state') }
    const args = ['sync', '--yes', ...bed.at]
    // Where no disk can be made, a file that may not grow stands for one that is full.
    const ended = disk.isMounted
      ? await bed.run(args, env)
      : await limited(Math.ceil(plan + (whole - plan) / 3), args)
    const [reason, rest] = disk.isMounted
      ? ['the disk is full', 'has all of that']
      : ['the file reached its maximum size', 'lacks some of that']
    expect(ended.err).toContain(`its journal can no longer be written (${reason})`)
    expect(ended.err).toContain(rest)
    if (disk.isMounted) {
      const history = JSON.parse((await bed.run(['history', '-o', 'json', ...bed.at.slice(0, 2)], env)).out)
      expect(history).toMatchObject([{ done: (await bed.live()).size, ended: true }])
    }
    figures.filled += 1
  })
})
