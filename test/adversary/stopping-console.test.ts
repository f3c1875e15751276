import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { Driver } from '../e2e/driver.ts'
import { created, outcomes, StoppingBed, services, until } from './stopping-bed.ts'

let bed: StoppingBed
const figures = { ends: 0, steps: 0 }
beforeAll(async () => {
  bed = await StoppingBed.start()
  bed.makeFleet()
})
beforeEach(async () => {
  bed.write(services(60))
})
afterEach(() => bed.clear())
afterAll(async () => {
  await bed[Symbol.asyncDispose]()
  console.info(
    `terminals: ${figures.ends} syncs stopped by keys, signals and hang-ups, ${figures.steps} steps as the gateway tells`,
  )
})

const open = (args: readonly string[] = []) =>
  Driver.start(args, { cwd: bed.work, env: bed.env, columns: 120, rows: 36 })

/** Sends everything, with requests that take a while, until 32 are under way. */
async function sendAll(console: Driver): Promise<void> {
  await console.waitFor(/^>EDITED.*120 differ/m)
  console.press('s')
  await console.waitFor('CONFIRM')
  await bed.control.forgetRequests()
  await bed.faults([{ fault: 'slow', delayMs: 1_500, methods: ['POST'], kinds: ['services'] }])
  console.press('Y')
  await bed.untilWrites(32)
}

/** What the journal says of each step is what is at the gateway, and nobody holds the lock. */
async function expectInOrder(): Promise<void> {
  await until(
    () =>
      bed
        .journals()
        .at(-1)
        ?.some(({ type }) => type === 'ended') ?? false,
    'the end of the journal',
  )
  const journal = bed.journals().at(-1) ?? []
  const ended = outcomes(journal)
  const wanted = created(journal)
  const live = await bed.live()
  const done = [...wanted].filter(([step]) => ended.get(step) === 'done')
  expect(done).toHaveLength(32)
  for (const [step, name] of wanted) expect(live.has(name), step).toBe(ended.get(step) === 'done')
  await until(() => bed.git('for-each-ref', 'refs/gatewatch/lock').length === 0, 'the lock to be given back')
  // What took effect is recorded: nothing is told as edited.
  const diff = JSON.parse((await bed.run(['diff', '-o', 'json'])).out)
  expect(new Set(diff.changes.map((change: { cause: string }) => change.cause))).toEqual(
    new Set(['git ahead']),
  )
  figures.ends += 1
  figures.steps += wanted.size
}

it('x stops a sync in the console: it waits for requests in flight, and the screen shows the three numbers', async () => {
  await using console = open()
  await sendAll(console)
  console.press('x')
  const screen = await console.waitFor('NOT EVERYTHING WENT THROUGH')
  expect(screen).toMatch(/prod\s+│ 32\s+│ 0\s+│ 88/)
  expect(screen).toContain('the sync was stopped: 32 of 120 requests took effect, 88 were not sent')
  await expectInOrder()
  console.press('esc')
  await console.waitFor(/HALF-DONE +PROD prod/)
  console.press('q')
  expect(await console.exited).toBe(0)
})

it.each(['SIGTERM', 'SIGHUP', 'SIGINT'])(
  'a %s ends a console in which a sync is under way only after what was sent is known, with the terminal restored',
  async signal => {
    await using console = open()
    await sendAll(console)
    console.signal(signal)
    expect(await console.exited).not.toBe(0)
    expect(console.isFullScreen).toBe(false)
    expect(console.screen()).toContain('prod: 32 done, 0 failed, 88 not sent')
    expect(console.screen()).toContain('the sync was stopped')
    await expectInOrder()
  },
)

it('closing the terminal of a console ends its sync cleanly', async () => {
  await using console = open()
  await sendAll(console)
  console.hangUp()
  await expectInOrder()
})

/** The process groups of the git processes that a process has started, by what the system tells. */
function groupsOfGit(parent: number): readonly number[] {
  const numbers = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  return numbers.flatMap(pid => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const [, ppid, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return Number(ppid) === parent && stat.includes('(git)') ? [Number(group)] : []
    } catch {
      return []
    }
  })
}

it('ctrl-c in a terminal stops a sync on the command line, but not the git that writes its ledger or lock', async () => {
  await using sync = open(['sync', '--yes'])
  await bed.faults([{ fault: 'slow', delayMs: 1_500, methods: ['POST'], kinds: ['services'], after: 1 }])
  await bed.untilWrites(32)
  // The terminal signals the whole group of the program that it belongs to.
  const groups = groupsOfGit(sync.pid)
  expect(groups.length).toBeGreaterThan(0)
  expect(groups).not.toContain(sync.pid)
  sync.press('ctrl+c')
  expect(await sync.exited).toBe(130)
  expect(sync.screen()).toContain('32 done, 0 failed, 88 not sent')
  await expectInOrder()
})

it('closing the terminal of a sync on the command line ends it cleanly', async () => {
  await using sync = open(['sync', '--yes'])
  await bed.faults([{ fault: 'slow', delayMs: 1_500, methods: ['POST'], kinds: ['services'], after: 1 }])
  await bed.untilWrites(32)
  sync.hangUp()
  await expectInOrder()
})

it('ctrl-c at the confirmation of a sync ends it, and nothing is sent', async () => {
  await using sync = open(['sync'])
  await sync.waitFor('Type yes to continue')
  sync.press('ctrl+c')
  expect(await sync.exited).toBe(130)
  expect(sync.screen()).toContain('stopped before it was done')
  expect(await bed.writes()).toEqual([])
})
