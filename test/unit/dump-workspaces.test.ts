import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { runCommand } from '../command-run.ts'
import { GatewayBed } from '../gateway-bed.ts'
import type { Ended } from '../program.ts'
import { startWorkspaces, type WorkspacesGateway } from '../workspaces-gateway.ts'

let gateway: WorkspacesGateway
let work: string

beforeAll(async () => {
  gateway = await startWorkspaces('default', 'team-a', 'team b')
})
afterAll(() => gateway.stop())
beforeEach(() => {
  gateway.names = ['default', 'team-a']
  work = mkdtempSync(join(tmpdir(), 'gatewatch-workspaces-'))
  return () => rm(work, { recursive: true })
})

function run(...args: string[]): Promise<Ended> {
  return runCommand([...args, '--kong-addr', gateway.address], {
    cwd: work,
    env: { GATEWATCH_STATE_DIR: join(work, 'state') },
  })
}
const written = () =>
  readdirSync(work)
    .filter(name => name !== 'state')
    .sort()
const textOf = (file: string) => readFileSync(join(work, file), 'utf8')

it('writes each workspace into a file that names it, and a diff of each is empty', async () => {
  gateway.names = ['default', 'team-a', 'none']
  const missing = await run('dump', '--all-workspaces')
  expect(missing.err).toContain('has no workspace none')
  expect(missing.code).toBe(1)
  expect(written()).toEqual([])

  gateway.names = ['default', 'team-a']
  const ended = await run('dump', '--all-workspaces')
  expect(ended).toMatchObject({ code: 0, out: '' })
  expect(ended.err).toContain('2 workspaces written: default.yaml, team-a.yaml')
  expect(written()).toEqual(['default.yaml', 'team-a.yaml'])
  for (const name of gateway.names) {
    expect(textOf(`${name}.yaml`)).toContain(`_workspace: ${name}\n`)
    expect(textOf(`${name}.yaml`)).toContain(`name: service-of-${name}\n`)
    expect(statSync(join(work, `${name}.yaml`)).mode & 0o777).toBe(0o600)
    expect((await run('diff', '--workspace', name, `${name}.yaml`)).code).toBe(0)
  }
  expect((await run('diff', '--workspace', 'default', 'team-a.yaml')).code).not.toBe(0)
})

it('supports the other options of a dump, such as JSON and tags', async () => {
  expect((await run('dump', '--all-workspaces', '--format', 'json', '--select-tag', 't')).code).toBe(0)
  expect(written()).toEqual(['default.json', 'team-a.json'])
  expect(JSON.parse(textOf('default.json'))).not.toHaveProperty('services')
  expect(JSON.parse(textOf('team-a.json'))).toMatchObject({
    _workspace: 'team-a',
    _info: { select_tags: ['t'] },
    services: [{ name: 'service-of-team-a' }],
  })
})

it('overwrites nothing unless told to', async () => {
  expect((await run('dump', '--all-workspaces')).code).toBe(0)
  const again = await run('dump', '--all-workspaces')
  expect(again.err).toContain('default.yaml exists already')
  expect(again.code).toBe(1)
  expect((await run('dump', '--all-workspaces', '--yes')).code).toBe(0)
})

it.each(['..', '../etc', 'a/b', '.hidden', 'team b', ''])(
  'writes nothing where a workspace is called %j',
  async name => {
    gateway.names = ['default', name]
    const ended = await run('dump', '--all-workspaces')
    expect(ended.err).toContain("can't be the name of a file")
    expect(ended.code).toBe(1)
    expect(written()).toEqual([])
  },
)

it.each([
  ['--output-file', 'kong.yaml'],
  ['--split', 'folder'],
  ['--workspace', 'default'],
])('is not for %s', async (option, value) => {
  const ended = await run('dump', '--all-workspaces', option, value)
  expect(ended.err).toContain(`--all-workspaces and ${option} can't be combined`)
  expect(ended.code).toBe(1)
})

it('reports that a gateway has no workspaces', async () => {
  await using bed = await GatewayBed.start()
  const ended = await runCommand(['dump', '--all-workspaces', '--kong-addr', bed.address], {
    cwd: work,
    env: { GATEWATCH_STATE_DIR: join(work, 'state') },
  })
  expect(ended.err).toContain('has no workspaces, which only Kong Enterprise has')
  expect(ended.code).toBe(1)
})
