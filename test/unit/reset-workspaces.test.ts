import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCommand } from '../command-run.ts'
import type { Ended } from '../program.ts'
import { startWorkspaces, type WorkspacesGateway } from '../workspaces-gateway.ts'

let gateway: WorkspacesGateway
let work: string
beforeEach(async () => {
  gateway = await startWorkspaces('default', 'team-a')
  work = mkdtempSync(join(tmpdir(), 'gatewatch-reset-'))
})
afterEach(async () => {
  await gateway.stop()
  await rm(work, { recursive: true })
})

function reset(...args: string[]): Promise<Ended> {
  return runCommand(['reset', '--all-workspaces', ...args, '--kong-addr', gateway.address], {
    cwd: work,
    env: { GATEWATCH_STATE_DIR: join(work, 'state') },
  })
}

const services = () => Promise.all(['default', 'team-a'].map(name => gateway.namesIn(name, 'services')))

it('empties one workspace after the other, each with its preview', async () => {
  const ended = await reset('--force', '--output', 'json')
  expect(ended.err).toMatch(/the workspace default\n.*- service service-of-default.*the workspace team-a\n/s)
  expect(JSON.parse(ended.out)).toMatchObject([
    { workspace: 'default', done: 1, failed: 0 },
    { workspace: 'team-a', done: 1, failed: 0 },
  ])
  expect(ended.code).toBe(0)
  expect(await services()).toEqual([[], []])
})

it('deletes only what carries the tags', async () => {
  expect((await reset('--force', '--select-tag', 't')).code).toBe(0)
  expect(await services()).toEqual([['service-of-default'], []])
})

it('deletes nothing without confirmation, and asks nothing more', async () => {
  const ended = await reset()
  expect(ended.code).toBe(1)
  expect(ended.err).not.toContain('the workspace team-a')
  expect(await services()).toEqual([['service-of-default'], ['service-of-team-a']])
})

it('stops at a workspace that can’t be read', async () => {
  gateway.names = ['gone', 'team-a']
  const ended = await reset('--force')
  expect(ended.err).toContain('has no workspace gone')
  expect(ended.code).toBe(1)
  expect(await services()).toEqual([['service-of-default'], ['service-of-team-a']])
})

it('is not for one workspace', async () => {
  const ended = await reset('--workspace', 'team-a', '--force')
  expect(ended.err).toContain("--all-workspaces and --workspace can't be combined")
  expect(ended.code).toBe(1)
})
