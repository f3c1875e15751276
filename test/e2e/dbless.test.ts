import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { gatewatch } from '../program.ts'

const manifest = `
_format_version: "3.0"
services:
- name: payouts
  url: http://127.0.0.1:9
  routes:
  - name: payouts-list
    paths: [/payouts]
    strip_path: false
    plugins:
    - name: key-auth
consumers:
- username: joe
  keyauth_credentials:
  - key: canary-key-of-joe
  basicauth_credentials:
  - username: joe
    password: canary-password
`

let sandbox: RunningSandbox
let work: string
const address = (): string => sandbox.gateways[0]?.adminUrl ?? ''
const proxy = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${sandbox.gateways[0]?.proxyUrl}${path}`, { headers }).then(answer => answer.status)
const run = (...args: string[]) =>
  gatewatch([...args, '--kong-addr', address()], {
    cwd: work,
    env: { GATEWATCH_STATE_DIR: join(work, 'state') },
  })
const faults = (
  ...all: readonly Parameters<ReturnType<RunningSandbox['control']>['setFaults']>[0][number][]
) => sandbox.control('one').setFaults(all)

async function admin(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(address() + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return response.json()
}
/** Someone else's configuration, in place of all that there is. */
const configure = (lists: object) => admin('POST', '/config', { _format_version: '3.0', ...lists })
async function posts(): Promise<readonly string[]> {
  const requests = await sandbox.control('one').requests()
  return requests.flatMap(({ method, path }) =>
    method === 'GET' || path.endsWith('/validate') ? [] : [`${method} ${path}`],
  )
}

beforeAll(async () => {
  sandbox = await launchSandbox({ gateways: [{ name: 'one', dbless: true, faults: true }] })
})
afterAll(() => sandbox.stop())
beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-dbless-'))
  writeFileSync(join(work, 'kong.yaml'), manifest)
  await faults()
  await sandbox.control('one').setState({})
  await sandbox.control('one').forgetRequests()
  return () => rm(work, { recursive: true })
})

it('shows entity by entity, writes once, and requests are answered accordingly', async () => {
  expect(await proxy('/payouts')).toBe(404)
  const made = await run('plan', '--out', 'plan.json', 'kong.yaml')
  expect(made.out).toContain('6 to create, 0 to update, 0 to delete: 1 request')
  expect(made.out).toContain('+ route payouts-list')
  expect(made.out).toContain(
    'POST /config with 6 created, 0 updated and 0 deleted; all else as the gateway has it',
  )
  expect(readFileSync(join(work, 'plan.json'), 'utf8')).not.toContain('canary')
  const applied = await run('apply', '--yes', 'plan.json', 'kong.yaml')
  expect(applied.err).toBe('')
  expect(applied.out).toContain('1 done, 0 failed, 0 not sent')
  expect(await posts()).toEqual(['POST /config?flatten_errors=1'])
  expect((await run('diff', 'kong.yaml')).code).toBe(0)
  expect(await proxy('/payouts')).toBe(401)
  expect(await proxy('/payouts', { apikey: 'canary-key-of-joe' })).toBe(502)
  // The password is kept as a hash, and stays what it is when all is written again.
  const hashes = await admin('GET', '/basic-auths')
  writeFileSync(
    join(work, 'kong.yaml'),
    manifest.replace('- name: key-auth', '- name: key-auth\n      enabled: false'),
  )
  expect((await run('sync', '--yes', 'kong.yaml')).code).toBe(0)
  expect(await proxy('/payouts')).toBe(502)
  expect(await admin('GET', '/basic-auths')).toEqual(hashes)
})

it('is taken back by an undo, except for what needs a lost secret', async () => {
  expect((await run('sync', '--yes', 'kong.yaml')).code).toBe(0)
  const before = await admin('GET', '/routes')
  writeFileSync(
    join(work, 'kong.yaml'),
    manifest
      .replace('[/payouts]', '[/pay-outs]')
      .replace('  - key: canary-key-of-joe\n', '  - key: another\n'),
  )
  expect((await run('sync', '--yes', 'kong.yaml')).code).toBe(0)
  await sandbox.control('one').forgetRequests()
  const undone = await run('undo', '--yes', 'kong.yaml')
  expect(await posts()).toEqual(['POST /config?flatten_errors=1'])
  const withoutTimes = (answer: unknown) =>
    JSON.parse(JSON.stringify(answer), (name, value) => (name === 'updated_at' ? 0 : value))
  expect(withoutTimes(await admin('GET', '/routes'))).toEqual(withoutTimes(before))
  expect(undone.err).toContain('key-auth #2 of consumer joe can’t be restored')
  // The new key stays where the old one can't come back: joe is not locked out.
  expect(await proxy('/payouts', { apikey: 'another' })).toBe(502)
  expect(undone.err + undone.out).not.toContain('canary')
})

it('refuses a saved plan once its entities were changed, and writes nothing', async () => {
  expect((await run('sync', '--yes', 'kong.yaml')).code).toBe(0)
  writeFileSync(join(work, 'kong.yaml'), manifest.replace('[/payouts]', '[/pay-outs]'))
  expect((await run('plan', '--out', 'plan.json', 'kong.yaml')).code).toBe(2)
  const [route] = JSON.parse(JSON.stringify(await admin('GET', '/routes'))).data
  await configure({ routes: [{ ...route, service: null, strip_path: true }] })
  await sandbox.control('one').forgetRequests()
  const applied = await run('apply', '--yes', 'plan.json', 'kong.yaml')
  expect(applied.code).toBe(1)
  expect(applied.err).toContain('route payouts-list changed at the gateway since it was made')
  expect(await posts()).toEqual([])
})

it('carries over what others own, kinds that it does not know and keys that expire', async () => {
  const later = Math.floor(Date.now() / 1000) + 5000
  await configure({
    services: [
      { name: 'theirs', host: 'h', tags: ['team-b'], routes: [{ name: 'their-route', paths: ['/t'] }] },
    ],
    consumers: [
      {
        username: 'their-consumer',
        tags: ['team-b'],
        basicauth_credentials: [{ username: 'u', password: 'p' }],
        keyauth_credentials: [{ key: 'theirs', ttl: later }],
        oauth2_credentials: [
          { name: 'app', client_id: 'i', client_secret: 's', hash_secret: true, redirect_uris: [] },
        ],
      },
    ],
    acme_storage: [{ key: 'account', value: '1.0' }],
  })
  const lists = ['/services', '/routes', '/consumers', '/basic-auths', '/oauth2', '/acme_storage']
  const before = await Promise.all(lists.map(path => admin('GET', path)))
  writeFileSync(join(work, 'kong.yaml'), `${manifest}\n_info: { select_tags: [team-a] }\n`)
  const synced = await run('sync', '--yes', 'kong.yaml')
  expect(synced.code).toBe(0)
  expect(synced.err).toContain('not ours, never touched: 6 entities')
  const exported = JSON.stringify(await admin('GET', '/config'))
  expect(exported).toContain('acme_storage')
  for (const [i, path] of lists.entries()) {
    const after = JSON.parse(JSON.stringify(await admin('GET', path))).data
    const withoutTime = (entity: object) => ({ ...entity, updated_at: null })
    for (const entity of JSON.parse(JSON.stringify(before[i])).data ?? [])
      expect(after.map(withoutTime)).toContainEqual(withoutTime(entity))
  }
  const keys = JSON.parse(JSON.stringify(await admin('GET', '/key-auths'))).data
  const left = keys.find((each: { key: string }) => each.key === 'theirs').ttl
  expect(left).toBeGreaterThan(4900)
  expect(left).toBeLessThanOrEqual(5000)
})

it('keeps what rules ignore, also in what must be written as a whole', async () => {
  writeFileSync(
    join(work, 'gatewatch.yaml'),
    `version: 1
