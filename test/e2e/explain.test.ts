import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { launchSandbox } from '../../src/sandbox/index.ts'
import { type Ended, gatewatch } from '../program.ts'

const manifest = `
_format_version: "3.0"
services:
- name: disputes
  url: http://disputes.internal:8080/api
  routes:
  - name: disputes-list
    id: ffffffff-0000-4000-8000-000000000000
    hosts: [api.pay.example]
    paths: [/disputes]
    methods: [GET]
    strip_path: false
    plugins:
    - name: key-auth
  - name: everything
    hosts: [api.pay.example]
    paths: [/]
  - name: never
    id: 00000000-0000-4000-8000-000000000001
    hosts: [api.pay.example]
    paths: [/disputes]
    methods: [GET]
    headers: {}
consumers:
- username: joe
  keyauth_credentials:
  - key: key-of-joe-17
`
let work: string
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-explain-'))
  writeFileSync(join(work, 'kong.yaml'), manifest)
  return () => rm(work, { recursive: true })
})
const run = (...args: string[]): Promise<Ended> =>
  gatewatch(args, { cwd: work, env: { GATEWATCH_STATE_DIR: join(work, 'state') } })

describe('explain, from files alone', () => {
  it('shows route, service, plugins and where the request ends', async () => {
    const { out, code } = await run(
      'explain',
      'GET https://api.pay.example/disputes',
      'kong.yaml',
      '--output',
      'json',
    )
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      service: 'disputes',
      status: 401,
      upstream: null,
      plugins: [{ name: 'key-auth', scope: 'route' }],
    })
    expect(JSON.parse(out)).toMatchObject({ also: ['never', 'everything'], unknown: [] })
  })

  it('reports that the answer depends on something outside the files', async () => {
    writeFileSync(join(work, 'kong.yaml'), manifest.replace(/^ +id: .*\n/gm, ''))
    const { out } = await run(
      'explain',
      'GET https://api.pay.example/disputes',
      'kong.yaml',
      '--output',
      'json',
    )
    // Two routes ask for the same: which one wins hangs on ids.
    expect(JSON.parse(out).unknown).toEqual([expect.stringContaining('never')])
  })

  it('shows what the upstream receives once a consumer is let in', async () => {
    const args = [
      'explain',
      'GET https://api.pay.example/disputes?a=1',
      'kong.yaml',
      '--consumer',
      'joe',
      '--output',
      'json',
    ]
    const { out } = await run(...args)
    expect(JSON.parse(out)).toMatchObject({
      route: 'disputes-list',
      status: null,
      upstream: { uri: '/api/disputes?a=1', host: 'disputes.internal:8080' },
    })
  })

  it('answers a file of requests, JSON Lines or an access log, and says which lines hold none', async () => {
    writeFileSync(
      join(work, 'requests'),
      [
        '{"method": "POST", "url": "https://api.pay.example/disputes", "headers": {"x-a": "1"}}',
        '10.0.0.1 - - [24/Nov/2026:02:14:07 +0000] "GET /disputes HTTP/1.1" 200 17 "-" "curl"',
        'neither',
      ].join('\n'),
    )
    const { out, err, code } = await run(
      ...['explain', '--requests', 'requests', '--host', 'api.pay.example', 'kong.yaml', '--output', 'json'],
    )
    expect(code).toBe(0)
    expect(
      out
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).route),
    ).toEqual(['everything', 'disputes-list'])
    expect(err).toContain('requests:3: skipped')
  })

  it.each([
    [['explain', 'nonsense', 'kong.yaml'], "nonsense isn't a request"],
    [['explain', 'GET https://api.pay.example/', 'kong.yaml', '--consumer', 'jo'], 'there is no consumer jo'],
    [['explain', 'GET https://a/', '-H', 'x', 'kong.yaml'], 'has no colon'],
    [['explain', '--requests', 'none', 'kong.yaml'], "none can't be read"],
  ])('reports %j in one sentence', async (args, sentence) => {
    const ended = await run(...args)
    expect(ended.code).toBe(1)
    expect(ended.err).toContain(sentence)
    expect(ended.err.trim().split('\n')).toHaveLength(1)
  })
})

it('explain works on a live gateway, inventory shows shadowed routes, and traffic reads a plan', async () => {
  const sandbox = await launchSandbox({ gateways: [{ name: 'one', proxyPort: false }] })
  try {
    const at = ['--kong-addr', sandbox.gateways[0]?.adminUrl ?? '']
    expect((await run('sync', '--yes', ...at, 'kong.yaml')).code).toBe(0)
    const live = await run('explain', 'GET https://api.pay.example/disputes', ...at, '--output', 'json')
    expect(JSON.parse(live.out)).toMatchObject({ status: 401 })
    const inventory = JSON.parse((await run('inventory', ...at, '--output', 'json')).out)
    const shadowed = inventory.apis.filter((api: { unreachable: string | null }) => api.unreachable !== null)
    expect(shadowed.map((api: { route: string }) => api.route)).toEqual(['never'])
    writeFileSync(join(work, 'kong.yaml'), manifest.replace('    plugins:\n    - name: key-auth\n', ''))
    expect((await run('plan', '--out', 'plan.json', ...at, 'kong.yaml')).code).toBe(2)
    const traffic = await run('traffic', 'plan.json', ...at, 'kong.yaml', '--output', 'json')
    expect(traffic.code).toBe(2)
    expect(JSON.parse(traffic.out)[0]).toMatchObject({
      change: 'authentication lost',
      worse: true,
      requests: expect.arrayContaining(['GET api.pay.example/disputes']),
    })
  } finally {
    await sandbox.stop()
  }
})
