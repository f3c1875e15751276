import { hostname } from 'node:os'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { outcomes, StoppingBed } from './stopping-bed.ts'

let bed: StoppingBed
const figures = { kills: 0, changes: 0, cutOff: 0, ahead: 0 }
beforeAll(async () => {
  bed = await StoppingBed.start()
})
afterEach(() => bed.clear())
afterAll(async () => {
  await bed[Symbol.asyncDispose]()
  console.info(
    `cut off: ${figures.kills} syncs killed, ${figures.changes} differences afterwards: ${figures.cutOff} by the sync cut off, ${figures.ahead} ahead in Git, none edited live`,
  )
})

const count = 60

/** Services whose host tells the version of the manifest. */
const manifest = (version: string, n = count): string =>
  JSON.stringify({
    _format_version: '3.0',
    services: Array.from({ length: n }, (_, i) => ({
      name: `s${i}`,
      host: `${version}.internal`,
      routes: [{ name: `r${i}`, paths: [`/p${i}`], tags: [version] }],
    })),
  })

interface Difference {
  readonly operation: string
  readonly kind: string
  readonly name: string
  readonly cause: string
  readonly cutOff?: { readonly sync: string; readonly at: string; readonly by: string }
}

async function differences(): Promise<readonly Difference[]> {
  const ended = await bed.run(['diff', '--output', 'json', ...bed.at])
  const { changes } = JSON.parse(ended.out)
  return changes
}

function tally(changes: readonly Difference[]): Readonly<Record<string, number>> {
  const causes: Record<string, number> = {}
  for (const { cause } of changes) causes[cause] = (causes[cause] ?? 0) + 1
  figures.changes += changes.length
  figures.cutOff += causes['cut off'] ?? 0
  figures.ahead += causes['git ahead'] ?? 0
  return causes
}

/** Starts a sync and kills it in the midst of its writes; how many of its steps are known to be done. */
async function killed(method: 'POST' | 'PATCH', after: number): Promise<number> {
  await bed.control.forgetRequests()
  await bed.faults([{ fault: 'slow', delayMs: 300, methods: [method], after }])
  const sync = bed.start(['sync', '--yes', ...bed.at])
  await bed.untilWrites(after)
  sync.signal('SIGKILL')
  await sync.ended
  await bed.faults([])
  figures.kills += 1
  const journal = bed.journals().at(-1) ?? []
  expect(journal.at(-1)?.type).not.toBe('ended')
  return [...outcomes(journal).values()].filter(type => type === 'done').length
}