environments: [dev]
targets:
  one: { environment: dev, kong: { address: ${address()} }, manifests: [kong.yaml] }
ignore:
  - { kind: route, name: payouts-*, field: headers.x-canary, reason: the rollout sets it }
  - { kind: service, name: other, reason: theirs }
`,
  )
  const fleet = (...args: string[]) =>
    gatewatch(args, { cwd: work, env: { GATEWATCH_STATE_DIR: join(work, 'state') } })
  await configure({
    services: [
      {
        name: 'payouts',
        url: 'http://127.0.0.1:9',
        routes: [{ name: 'payouts-list', paths: ['/old'], headers: { 'x-canary': ['live'] } }],
      },
      { name: 'other', host: 'h' },
    ],
  })
  writeFileSync(
    join(work, 'kong.yaml'),
    manifest.replace('strip_path: false', 'headers: { x-canary: [git], x-team: [pay] }'),
  )
  const synced = await fleet('sync', '--yes')
  expect(synced.code).toBe(0)
  expect(synced.err).toContain('ignored: service other: 1 (theirs)')
  const [route] = JSON.parse(JSON.stringify(await admin('GET', '/routes'))).data
  expect(route).toMatchObject({ paths: ['/payouts'], headers: { 'x-canary': ['live'], 'x-team': ['pay'] } })
  expect(JSON.stringify(await admin('GET', '/services'))).toContain('"other"')
  expect((await fleet('diff')).code).toBe(0)
})

it('writes nothing at all while a kind can’t be read', async () => {
  await faults({ fault: 'status', status: 403, kinds: ['routes'], methods: ['GET'] })
  const shown = await run('diff', 'kong.yaml')
  expect(shown.code).toBe(1)
  expect(shown.out).toContain('? route: not known')
  expect(shown.out).not.toContain('+ route')
  const synced = await run('sync', '--yes', 'kong.yaml')
  expect(synced.code).toBe(1)
  expect(synced.err.trim().split('\n')).toEqual([
    expect.stringMatching(
      /is written as a whole, so nothing can be written .*: reading routes is not allowed/,
    ),
  ])
  await faults({ fault: 'status', status: 403, kinds: ['config'], methods: ['GET'] })
  const blind = await run('sync', '--yes', 'kong.yaml')
  expect(blind.code).toBe(1)
  expect(blind.err).toContain('the whole configuration, /config, is not allowed (403)')
  expect(await posts()).toEqual([])
})

it('finds out whether a write took effect after a lost answer, and waits if asked to', async () => {
  await faults({ fault: 'lost', methods: ['POST'], kinds: ['config'], times: 1 })
  expect((await run('sync', '--yes', 'kong.yaml')).code).toBe(0)
  expect(await posts()).toEqual(['POST /config?flatten_errors=1'])
  await sandbox.control('one').setState({})
  await faults({ fault: 'reset', methods: ['POST'], kinds: ['config'], times: 1 })
  expect((await run('sync', '--yes', 'kong.yaml')).code).toBe(0)
  await sandbox.control('one').setState({})
  await faults({
    fault: 'status',
    status: 429,
    retryAfter: 0,
    methods: ['POST'],
    kinds: ['config'],
    times: 2,
  })
  expect((await run('sync', '--yes', 'kong.yaml')).code).toBe(0)
  expect((await run('diff', 'kong.yaml')).code).toBe(0)
})

it('asks for the number before many entities are deleted, and leaves out what is excluded', async () => {
  const many = Array.from({ length: 30 }, (_, i) => ({ name: `s${i}`, host: 'h' }))
  await configure({ services: many })
  const guarded = await run('sync', '--yes', 'kong.yaml')
  expect(guarded.code).toBe(1)
  expect(guarded.err).toContain('--allow-deletes 30')
  const partly = await run('sync', '--yes', '--no-delete', '--exclude', 'create consumer joe', 'kong.yaml')
  expect(partly.code).toBe(0)
  expect(await admin('GET', '/consumers')).toMatchObject({ data: [] })
  expect(JSON.parse(JSON.stringify(await admin('GET', '/services'))).data).toHaveLength(31)
})
