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
  host: payouts.internal
  retries: 3
  routes:
  - name: payouts-list
    paths: [/payouts]
    headers:
      x-canary: [git]
      x-team: [pay]
- name: reports
  host: reports.internal
upstreams:
- name: pool
  targets:
  - target: 10.0.0.1:80
    weight: 10
`
const rules = `
ignore:
  - kind: target
    name: "10.0.*"
    field: weight
    reason: the scaler sets it
  - kind: service
    name: reports
    reason: the data team moves it
  - kind: route
    name: payouts-*
    field: headers.x-canary
    reason: the rollout sets it
    expires: 2099-01-01T00:00:00Z
`

let sandbox: RunningSandbox
let work: string
const config = (more: string): void =>
  writeFileSync(
    join(work, 'gatewatch.yaml'),
    `version: 1
environments: [dev]
targets:
  one:
    environment: dev
    kong: { address: ${sandbox.gateways[0]?.adminUrl} }
    manifests: [kong.yaml]
${more}`,
  )
const run = (...args: string[]) =>
  gatewatch(args, { cwd: work, env: { GATEWATCH_STATE_DIR: join(work, 'state') } })

async function admin(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${sandbox.gateways[0]?.adminUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return response.status === 204 ? undefined : response.json()
}

beforeAll(async () => {
  sandbox = await launchSandbox({ gateways: [{ name: 'one', proxyPort: false, faults: true }] })
})
afterAll(() => sandbox.stop())

beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-ignore-'))
  await sandbox.control('one').setState({})
  writeFileSync(join(work, 'kong.yaml'), manifest)
  config('')
  expect((await run('sync', '--yes', '--confirm', 'one')).code).toBe(0)
  // What others do.
  const [target] = JSON.parse(JSON.stringify(await admin('GET', '/upstreams/pool/targets'))).data
  await admin('PATCH', `/upstreams/pool/targets/${target.id}`, { weight: 55 })
  await admin('PATCH', '/services/reports', { host: 'elsewhere.internal' })
  await admin('PATCH', '/routes/payouts-list', { headers: { 'x-canary': ['live'], 'x-team': ['pay'] } })
  config(rules)
  return () => rm(work, { recursive: true })
})

it('does not show what is ignored, only that it is and why', async () => {
  const shown = await run('diff')
  expect(shown.code).toBe(0)
  expect(shown.out).toContain('in sync')
  expect(shown.out).toContain('ignored: field weight of target 10.0.*: 1 (the scaler sets it)')
  expect(shown.out).toContain('ignored: service reports: 1 (the data team moves it)')
  expect(shown.out).not.toMatch(/55|elsewhere|live →/)
  expect(shown.err).toBe('')
  const { ignored, ignoreRules } = JSON.parse((await run('diff', '--output', 'json')).out)
  const told = ignored.map((each: { kind: string; operation: string; fields: string[] }) =>
    [each.operation, each.kind, ...each.fields].join(' '),
  )
  expect(told.toSorted()).toEqual(['update route headers.x-canary', 'update service', 'update target weight'])
  expect(ignoreRules).toMatchObject([{ state: 'matches' }, { state: 'matches' }, { state: 'matches' }])
})

it('writes other changes, keeps what is ignored, and says so in the saved plan', async () => {
  writeFileSync(
    join(work, 'kong.yaml'),
    manifest
      .replace('[pay]', '[pay-eu]')
      .replace('retries: 3', 'retries: 4')
      .replace('weight: 10', 'weight: 20\n    tags: [eu]')
      .replace('reports.internal', 'reports-2.internal'),
  )
  const made = await run('plan', '--out', 'plan.json')
  expect(made.code).toBe(2)
  expect(made.out).toContain('0 to create, 3 to update, 0 to delete: 3 requests')
  expect(made.out).toContain('PATCH /routes/')
  expect(made.out).toContain('{"headers":{"x-team":["pay-eu"],"x-canary":["live"]}}')
  const saved = await run('plan', 'show', 'plan.json', '--output', 'json')
  expect(JSON.parse(saved.out)).toMatchObject({ summary: { update: 3, ignored: 3 }, ignored: { length: 3 } })
  expect((await run('plan', 'show', 'plan.json')).out).toContain('ignored: service reports: 1')
  expect((await run('apply', '--yes', 'plan.json')).code).toBe(0)
  expect(await admin('GET', '/routes/payouts-list')).toMatchObject({
    headers: { 'x-canary': ['live'], 'x-team': ['pay-eu'] },
  })
  expect(await admin('GET', '/services/reports')).toMatchObject({ host: 'elsewhere.internal' })
  expect(await admin('GET', '/upstreams/pool/targets')).toMatchObject({
    data: [{ weight: 55, tags: ['eu'] }],
  })
  expect((await run('diff')).code).toBe(0)
})

it('neither deletes what is ignored nor creates it', async () => {
  await admin('PUT', '/services/extra', { host: 'h' })
  await admin('DELETE', '/services/reports')
  config(`${rules}  - kind: service\n    name: ext*\n    reason: theirs\n`)
  const shown = await run('sync', '--yes', '--confirm', 'one')
  expect(shown.code).toBe(0)
  expect(await admin('GET', '/services/extra')).toMatchObject({ host: 'h' })
  expect(await admin('GET', '/services/reports')).toMatchObject({ message: 'Not found' })
})

it('reports a rule that has ended or matches nothing, at its line', async () => {
  config(
    `${rules.replace('2099', '2020')}  - kind: route\n    name: payuots\n    reason: misspelt\n`.replace(
      'reason: the rollout sets it',
      'reason: rollout',
    ),
  )
  const shown = await run('diff')
  expect(shown.code).toBe(2)
  expect(shown.out).toContain('headers.x-canary')
  expect(shown.err).toMatch(
    /warning: .*gatewatch\.yaml:17:\d+: the rule that ignored field headers\.x-canary of route payouts-\* ended at 2020-01-01T00:00:00Z/,
  )
  expect(shown.err).toMatch(
    /warning: .*gatewatch\.yaml:22:\d+: the rule that ignores route payuots matches nothing/,
  )
})

it('refuses a saved plan that would write what is now ignored', async () => {
  config('')
  expect((await run('plan', '--out', 'plan.json')).code).toBe(2)
  config(rules)
  const applied = await run('apply', '--yes', 'plan.json')
  expect(applied.code).toBe(1)
  expect(applied.err).toContain('now ignores field headers.x-canary of route payouts-*')
  expect(await admin('GET', '/services/reports')).toMatchObject({ host: 'elsewhere.internal' })
})

it('reports where a rule is wrong', async () => {
  config('ignore:\n  - kind: rout\n    name: a\n    reason: r\n    targets: [two]\n    fields: b\n')
  const refused = await run('diff')
  expect(refused.code).toBe(1)
  expect(refused.err).toMatch(/gatewatch\.yaml:9:\d+: .*must be a kind of entity/)
  expect(refused.err).toMatch(/gatewatch\.yaml:13:\d+: .*fields/)
  expect(readFileSync(join(work, 'kong.yaml'), 'utf8')).toBe(manifest)
})
