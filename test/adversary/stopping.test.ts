import { rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { created, lateNetwork, outcomes, StoppingBed, services, until } from './stopping-bed.ts'

let bed: StoppingBed
const figures = { signals: 0, steps: 0, done: 0, unknown: 0, notSent: 0, nextSyncs: 0 }
beforeAll(async () => {
  bed = await StoppingBed.start()
})
afterEach(() => bed.clear())
afterAll(async () => {
  await bed[Symbol.asyncDispose]()
  console.info(
    `stopping: ${figures.signals} signals, ${figures.steps} steps (${figures.done} done, ${figures.unknown} unknown, ${figures.notSent} not sent) as the gateway tells; ${figures.nextSyncs} next syncs exact`,
  )
})

/** What the journal says of each step is what is at the gateway; nothing that took effect is called failed. */
async function expectTruth(): Promise<ReadonlyMap<string, number>> {
  const [journal = []] = bed.journals()
  const ended = outcomes(journal)
  const wanted = created(journal)
  const live = await bed.live()
  const counts = new Map<string, number>()
  for (const [step, name] of wanted) {
    const outcome = ended.get(step) ?? 'nothing'
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    if (outcome === 'done') expect(live, `${step} is done`).toContain(name)
    else if (outcome === 'not-sent' || outcome === 'failed')
      expect(live, `${step} is ${outcome}`).not.toContain(name)
    else expect(outcome, step).toBe('unknown')
  }
  expect(journal.filter(({ type }) => type === 'ended')).toHaveLength(1)
  figures.signals += 1
  figures.steps += wanted.size
  figures.done += counts.get('done') ?? 0
  figures.unknown += counts.get('unknown') ?? 0
  figures.notSent += counts.get('not-sent') ?? 0
  return counts
}

/** The lock is free, the next sync does what is left and nothing else, and then nothing differs. */
async function expectNextSyncExact(total: number): Promise<void> {
  await bed.faults([])
  const before = (await bed.live()).size
  await bed.control.forgetRequests()
  const next = await bed.run(['sync', '--yes', ...bed.at])
  expect(next.err).not.toContain('gatewatch:')
  expect(next.code).toBe(0)
  expect(await bed.writes()).toHaveLength(total - before)
  expect((await bed.run(['diff', ...bed.at])).code).toBe(0)
  figures.nextSyncs += 1
}

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s', signal => {
  const code = 128 + constants.signals[signal]

  it(`${signal} while 32 requests are under way: all of them are waited for and count as done, no other is sent`, async () => {
    bed.write(services(60))
    await bed.faults([{ fault: 'slow', delayMs: 600, methods: ['POST'], kinds: ['services'], after: 1 }])
    const sync = bed.start(['sync', '--yes', ...bed.at])
    await bed.untilWrites(32)
    sync.signal(signal)
    const ended = await sync.ended
    expect(ended).toMatchObject({ code, signal: null })
    expect(ended.out).toContain('32 done, 0 failed, 88 not sent')
    expect(ended.err).toContain('the sync was stopped: 32 of 120 requests took effect, 88 were not sent')
    expect(await expectTruth()).toEqual(
      new Map([
        ['done', 32],
        ['not-sent', 88],
      ]),
    )
    await expectNextSyncExact(120)
  })

  it(`${signal} before anything is sent: nothing is, and that is said in one sentence`, async () => {
    bed.write(services(3))
    await bed.faults([{ fault: 'slow', delayMs: 20_000, methods: ['POST'] }])
    const sync = bed.start(['sync', '--yes', ...bed.at])
    await bed.untilRequest('/validate')
    sync.signal(signal)
    expect(await sync.ended).toMatchObject({ code, signal: null })
    expect(sync.err.match(/gatewatch: .*/g)).toEqual([expect.stringContaining('stopped before')])
    expect(bed.journals()).toEqual([])
    expect(await bed.live()).toEqual(new Set())
    await expectNextSyncExact(6)
  })

  it(`${signal} while the gateway asks to wait for half a minute: the steps that wait are not sent, at once`, async () => {
    bed.write(services(8))
    await bed.faults([
      { fault: 'status', status: 429, retryAfter: 30, methods: ['POST'], kinds: ['services'], after: 3 },
    ])
    const sync = bed.start(['sync', '--yes', ...bed.at])
    await bed.untilWrites(8)
    const began = performance.now()
    sync.signal(signal)
    expect(await sync.ended).toMatchObject({ code })
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(await expectTruth()).toEqual(
      new Map([
        ['done', 2],
        ['not-sent', 14],
      ]),
    )
    await expectNextSyncExact(16)
  })
})

