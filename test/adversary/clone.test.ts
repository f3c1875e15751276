import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openRepository, type Repository } from '../../src/repo/index.ts'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { Driver } from '../e2e/driver.ts'
import { type Ended, gatewatch } from '../program.ts'
import { HostileClone, keyCount, type Place, places } from './hostile-clone.ts'

let sandbox: RunningSandbox
let address: string
beforeAll(async () => {
  sandbox = await launchSandbox({ gateways: [{ name: 'dev', proxyPort: false, faults: true }] })
  address = sandbox.gateways[0]?.adminUrl ?? ''
})
afterAll(() => sandbox.stop())
beforeEach(() => sandbox.control('dev').setState({}))

/** A command line, and what shows that it did its work. */
type Command = readonly [args: readonly string[], codes: readonly number[], said?: RegExp]

const request = 'GET http://payouts.example/payouts'

/** The commands as somebody gives them who stands in the clone. */
const inside: readonly Command[] = [
  [['diff', '-o', 'json'], [2], /"Second"|"First"/],
  [['diff', '--kong-addr', 'ADDRESS', 'kong.yaml'], [2]],
  [
    ['diff', '--base', 'HEAD~1', '--head', 'HEAD'],
    [0, 2],
  ],
  [['diff', '--kong-addr', 'ADDRESS', '--ref', 'HEAD', 'kong.yaml'], [2]],
  [['diff', '--kong-addr', 'ADDRESS', '--ref', 'HEAD', 'lost.txt'], [1], /has no content|is not at commit/],
  [['plan'], [0, 2]],
  [['sync', '--yes'], [0], /done/],
  [['fleet'], [0], /payments/],
  [['inventory'], [0], /payouts/],
  [['history'], [0]],
  [['undo', '--yes', '--target', 'dev'], [0], /done/],
  [['check'], [0, 2]],
  [
    ['check', '--ref', 'HEAD'],
    [0, 2],
  ],
  [['policy', 'list'], [0], /timeouts/],
  [['trust'], [0], /needs no trust/],
  [['journal', 'verify'], [0]],
  [['coverage'], [0, 2]],
  [['generate', 'specs/payouts.yaml'], [0], /payouts/],
  [
    ['lint', '--no-cache', 'specs/payouts.yaml'],
    [0, 2],
  ],
  [
    ['explain', request],
    [0, 2],
  ],
  [['doctor'], [0, 1], /Git/],
  [['validate', 'kong.yaml'], [0]],
  [['dump', '--kong-addr', 'ADDRESS'], [0]],
]

/** As somebody gives them who stands elsewhere and names the clone's files. */
const outside: readonly Command[] = [
  [['diff', '--kong-addr', 'ADDRESS', 'CLONE/kong.yaml'], [2]],
  [['sync', '--yes', '--kong-addr', 'ADDRESS', 'CLONE/kong.yaml'], [0]],
  [['undo', '--yes', '--kong-addr', 'ADDRESS', 'CLONE/kong.yaml'], [0]],
  [
    ['check', 'CLONE/kong.yaml'],
    [0, 2],
  ],
  [
    ['check', '--config', 'CLONE/gatewatch.yaml'],
    [0, 2],
  ],
  [['fleet', '--config', 'CLONE/gatewatch.yaml'], [0], /payments/],
  [['doctor', '--config', 'CLONE/gatewatch.yaml'], [0, 1], /Git/],
  [
    ['lint', '--no-cache', 'CLONE/specs/payouts.yaml'],
    [0, 2],
  ],
]

/** What reaches git in every way that gatewatch has. */
const few = inside.filter(
  ([[word, ...more]]) => word === 'check' || word === 'sync' || more.includes('--ref'),
)

async function run(
  clone: HostileClone,
  { args, cwd }: { args: readonly string[]; cwd: string },
): Promise<Ended> {
  const words = args.map(word => word.replace('ADDRESS', address).replace('CLONE', clone.folder))
  return await gatewatch(words, { cwd, env: environment(clone) })
}

function environment(clone: HostileClone): Record<string, string> {
  const careless = ['', '.', 'node_modules/.bin', join(clone.folder, 'node_modules/.bin'), clone.folder]
  return {
    GATEWATCH_STATE_DIR: clone.stateFolder,
    PATH: [...careless, process.env.PATH ?? ''].join(delimiter),
    EDITOR: 'true',
  }
}

/** Runs commands one after the other; what of them left marks. */
async function ran(
  clone: HostileClone,
  commands: readonly Command[],
  cwd: string,
): Promise<readonly string[]> {
  const left: string[] = []
  for (const [args, codes, said] of commands) {
    const ended = await run(clone, { args, cwd })
    const shown = `${args.join(' ')}\n${ended.out}${ended.err}`
    expect(codes, shown).toContain(ended.code)
    if (said) expect(ended.out + ended.err, shown).toMatch(said)
    left.push(...clone.marks().map(mark => `${args.join(' ')}: ${mark}`))
  }
  return left
}

