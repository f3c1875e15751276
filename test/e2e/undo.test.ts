import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { type Ended, gatewatch } from '../program.ts'

const before = `
_format_version: "3.0"
services:
- name: payouts
  url: http://payouts.internal
  routes:
  - name: payouts-list
    paths: [/payouts]
    plugins:
    - name: key-auth
- name: refunds
  url: http://refunds.internal
  routes:
  - name: refunds-list
    paths: [/refunds]
consumers:
- username: joe
  keyauth_credentials:
  - key: canary-key-of-joe
`
/** Enough that stays, so that what is taken away is no large share. */
const others = Array.from({ length: 10 }, (_, i) => `- username: other-${i}\n`).join('')
/** Changes a service and a route, adds one of each, and takes a plugin, a service with its route and a consumer away. */
const after = `
_format_version: "3.0"
services:
- name: payouts
  url: http://payouts.example
  routes:
  - name: payouts-list
    paths: [/pay-outs]
- name: reports
  url: http://reports.internal
  routes:
  - name: reports-list
    paths: [/reports]
consumers:
${others}`

let sandbox: RunningSandbox
let work: string
let address: string

beforeAll(async () => {
  sandbox = await launchSandbox({ gateways: [{ name: 'one', proxyPort: false, faults: true }] })
  address = sandbox.gateways[0]?.adminUrl ?? ''
})
afterAll(() => sandbox.stop())

beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-undo-'))
  writeFileSync(join(work, 'before.yaml'), before + others)
  writeFileSync(join(work, 'after.yaml'), after)
  await sandbox.control('one').setState({})
  await sandbox.control('one').setFaults([])
  expect((await ours('sync', '--yes', 'before.yaml')).code).toBe(0)
  return () => rm(work, { recursive: true })
})

const ours = (...args: string[]): Promise<Ended> =>
  gatewatch([...args, '--kong-addr', address], {
    cwd: work,
    env: { GATEWATCH_STATE_DIR: join(work, 'state') },
  })

/** All that the gateway holds, with ids and secrets, and without times. */
async function held(): Promise<string> {
  const dumped = await ours('dump', '--with-id')
  expect(dumped.code).toBe(0)
  return dumped.out
}

async function patch(path: string, body: unknown): Promise<void> {
  const answer = await fetch(address + path, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
}

const historySchema = z.array(
  z.looseObject({ id: z.string(), undoes: z.string().nullable(), done: z.number(), steps: z.number() }),
)

async function history(): Promise<z.infer<typeof historySchema>> {
  return historySchema.parse(JSON.parse((await ours('history', '--output', 'json')).out))
}

describe('undo', () => {
  it('puts back all that a sync changed, created and deleted, under the ids that it had', async () => {
    const first = await held()
    expect((await ours('sync', '--yes', 'after.yaml')).code).toBe(0)
    expect(await held()).not.toBe(first)
    const undone = await ours('undo', '--yes', 'before.yaml')
    expect(undone.err).toContain('taking back the sync')
    expect(undone.code).toBe(0)
    expect(await held()).toBe(first)
    expect((await ours('diff', 'before.yaml')).code).toBe(0)
    const [last, sync] = await history()
    expect(last?.undoes).toBe(sync?.id)
  })

  it('leaves Git ahead, because nobody edited anything', async () => {
    await ours('sync', '--yes', 'after.yaml')
    await ours('undo', '--yes', 'before.yaml')
    const { out } = await ours('diff', '--output', 'json', 'after.yaml')
    const causes = z
      .object({ changes: z.array(z.object({ name: z.string(), cause: z.string() })) })
      .parse(JSON.parse(out))
      .changes.filter(({ name }) => ['payouts', 'payouts-list', 'reports'].includes(name))
    expect(causes.map(each => each.cause)).toEqual(['git ahead', 'git ahead', 'git ahead'])
  })

  it('reports what it can’t restore without a lost secret, with all that belongs to it, and restores the rest', async () => {
    await ours('sync', '--yes', 'after.yaml')
    const undone = await ours('undo', '--yes', 'after.yaml')
    expect(undone.code).toBe(1)
    expect(undone.err).toMatch(/key-auth .*can’t be restored: one of its secrets is kept nowhere/)
    expect(undone.err).toContain('consumer joe is not restored without key-auth')
    const { out } = await ours('diff', '--output', 'json', 'before.yaml')
    expect(JSON.parse(out)).toMatchObject({
      changes: [
        { operation: 'create', kind: 'consumer' },
        { operation: 'create', kind: 'key-auth' },
      ],
    })
  })

  it('keeps what somebody changed since, and names it', async () => {
    await ours('sync', '--yes', 'after.yaml')
    await patch('/routes/reports-list', { strip_path: false })
    await patch('/services/payouts', { host: 'elsewhere.example' })
    const undone = await ours('undo', '--yes', 'before.yaml')
    expect(undone.code).toBe(1)
    expect(undone.err).toContain('route reports-list was changed since that sync')
    expect(undone.err).toContain('service payouts was changed since that sync')
    const now = await held()
    expect(now).toContain('elsewhere.example')
    expect(now).toContain('reports-list')
    expect(now).toContain('/payouts')
  })

  it('can undo an undo', async () => {
    await ours('sync', '--yes', 'after.yaml')
    const second = await held()
    await ours('undo', '--yes', 'before.yaml')
    const [undoing] = await history()
    const again = await ours('undo', '--yes', '--sync', undoing?.id.slice(0, 8) ?? '', 'before.yaml')
    expect(again.code).toBe(0)
    expect(await held()).toBe(second)
  })

  it('takes back only the steps that a stopped sync completed', async () => {
    const first = await held()
    await sandbox
      .control('one')
      .setFaults([{ fault: 'status', status: 500, methods: ['DELETE'], kinds: ['services'] }])
    expect((await ours('sync', '--yes', 'after.yaml')).code).toBe(1)
    await sandbox.control('one').setFaults([])
    expect(await held()).not.toBe(first)
    expect((await ours('undo', '--yes', 'before.yaml')).code).toBe(0)
    expect(await held()).toBe(first)
  })

  it('needs confirmation, and reports if nothing was synced or no such sync is known', async () => {
    await ours('sync', '--yes', 'after.yaml')
    const unasked = await ours('undo', 'before.yaml')
    expect(unasked.code).toBe(1)
    expect(unasked.err).toContain('--yes')
    const unknown = await ours('undo', '--yes', '--sync', 'ffff0000', 'before.yaml')
    expect(unknown.code).toBe(1)
    expect(unknown.err).toContain('no sync ffff0000 was made from here')
  })
})

describe('history', () => {
  it('lists each sync, newest first, with its outcome', async () => {
    await ours('sync', '--yes', 'after.yaml')
    await ours('undo', '--yes', 'before.yaml')
    const lines = (await ours('history')).out.trim().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(/\+\d+ ~\d+ -\d+ +\d+ of \d+ +undo of [0-9a-f]{8}/)
    expect(lines[1]).toContain('taken back')
    expect(lines.join('')).not.toContain('canary')
  })
})