it('a signal while answers are being lost: requests that took effect still count as done', async () => {
  bed.write(services(20))
  await bed.faults([
    { fault: 'slow', delayMs: 500, methods: ['POST'], kinds: ['services'], after: 1, times: 10 },
    { fault: 'lost', methods: ['POST'], kinds: ['services'], after: 1 },
  ])
  const sync = bed.start(['sync', '--yes', ...bed.at])
  await bed.untilWrites(15)
  sync.signal('SIGTERM')
  await sync.ended
  const counts = await expectTruth()
  expect([counts.get('failed'), counts.get('unknown')]).toEqual([undefined, undefined])
  await expectNextSyncExact(40)
})

it('requests that outlast the wait are looked up: those that took effect count as done', async () => {
  bed.write(services(5))
  await bed.faults([{ fault: 'slow', delayMs: 60_000, methods: ['POST'], kinds: ['services'], after: 1 }])
  const sync = bed.start(['sync', '--yes', '--timeout', '50', ...bed.at])
  await bed.untilWrites(5)
  const began = performance.now()
  sync.signal('SIGINT')
  const ended = await sync.ended
  expect(performance.now() - began).toBeLessThan(16_000)
  expect(ended.out).toContain('5 done, 0 failed, 5 not sent')
  await expectTruth()
  await expectNextSyncExact(10)
})

it('a second ctrl-c ends all waiting: requests in flight are unknown, and the lock is released', async () => {
  bed.write(services(40))
  await bed.faults([{ fault: 'slow', delayMs: 60_000, methods: ['POST'], kinds: ['services'], after: 1 }])
  const sync = bed.start(['sync', '--yes', '--timeout', '50', ...bed.at])
  await bed.untilWrites(32)
  sync.signal('SIGINT')
  await new Promise(resolve => setTimeout(resolve, 400))
  const began = performance.now()
  sync.signal('SIGINT')
  const ended = await sync.ended
  expect(performance.now() - began).toBeLessThan(2_500)
  expect(ended).toMatchObject({ code: 130, signal: null })
  expect(ended.out).toContain('0 done, 0 failed, 32 unknown, 48 not sent')
  expect(ended.err).toMatch(/unknown whether create service s0 and 31 more took effect/)
  expect(await expectTruth()).toEqual(
    new Map([
      ['unknown', 32],
      ['not-sent', 48],
    ]),
  )
  expect((await bed.run(['doctor', ...bed.at])).out).toMatch(/ok .* lock +free/)
  await expectNextSyncExact(80)
})

it('one ctrl-c that arrives twice through a package runner counts once', async () => {
  bed.write(services(4))
  await bed.faults([{ fault: 'slow', delayMs: 1_000, methods: ['POST'], kinds: ['services'], after: 1 }])
  const sync = bed.start(['sync', '--yes', ...bed.at])
  await bed.untilWrites(4)
  sync.signal('SIGINT')
  sync.signal('SIGHUP')
  await new Promise(resolve => setTimeout(resolve, 50))
  sync.signal('SIGINT')
  await sync.ended
  expect(await expectTruth()).toEqual(
    new Map([
      ['done', 4],
      ['not-sent', 4],
    ]),
  )
})

it('a stopped sync waits for updates and deletes in flight, which count as done like creates', async () => {
  bed.write(services(40))
  expect((await bed.run(['sync', '--yes', ...bed.at])).code).toBe(0)
  const changed = JSON.parse(services(20))
  for (const service of changed.services) service.host = 'other.internal'
  bed.write(JSON.stringify(changed))
  for (const method of ['PATCH', 'DELETE']) {
    await bed.control.forgetRequests()
    await bed.faults([{ fault: 'slow', delayMs: 700, methods: [method] }])
    const sync = bed.start(['sync', '--yes', '--allow-deletes', '40', ...bed.at])
    const seen = async () => (await bed.writes()).filter(write => write.startsWith(method)).length >= 5
    await until(seen, `5 times ${method}`)
    sync.signal('SIGTERM')
    const ended = await sync.ended
    await bed.faults([])
    const [, done = ''] = /(\d+) done, 0 failed, \d+ not sent/.exec(ended.out) ?? []
    expect(Number(done)).toBe((await bed.writes()).length)
    figures.signals += 1
    figures.done += Number(done)
    // What is left is what was not sent: each entity that was written is as it is wanted.
    const diff = JSON.parse((await bed.run(['diff', '-o', 'json', ...bed.at])).out)
    const [, notSent = ''] = /(\d+) not sent/.exec(ended.out) ?? []
    expect(diff.changes).toHaveLength(Number(notSent))
  }
  expect((await bed.run(['sync', '--yes', '--allow-deletes', '40', ...bed.at])).code).toBe(0)
  expect((await bed.run(['diff', ...bed.at])).code).toBe(0)
  figures.nextSyncs += 1
})