describe('nothing in a clone runs', () => {
  it('though plain git would run programs that its settings, hooks and folders name', () => {
    using clone = new HostileClone('config', address)
    const fine = ['-c', 'filter.server.process=', '-c', 'filter.server.required=false']
    clone.plainGit('cat-file', '-p', 'HEAD:lost.txt')
    clone.plainGit('status')
    clone.plainGit(...fine, 'diff')
    clone.plainGit(...fine, 'diff', '--no-ext-diff')
    clone.plainGit(...fine, '-c', 'commit.gpgSign=false', 'commit', '-a')
    clone.plainGit('blame', 'kong.yaml')
    clone.plainGit('log', '-1')
    clone.plainGit('push', 'origin', 'main')
    const marks = clone.marks()
    const wanted = [
      'core.editor',
      'core.fsmonitor',
      'diff.evil.textconv',
      'diff.evil.command',
      'filter.evil.clean',
      'filter.odd=na.me.clean',
      'filter.server.process',
      'gpg.program',
      'post-index-change',
      'pre-commit',
      'remote.origin.pushurl',
      'remote.origin.url',
    ]
    expect(wanted.filter(each => !marks.includes(each))).toEqual([])
    using folder = new HostileClone('bare folder', address)
    folder.plainGit('status')
    expect(folder.marks()).toContain('filter.evil.clean')
  })

  it.each(places)('by any command given in a clone that names programs in its %s', async (place: Place) => {
    using clone = new HostileClone(place, address)
    const all = place === 'config' || place === 'bare folder'
    const commands = [...(all ? inside : few)]
    expect(await ran(clone, commands, clone.folder)).toEqual([])
    console.info(`${place}: ${commands.length} commands, ${keyCount} keys that name programs, none ran`)
  })

  it.each(['config', 'bare folder'] as const)(
    'by any command given outside of a clone that names programs in its %s',
    async place => {
      using clone = new HostileClone(place, address)
      expect(await ran(clone, outside, clone.outside)).toEqual([])
    },
  )

  it('by init in a clone', async () => {
    using clone = new HostileClone('config', address)
    const cwd = join(clone.folder, 'new')
    expect((await run(clone, { args: ['init', 'kong.yaml'], cwd })).code).toBe(0)
    expect(existsSync(join(cwd, 'gatewatch.yaml'))).toBe(true)
    expect((await run(clone, { args: ['diff'], cwd })).err).toContain('localhost:8001')
    expect(clone.marks()).toEqual([])
  })

  it.each(['config', 'bare folder'] as const)(
    'by the console in a clone that names programs in its %s',
    async place => {
      using clone = new HostileClone(place, address)
      {
        await using console = Driver.start([], { cwd: clone.folder, env: environment(clone), columns: 120 })
        await console.waitFor('payments')
        await console.waitFor(/ read (?:just now|\d)/)
        console.press('2')
        await console.waitFor('payouts')
        console.press('4')
        await console.waitFor('timeouts')
        console.press('q')
        expect(await console.exited).toBe(0)
      }
      expect(clone.marks()).toEqual([])
    },
  )
})

describe('an exchange with a remote follows the user’s settings alone', () => {
  const ref = 'refs/gatewatch/ledger/dev'
  const content = new Map([['ledger.json', '{}']])

  it('so that no program, address or credential from the clone’s settings is used', async () => {
    using clone = new HostileClone('config', address)
    const repository = await open(clone.folder)
    await repository.writeRef(ref, content, { expected: null, message: 'm' })
    for (const url of [
      'https://127.0.0.1:1/a.git',
      'ssh://127.0.0.1:1/a.git',
      'git://127.0.0.1:1/a.git',
      'x::y',
    ]) {
      clone.configure('remote.origin.url', url)
      clone.configure('remote.origin.pushurl', url)
      expect((await repository.fetchRef('origin', ref)).ok).toBe(false)
      expect((await repository.pushRef('origin', ref, null)).ok).toBe(false)
    }
    expect(clone.marks()).toEqual([])
  })

  it('and no hook of a remote that came with the clone runs', async () => {
    using clone = new HostileClone('config', address)
    using other = new HostileClone('config', address)
    const repository = await open(clone.folder)
    await repository.writeRef(ref, content, { expected: null, message: 'm' })
    const inside = join(clone.folder, 'vendor.git')
    execFileSync('cp', ['-r', join(other.folder, '.git'), inside])
    for (const url of [inside, `file://${inside}`, './vendor.git', 'vendor.git', '../clone/vendor.git']) {
      clone.configure('remote.origin.url', url)
      clone.configure('remote.origin.pushurl', url)
      for (const done of [
        await repository.fetchRef('origin', ref),
        await repository.pushRef('origin', ref, null),
      ]) {
        expect(done.ok ? [] : done.error.map(problem => problem.code)).toEqual(['remote-in-repository'])
      }
    }
    expect([...clone.marks(), ...other.marks()]).toEqual([])
  })
})

it('git is not run where the settings of a clone can’t be taken back', async () => {
  using clone = new HostileClone('config', address)
  clone.append(Buffer.from('[filter "\xff"]\n\tclean = touch marks\n', 'latin1'))
  const { code, err } = await run(clone, { args: ['check'], cwd: clone.folder })
  expect(code).toBe(1)
  expect(err).toContain('Git is not run in')
  expect(clone.marks()).toEqual([])
})

async function open(folder: string): Promise<Repository> {
  const opened = await openRepository(folder)
  if (!opened.ok || !opened.value) throw new Error('no repository')
  return opened.value
}
