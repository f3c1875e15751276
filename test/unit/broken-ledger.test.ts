import { readdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examine } from '../../src/workflows/doctor.ts'
import { openWorkspace } from '../../src/workflows/open-workspace.ts'
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

test('a ledger that was cut off is told where a difference has a cause to be found in it', async () => {
  const found = await bed.diff(manifest('other.internal'))
  expect('problems' in found && codes(found.problems)).toEqual(['bad-ledger'])
  const { problems, writes } = await bed.sync(manifest('other.internal'))
  expect([codes(problems), writes]).toEqual([['bad-ledger'], []])
})

test('and does not stand in the way where there is none', async () => {
  expect(await bed.changes(manifest('payments.internal'))).toEqual([])
})

test('doctor tells it either way', async () => {
  const workspace = await openWorkspace({
    cwd: bed.folder,
    kongAddr: bed.address,
    files: bed.files(manifest('payments.internal')),
    stateFolder: bed.folder,
    env: {},
  })
  if (!workspace.ok) throw new Error('not opened')
  const checks = await examine(workspace.value, workspace.value.targets, null, AbortSignal.timeout(20_000))
  const problems = checks.flatMap(({ problem }) => problem ?? [])
  expect(codes(problems)).toEqual(['bad-ledger'])
  expect(problems[0]?.hint).toContain('Delete it to start anew')
})