/** A sync whose writes are answered late, or by something between: what it did not hear of is unknown, and the next is exact. */
async function expectUnknown(told: RegExp, status?: number, more: readonly string[] = []): Promise<void> {
  bed.write(services(2))
  const network = await lateNetwork(bed.address, status)
  try {
    const at = ['--kong-addr', network.address, 'kong.yaml']
    const ended = await bed.run(['sync', '--yes', ...more, ...at])
    expect(ended.code).toBe(1)
    expect(ended.out).toContain('0 done, 0 failed, 2 unknown, 2 not sent')
    expect(ended.err).toMatch(told)
    await network.letThrough()
    expect(await bed.live()).toEqual(new Set(['service s0', 'service s1']))
    expect((await expectTruth()).get('unknown')).toBe(2)
    expect((await bed.run(['sync', '--yes', ...at])).code).toBe(0)
    expect((await bed.live()).size).toBe(4)
    figures.nextSyncs += 1
  } finally {
    network.close()
  }
}

it('a write that is abandoned and takes effect later is unknown, never failed', () =>
  expectUnknown(
    /whether create service s0 and 1 more took effect: .* did not answer within 1\.?\d* s/,
    undefined,
    ['--timeout', '1'],
  ))

it.each([502, 504, 524])(
  'a write that a proxy answers with %i, and that takes effect later, is unknown, never failed',
  status =>
    expectUnknown(
      new RegExp(`whether create service s0 and 1 more took effect: .* failed with ${status} on`),
      status,
    ),
)

it('a signal to a sync of several targets leaves targets that were not started untouched', async () => {
  bed.write(services(3))
  const target = (name: string) =>
    `  ${name}:\n    environment: dev\n    kong: { address: "${bed.address}" }\n    manifests: [kong.yaml]\n    protected: false\n`
  writeFileSync(
    join(bed.work, 'gatewatch.yaml'),
    `version: 1\nname: two\nenvironments: [dev]\ntargets:\n${target('a')}${target('b')}`,
  )
  await bed.faults([{ fault: 'slow', delayMs: 800, methods: ['POST'], kinds: ['services'], after: 1 }])
  const sync = bed.start(['sync', '--yes', '--output', 'json'])
  await bed.untilWrites(3)
  sync.signal('SIGINT')
  const ended = await sync.ended
  rmSync(join(bed.work, 'gatewatch.yaml'))
  expect(ended.code).toBe(130)
  expect(JSON.parse(ended.out)).toMatchObject([{ target: 'a', done: 3, unknown: 0, notSent: 3 }])
  expect(ended.err.match(/plan \w+ for/g)).toHaveLength(1)
  expect((await expectTruth()).get('done')).toBe(3)
})

it('a stopped sync waits for a document in flight too, and does not send one after the signal', async () => {
  await using dbless = await StoppingBed.start({ dbless: true })
  dbless.write(services(3))
  await dbless.faults([{ fault: 'slow', delayMs: 700, methods: ['POST'], kinds: ['config'] }])
  const sync = dbless.start(['sync', '--yes', ...dbless.at])
  await dbless.untilWrites(1)
  sync.signal('SIGTERM')
  expect((await sync.ended).out).toContain('1 done, 0 failed, 0 not sent')
  expect((await dbless.live()).size).toBe(6)
  expect((await dbless.run(['diff', ...dbless.at])).code).toBe(0)
  // The last look before the document is where it is stopped now.
  dbless.write(services(4))
  await dbless.control.forgetRequests()
  await dbless.faults([{ fault: 'slow', delayMs: 1_500, methods: ['GET'], kinds: ['config'] }])
  const stopped = dbless.start(['sync', '--yes', ...dbless.at])
  await dbless.untilRequest('/config')
  stopped.signal('SIGTERM')
  expect((await stopped.ended).code).toBe(143)
  expect(await dbless.writes()).toEqual([])
  figures.signals += 2
})

it('a reader that closes the pipe does not stop a sync', async () => {
  bed.write(services(10))
  await bed.faults([{ fault: 'slow', delayMs: 300, methods: ['POST'], after: 3 }])
  const sync = bed.start(['sync', '--yes', ...bed.at])
  sync.child.stdout?.destroy()
  sync.child.stderr?.destroy()
  expect(await sync.ended).toMatchObject({ code: 0 })
  expect((await bed.live()).size).toBe(20)
  expect((await expectTruth()).get('done')).toBe(20)
})
