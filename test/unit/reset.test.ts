import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { runCommand } from '../command-run.ts'
import { GatewayBed } from '../gateway-bed.ts'
import type { Ended } from '../program.ts'

let work: string
let bed: GatewayBed
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-reset-'))
  bed = await GatewayBed.start()
})
afterAll(async () => {
  await bed[Symbol.asyncDispose]()
  await rm(work, { recursive: true })
})

const state = () => join(work, 'state')
const reset = (...args: string[]): Promise<Ended> =>
  runCommand(['reset', ...args, '--kong-addr', bed.address], {
    cwd: work,
    env: { GATEWATCH_STATE_DIR: state() },
  })

beforeEach(async () => {
  await bed.clear()
  await bed.request('POST', '/services', { name: 'ours', host: 'h', tags: ['team'] })
  await bed.request('POST', '/services/ours/routes', { name: 'ours', paths: ['/'], tags: ['team'] })
  await bed.request('POST', '/services', { name: 'theirs', host: 'h', tags: ['other'] })
  await bed.request('POST', '/consumers', { username: 'joe' })
  await bed.control.forgetRequests()
})

it('asks nobody if there is nobody to ask, and writes nothing', async () => {
  const ended = await reset('--allow-deletes', '4')
  expect(ended.err).toContain('0 to create, 0 to update, 4 to delete')
  expect(ended.err).toContain('DELETE /services/')
  expect(ended.err).toContain('no terminal to ask on')
  expect(ended.code).toBe(1)
  expect(await bed.writes()).toEqual([])
})

it('deletes everything with --force, children first, and journals it', async () => {
  const ended = await reset('--force', '--allow-deletes', '4')
  expect(ended.code).toBe(0)
  const writes = await bed.writes()
  expect(writes.map(write => write.replace(/[0-9a-f-]{36}/, 'ID')).toSorted()).toEqual([
    'DELETE /consumers/ID',
    'DELETE /routes/ID',
    'DELETE /services/ID',
    'DELETE /services/ID',
  ])
  expect(writes.findIndex(write => write.includes('/routes/'))).toBeLessThan(
    writes.findIndex(write => write.includes('/services/')),
  )
  const journals = readdirSync(state(), { recursive: true, encoding: 'utf8' }).filter(name =>
    name.includes('journals'),
  )
  expect(journals.length).toBeGreaterThan(1)
  const again = await reset('--force')
  expect(again.err).toContain('nothing to delete')
  expect(again.code).toBe(0)
})

it('can be taken back like a sync', async () => {
  const before = JSON.stringify(await bed.request('GET', '/routes'))
  expect((await reset('--force', '--allow-deletes', '4')).code).toBe(0)
  const undone = await runCommand(['undo', '--yes', '--kong-addr', bed.address], {
    cwd: work,
    env: { GATEWATCH_STATE_DIR: state() },
  })
  expect(undone.code).toBe(0)
  const after = JSON.stringify(await bed.request('GET', '/routes'))
  expect(after.replace(/"(?:created|updated)_at":\d+/g, '')).toBe(
    before.replace(/"(?:created|updated)_at":\d+/g, ''),
  )
  expect(JSON.stringify(await bed.request('GET', '/consumers'))).toContain('joe')
})

it('deletes only what carries the tags, and keeps consumers if asked to', async () => {
  expect((await reset('--force', '--select-tag', 'team')).code).toBe(0)
  expect(JSON.stringify(await bed.request('GET', '/services'))).toContain('theirs')
  expect((await reset('--force', '--skip-consumers')).code).toBe(0)
  expect(JSON.stringify(await bed.request('GET', '/consumers'))).toContain('joe')
  expect(await bed.request('GET', '/services')).toMatchObject({ data: [] })
})

it('of a target deletes what its manifests own by their tags, and nothing where those can’t be read', async () => {
  writeFileSync(
    join(work, 'gatewatch.yaml'),
    `version: 1\nenvironments: [dev]\ntargets:\n  one:\n    environment: dev\n    kong: {address: "${bed.address}"}\n    manifests: [kong.yaml]\n`,
  )
  const run = () =>
    runCommand(['reset', '--force', '--confirm', 'one'], { cwd: work, env: { GATEWATCH_STATE_DIR: state() } })
  writeFileSync(join(work, 'kong.yaml'), '_format_version: "3.0"\n_info: {select_tags: [team]\n')
  const unread = await run()
  expect(unread.err).toContain('kong.yaml:')
  expect(unread.code).toBe(1)
  expect(await bed.writes()).toEqual([])
  writeFileSync(join(work, 'kong.yaml'), '_format_version: "3.0"\n_info: {select_tags: [team]}\n')
  expect((await run()).code).toBe(0)
  expect((await bed.writes()).length).toBe(2)
})

it('is guarded: many deletions need their number', async () => {
  for (let i = 0; i < 25; i += 1) await bed.request('POST', '/consumers', { username: `c${i}` })
  const ended = await reset('--force')
  expect(ended.err).toContain('--allow-deletes 29')
  expect(ended.code).toBe(1)
  expect((await reset('--force', '--allow-deletes', '28')).code).toBe(1)
  expect((await reset('--force', '--allow-deletes', '29')).code).toBe(0)
})

it('deletes nothing of what could not be read', async () => {
  await bed.control.setFaults([{ fault: 'status', status: 403, methods: ['GET'], kinds: ['services'] }])
  const ended = await reset('--force')
  expect(ended.err).toContain('403')
  expect(ended.code).toBe(1)
  expect(
    (await bed.writes()).filter(write => write.includes('services') || write.includes('routes')),
  ).toEqual([])
})
