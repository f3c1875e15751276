import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examine } from '../../src/workflows/fleet/doctor.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import { GatewayBed } from '../gateway-bed.ts'

const manifest = (host: string) =>
  `{_format_version: "3.0", services: [{name: payments, host: ${host}, port: 80}]}`

let bed: GatewayBed
beforeAll(async () => {
  bed = await GatewayBed.start()
  await bed.sync(manifest('payments.internal'))
  const folder = join(bed.folder, 'ledgers')
  for (const file of readdirSync(folder)) truncateSync(join(folder, file), 200)
})
afterAll(() => bed[Symbol.asyncDispose]())

const codes = (problems: readonly { readonly code: string }[]) => problems.map(({ code }) => code)

test('with a truncated ledger, causes in local journals are still known, and a warning says that the ledger can’t be read', async () => {
  const found = await bed.diff(manifest('other.internal'))
  if ('problems' in found) throw new Error(JSON.stringify(found.problems))
  expect(found.drift.changes.map(change => change.cause)).toEqual(['git ahead'])
  expect(found.drift.causesUnknown).toMatchObject({ code: 'bad-ledger', target: expect.any(String) })
})

test('a truncated ledger leaves causes unknown if no journal knows them either, and a warning says so', async () => {
  rmSync(join(bed.folder, 'journals'), { recursive: true })
  const found = await bed.diff(manifest('other.internal'))
  if ('problems' in found) throw new Error(JSON.stringify(found.problems))
  expect(found.drift.changes.map(change => change.cause)).toEqual(['unattributed'])
  expect(found.drift.causesUnknown).toMatchObject({ code: 'bad-ledger', target: expect.any(String) })
})

test('a broken ledger causes no warning if there is no difference', async () => {
  expect(await bed.changes(manifest('payments.internal'))).toEqual([])
})

async function checked() {
  const project = await openProject({
    cwd: bed.folder,
    kongAddr: bed.address,
    files: bed.files(manifest('payments.internal')),
    stateFolder: bed.folder,
    env: {},
  })
  if (!project.ok) throw new Error('not opened')
  const checks = await examine(project.value, project.value.targets, null, AbortSignal.timeout(20_000))
  return checks.flatMap(({ problem }) => problem ?? [])
}

test('doctor reports a broken ledger either way', async () => {
  const problems = await checked()
  expect(codes(problems)).toEqual(['bad-ledger'])
  expect(problems[0]?.hint).toContain('until the next sync writes it again')
})

test('the next sync rewrites a broken ledger, and causes are known again', async () => {
  expect((await bed.sync(manifest('other.internal'))).problems).toEqual([])
  expect(await checked()).toEqual([])
  const found = await bed.diff(manifest('third.internal'))
  expect('drift' in found && found.drift.changes.map(change => change.cause)).toEqual(['git ahead'])
})

test('a ledger of a later version is not overwritten: the sync is refused before anything is sent', async () => {
  const folder = join(bed.folder, 'ledgers')
  for (const file of readdirSync(folder)) writeFileSync(join(folder, file), '{"version": 2}')
  const { problems, writes } = await bed.sync(manifest('fourth.internal'))
  expect([codes(problems), writes]).toEqual([['ledger-not-writable'], []])
  expect(problems[0]?.message).toContain('later version of gatewatch')
})