it('what a killed sync did is neither edited live nor in conflict, whatever Git wants by then', async () => {
  bed.write(manifest('v1'))
  await bed.run(['sync', '--yes', ...bed.at])
  bed.write(manifest('v2'))
  await killed('PATCH', 40)
  // What is still missing waits in Git.
  expect(Object.keys(tally(await differences()))).toEqual(['git ahead'])
  // Git goes back: what the sync did is as it left it.
  bed.write(manifest('v1'))
  const back = await differences()
  expect(Object.keys(tally(back))).toEqual(['cut off'])
  expect(back.length).toBeGreaterThanOrEqual(35)
  for (const form of ['text', 'markdown']) {
    const { out } = await bed.run(['diff', '--output', form, ...bed.at])
    const told = out.split('\n').filter(line => line.includes('by the sync cut off at 20'))
    expect(told, form).toHaveLength(back.length)
  }
  expect(back[0]?.cutOff).toMatchObject({ at: expect.stringMatching(/^20/), sync: expect.any(String) })
  const text = (await bed.run(['diff', ...bed.at])).out
  expect(text.match(/by the sync cut off at \S+Z/g)).toHaveLength(back.length)
  // Git goes on: no conflict either.
  bed.write(manifest('v3'))
  expect(Object.keys(tally(await differences())).sort()).toEqual(['cut off', 'git ahead'])
  // Somebody edits live what the sync had done: that is told as what it is.
  bed.write(manifest('v1'))
  const edited = back.find(change => change.kind === 'service')
  await fetch(`${bed.address}/services/${edited?.name}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ host: 'somebody.internal' }),
  })
  const causes = (await differences()).filter(
    change => change.name === edited?.name && change.kind === 'service',
  )
  expect(causes.map(change => change.cause)).toEqual(['conflict'])
  // The next sync makes good, and the ledger knows what is applied again.
  expect((await bed.run(['sync', '--yes', ...bed.at])).code).toBe(0)
  expect(await differences()).toEqual([])
  await fetch(`${bed.address}/services/s1`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ host: 'v2.internal' }),
  })
  expect((await differences()).map(change => change.cause)).toEqual(['edited live'])
})

it('after a killed first sync, missing entities are ahead in Git, and undo removes created ones', async () => {
  bed.write(manifest('v1'))
  await killed('POST', 40)
  expect(Object.keys(tally(await differences()))).toEqual(['git ahead'])
  bed.write(manifest('v1', 1))
  const extra = await differences()
  const causes = tally(extra.filter(change => change.operation === 'delete'))
  expect(Object.keys(causes)).toEqual(['cut off'])
  // A sync that leaves it there records that it was applied: Git is ahead from then on.
  expect((await bed.run(['sync', '--yes', '--no-delete', ...bed.at])).code).toBe(0)
  const then = (await differences()).filter(change => change.operation === 'delete')
  expect(then.length).toBeGreaterThanOrEqual(35)
  expect(Object.keys(tally(then))).toEqual(['git ahead'])
})

it('after a killed first sync of protected services, disabled services belong to it, and missing entities are ahead in Git', async () => {
  const guarded = (n: number): string => {
    const { services, ...rest } = JSON.parse(manifest('v1', n))
    const plugins = [{ name: 'key-auth' }]
    return JSON.stringify({ ...rest, services: services.map((each: object) => ({ ...each, plugins })) })
  }
  bed.write(guarded(count))
  await killed('POST', 40)
  const left = await differences()
  tally(left)
  const told = new Set(left.map(({ operation, kind, cause }) => `${operation} ${kind}: ${cause}`))
  told.delete('create service: git ahead')
  expect([...told].sort()).toEqual([
    'create plugin: git ahead',
    'create route: git ahead',
    'update service: cut off',
  ])
  bed.write(guarded(1))
  const extra = (await differences()).filter(each => each.operation === 'delete')
  expect(Object.keys(tally(extra))).toEqual(['cut off'])
})

it('what a sync did is recorded even if the manifests changed while it ran', async () => {
  bed.write(manifest('v1', 4))
  expect((await bed.run(['sync', '--yes', ...bed.at])).code).toBe(0)
  bed.write(manifest('v2', 4))
  await bed.control.forgetRequests()
  await bed.faults([{ fault: 'slow', delayMs: 800, methods: ['PATCH'] }])
  const sync = bed.start(['sync', '--yes', ...bed.at])
  await bed.untilWrites(4)
  bed.write(manifest('v1', 4))
  await sync.ended
  await bed.faults([])
  expect(
    bed
      .journals()
      .at(-1)
      ?.some(({ type }) => type === 'ended'),
  ).toBe(true)
  const found = await differences()
  expect(found).toHaveLength(8)
  expect(Object.keys(tally(found))).toEqual(['git ahead'])
})

it('history, doctor and fleet show what is known about a killed sync, and whose lock exists', async () => {
  bed.write(manifest('v1'))
  const done = await killed('POST', 40)
  const at = bed.at.slice(0, 2)
  const [recorded] = JSON.parse((await bed.run(['history', '-o', 'json', ...at])).out)
  const total = 2 * count
  expect(recorded).toMatchObject({ done, ended: false, process: { host: hostname(), state: 'dead' } })
  expect(recorded.done + recorded.open.length + recorded.notSent).toBe(total)
  const { pid } = recorded.process
  const known = `cut off at ${done} of ${total}: ${recorded.open.length} unknown, ${recorded.notSent} not sent`
  const where = `process ${pid} on ${hostname()} is dead`
  expect((await bed.run(['history', ...at])).out).toContain(`${known}; ${where}`)
  const doctor = (await bed.run(['doctor', ...bed.at])).out
  expect(doctor).toMatch(
    new RegExp(`wrong .* lock .*process ${pid} on ${hostname()}, since 20.*Z\\): its process is dead`),
  )
  expect(doctor).toContain(`is ${known}; ${where}`)
  const fleet = (await bed.run(['fleet', ...at])).out
  expect(fleet).toContain(`sync ${known}`)
  expect(fleet).toMatch(new RegExp(`process +${where}`))
  expect(fleet).toMatch(new RegExp(`lock .*process ${pid} on ${hostname()}, since 20.*Z, which is dead`))
  const [target] = JSON.parse((await bed.run(['fleet', '-o', 'json', ...at])).out).targets
  expect(target).toMatchObject({
    cutOff: { done, unknown: recorded.open.length, notSent: recorded.notSent, total, process: { pid } },
    lock: { pid, process: 'dead' },
    blocked: null,
  })
  expect((await bed.run(['sync', '--yes', ...bed.at])).code).toBe(0)
  const after = (await bed.run(['fleet', ...at])).out
  expect(after).not.toContain('cut off')
  expect((await bed.run(['doctor', ...bed.at])).code).toBe(0)
})

it('a sync that still runs is shown as running, and its lock is not removed', async () => {
  bed.write(manifest('v1', 4))
  await bed.faults([{ fault: 'slow', delayMs: 4_000, methods: ['POST'], kinds: ['services'], after: 1 }])
  const sync = bed.start(['sync', '--yes', ...bed.at])
  await bed.untilWrites(4)
  expect((await bed.run(['history', ...bed.at.slice(0, 2)])).out).toContain('under way at 0 of 8')
  const broken = await bed.run(['doctor', '--break-locks', '--reason', 'I want it', ...bed.at])
  expect(broken.code).toBe(1)
  expect(broken.out).toContain('It was not removed')
  expect((await bed.run(['sync', '--yes', ...bed.at])).err).toContain('a sync is under way')
  sync.signal('SIGTERM')
  await sync.ended
  expect(await sync.ended).toMatchObject({ code: 143 })
})
