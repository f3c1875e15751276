import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, request, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { runCommand } from '../command-run.ts'
import type { Ended } from '../program.ts'

/*
 * An Enterprise gateway as the Admin API describes one: each workspace is a sandbox gateway below its name, with its root
 * at /kong, and /workspaces lists them in pages of two.
 */

let sandbox: RunningSandbox
let front: Server
let work: string
/** The names that the gateway lists. */
let names: readonly string[]

beforeAll(async () => {
  sandbox = await launchSandbox({
    gateways: ['default', 'team-a', 'team b'].map(name => ({ name, proxyPort: false as const })),
  })
  for (const { name, adminUrl } of sandbox.gateways) {
    const body = JSON.stringify({ name: `service-of-${name.replace(' ', '-')}`, host: 'h', tags: [name[0]] })
    await fetch(`${adminUrl}/services`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
  }
  front = createServer((incoming, answer) => {
    const url = new URL(incoming.url ?? '', 'http://front')
    if (url.pathname === '/workspaces') {
      const from = Number(url.searchParams.get('offset') ?? 0)
      const data = names.slice(from, from + 2).map(name => ({ id: name, name }))
      const more = from + 2 < names.length ? { offset: String(from + 2) } : {}
      answer.setHeader('content-type', 'application/json').end(JSON.stringify({ data, next: null, ...more }))
      return
    }
    const [, first = '', rest = ''] = /^\/([^/]*)(.*)$/.exec(url.pathname) ?? []
    const gateway = sandbox.gateways.find(({ name }) => name === decodeURIComponent(first))
    if (!gateway || rest === '/') {
      answer.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not found"}')
      return
    }
    const path = rest === '/kong' ? '/' : rest
    const on = request(`${gateway.adminUrl}${path}${url.search}`, { method: incoming.method }, from => {
      answer.writeHead(from.statusCode ?? 500, from.headers)
      from.pipe(answer)
    })
    incoming.pipe(on)
  })
  await new Promise<void>(resolve => front.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  front.close()
  await sandbox.stop()
})
beforeEach(() => {
  names = ['default', 'team-a']
  work = mkdtempSync(join(tmpdir(), 'gatewatch-workspaces-'))
  return () => rm(work, { recursive: true })
})

function run(...args: string[]): Promise<Ended> {
  const address = front.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return runCommand([...args, '--kong-addr', `http://127.0.0.1:${port}`], {
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
  names = ['default', 'team-a', 'none']
  const missing = await run('dump', '--all-workspaces')
  expect(missing.err).toContain('has no workspace none')
  expect(missing.code).toBe(1)
  expect(written()).toEqual([])

  names = ['default', 'team-a']
  const ended = await run('dump', '--all-workspaces')
  expect(ended).toMatchObject({ code: 0, out: '' })
  expect(ended.err).toContain('2 workspaces written: default.yaml, team-a.yaml')
  expect(written()).toEqual(['default.yaml', 'team-a.yaml'])
  for (const name of names) {
    expect(textOf(`${name}.yaml`)).toContain(`_workspace: ${name}\n`)
    expect(textOf(`${name}.yaml`)).toContain(`name: service-of-${name}\n`)
    expect(statSync(join(work, `${name}.yaml`)).mode & 0o777).toBe(0o600)
    expect((await run('diff', '--workspace', name, `${name}.yaml`)).code).toBe(0)
  }
  expect((await run('diff', '--workspace', 'default', 'team-a.yaml')).code).not.toBe(0)
})

it('takes the other options of a dump, as JSON and by tag', async () => {
  expect((await run('dump', '--all-workspaces', '--format', 'json', '--select-tag', 't')).code).toBe(0)
  expect(written()).toEqual(['default.json', 'team-a.json'])
  expect(JSON.parse(textOf('default.json'))).not.toHaveProperty('services')
  expect(JSON.parse(textOf('team-a.json'))).toMatchObject({
    _workspace: 'team-a',
    _info: { select_tags: ['t'] },
    services: [{ name: 'service-of-team-a' }],
  })
})

it('writes nothing over what is there, unless it is told to', async () => {
  expect((await run('dump', '--all-workspaces')).code).toBe(0)
  const again = await run('dump', '--all-workspaces')
  expect(again.err).toContain('default.yaml is there already')
  expect(again.code).toBe(1)
  expect((await run('dump', '--all-workspaces', '--yes')).code).toBe(0)
})

it.each(['..', '../etc', 'a/b', '.hidden', 'team b', ''])(
  'writes nothing where a workspace is called %j',
  async name => {
    names = ['default', name]
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
  expect(ended.err).toContain(`--all-workspaces and ${option} are both given`)
  expect(ended.code).toBe(1)
})

it('says so where a gateway has no workspaces', async () => {
  const [first] = sandbox.gateways
  const ended = await runCommand(['dump', '--all-workspaces', '--kong-addr', first?.adminUrl ?? ''], {
    cwd: work,
    env: { GATEWATCH_STATE_DIR: join(work, 'state') },
  })
  expect(ended.err).toContain('has no workspaces, which only Kong Enterprise has')
  expect(ended.code).toBe(1)
})
