import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { chosenPoints, KillBed, type KillPoint } from './kill-points.ts'
import { after, before } from './kill-points-manifests.ts'
import { UndoBed } from './undo-bed.ts'

let bed: UndoBed
let killer: KillBed
beforeAll(async () => {
  bed = await UndoBed.start()
  killer = await KillBed.start(bed)
})
afterAll(async () => {
  await killer[Symbol.asyncDispose]()
  await bed[Symbol.asyncDispose]()
})

const isLong = process.env.GATEWATCH_LONG !== undefined
const timeout = isLong ? 3_600_000 : 300_000
const sync = ['sync', '--yes', '--allow-deletes', '100', 'after.yaml']
const undo = ['undo', '--yes', '--allow-deletes', '100', 'after.yaml']

/** What the gateway held before the sync that is killed or taken back. */
let heldBefore: unknown
let setUp: string | null
let toStart: () => Promise<void>

beforeEach(async () => {
  await bed.clear()
  await bed.makeKey()
  bed.write('before.yaml', before)
  bed.write('after.yaml', after)
  const synced = await killer.run(['sync', '--yes', 'before.yaml'])
  expect(synced.code, synced.err).toBe(0)
  heldBefore = await bed.held()
  setUp = (await bed.history(killer.address))[0]?.id ?? null
  toStart = await killer.moment('start')
})

const named = ({ what, n, when }: KillPoint): string => `killed ${when} ${what} ${n}`

/** Takes back what a killed sync did, which must leave all as it was before. */
async function takenBack(where: string): Promise<void> {
  const [newest] = await bed.history(killer.address)
  // Where nothing of it was about to be sent, the last sync is the one before.
  if (newest?.id !== setUp && (newest?.done ?? 0) + (newest?.open?.length ?? 0) > 0) {
    const undone = await killer.run(undo)
    expect(undone.code, `${where}: ${undone.err}`).toBe(0)
  }
  expect(await bed.held(), where).toEqual(heldBefore)
}

/** Finishes what a killed sync began. */
async function finished(where: string): Promise<void> {
  const again = await killer.run(sync)
  expect(again.code, `${where}: ${again.err}`).toBe(0)
  const diff = await killer.run(['diff', 'after.yaml'])
  expect(diff.code, `${where}: ${diff.out}`).toBe(0)
}

it('a sync that is killed anywhere is undone exactly, or finished by the next sync', {
  timeout,
}, async () => {
  const points = await killer.points(sync)
  let killed = 0
  for (const [i, point] of chosenPoints(points, 16).entries()) {
    const ends = isLong ? [takenBack, finished] : [i % 3 === 2 ? finished : takenBack]
    for (const end of ends) {
      await toStart()
      if ((await killer.kill(sync, point)).killed) killed += 1
      await end(`sync ${named(point)}`)
    }
  }
  console.info(
    `kill points of sync: ${killed}, of ${points.length} there are; each taken back exactly or finished`,
  )
  expect(killed).toBeGreaterThan(12)
})

it('an undo that is killed anywhere is finished by the next one, and restores the state before the sync', {
  timeout,
}, async () => {
  expect((await killer.run(sync)).code).toBe(0)
  const toSynced = await killer.moment('synced')
  const points = await killer.points(undo)
  expect(await bed.held()).toEqual(heldBefore)
  let [killed, resumed] = [0, 0]
  for (const point of chosenPoints(points, 16)) {
    const where = `undo ${named(point)}`
    await toSynced()
    if ((await killer.kill(undo, point)).killed) killed += 1
    const again = await killer.run(undo)
    if (again.code === 0) resumed += 1
    // All of it may have taken effect before it was killed.
    else expect(again.err, where).toContain('was taken back')
    expect(await bed.held(), where).toEqual(heldBefore)
    const history = await bed.history(killer.address)
    expect(
      history.filter(each => each.takenBack === 'whole'),
      where,
    ).toHaveLength(1)
  }
  console.info(
    `kill points of undo: ${killed}, of ${points.length} there are; ${resumed} resumed, each exact`,
  )
  expect(killed).toBeGreaterThan(12)
})
