import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { gatewatch } from '../program.ts'

const manifest = `
_format_version: "3.0"
services:
- name: payouts
  url: http://payouts.internal
  routes:
  - name: payouts-list
    paths: [/payouts]
    strip_path: false
consumers:
- username: joe
  keyauth_credentials:
  - key: canary-key-of-joe
`
const diffSchema = z.object({
  target: z.string(),
  summary: z.object({ create: z.number(), update: z.number(), delete: z.number() }),
  changes: z.array(
    z.looseObject({
      operation: z.enum(['create', 'update', 'delete']),
      kind: z.string(),
      name: z.string(),
      cause: z.enum(['git ahead', 'edited live', 'conflict', 'unattributed']),
      fields: z.array(z.looseObject({ path: z.string(), git: z.unknown(), live: z.unknown() })),
      source: z.looseObject({ file: z.string(), line: z.number() }).optional(),
    }),
  ),
  unknown: z.array(z.object({ kind: z.string(), reason: z.string() })),
})

let sandbox: RunningSandbox
let work: string
let address: string
let file: string

const ours = (...args: string[]) =>
  gatewatch([...args, '--kong-addr', address], {
    cwd: work,
    env: { GATEWATCH_STATE_DIR: join(work, 'state') },
  })

async function admin(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${address}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return response.status === 204 ? undefined : response.json()
}

beforeAll(async () => {
  sandbox = await launchSandbox({ gateways: [{ name: 'one', proxyPort: false }] })
  address = sandbox.gateways[0]?.adminUrl ?? ''
})
afterAll(() => sandbox.stop())

beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-headless-'))
  file = join(work, 'kong.yaml')
  writeFileSync(file, '_format_version: "3.0"\n')
  const cleared = await ours('sync', '--yes', '--allow-deletes', '100', file)
  expect(cleared.code).toBe(0)
  writeFileSync(file, manifest)
  return () => rm(work, { recursive: true })
})

describe('diff', () => {
  it('prints one object with the place of each change, and exits 2, then 0 once synced', async () => {
    const before = await ours('diff', '--output', 'json', file)
    const drift = diffSchema.parse(JSON.parse(before.out))
    expect(before.code).toBe(2)
    expect(drift.summary).toEqual({ create: 4, update: 0, delete: 0 })
    expect(drift.changes.find(change => change.name === 'payouts-list')?.source).toMatchObject({
      file: expect.stringContaining('kong.yaml'),
      line: 7,
    })
    expect((await ours('sync', '--yes', file)).code).toBe(0)
    const after = await ours('diff', '--output', 'json', file)
    expect(diffSchema.parse(JSON.parse(after.out)).changes).toEqual([])
    expect(after.code).toBe(0)
  })

  it('distinguishes a live edit from a change in Git', async () => {
    await ours('sync', '--yes', file)
    await admin('PATCH', '/routes/payouts-list', { strip_path: true })
    writeFileSync(file, manifest.replace('payouts.internal', 'payouts.example'))
    const seen = diffSchema.parse(JSON.parse((await ours('diff', '--output', 'json', file)).out))
    expect(seen.changes.map(change => [change.name, change.cause, change.fields[0]?.path])).toEqual([
      ['payouts', 'git ahead', 'host'],
      ['payouts-list', 'edited live', 'strip_path'],
    ])
  })
})

describe('a saved plan', () => {
  it('can be shown without a gateway, and does exactly what it says', async () => {
    const made = await ours('plan', '--out', 'plan.json', file)
    expect(made.code).toBe(2)
    const shown = await gatewatch(['plan', 'show', 'plan.json', '--output', 'json'], { cwd: work })
    expect(shown.code).toBe(0)
    expect(JSON.parse(shown.out)).toMatchObject({ summary: { create: 4, update: 0, delete: 0 } })
    expect(readFileSync(join(work, 'plan.json'), 'utf8')).not.toContain('canary')
    const applied = await ours('apply', '--yes', 'plan.json', file)
    expect(applied.err).toBe('')
    expect(applied.code).toBe(0)
    expect((await ours('diff', file)).code).toBe(0)
  })

  it('is refused once a route was edited by hand, with its name and field, and writes nothing', async () => {
    await ours('sync', '--yes', file)
    writeFileSync(
      file,
      manifest.replace('[/payouts]', '[/pay-outs]').replace('payouts.internal', 'payouts.example'),
    )
    await ours('plan', '--out', 'plan.json', file)
    await admin('PATCH', '/routes/payouts-list', { strip_path: true })
    const before = await admin('GET', '/services/payouts')
    const applied = await ours('apply', '--yes', 'plan.json', file)
    expect(applied.code).toBe(1)
    expect(applied.err).toContain('route payouts-list')
    expect(applied.err).toContain('strip_path was false and is true')
    expect(applied.err).toContain('nothing was written')
    expect(await admin('GET', '/services/payouts')).toEqual(before)
  })

  it('is refused if it was edited after it was made', async () => {
    await ours('plan', '--out', 'plan.json', file)
    const text = readFileSync(join(work, 'plan.json'), 'utf8')
    writeFileSync(join(work, 'plan.json'), text.replaceAll('payouts.internal', 'elsewhere.internal'))
    const applied = await ours('apply', '--yes', 'plan.json', file)
    expect(applied.code).toBe(1)
    expect(applied.err).toContain('changed after it was made')
  })

  it('is refused if a secret has changed since it was made', async () => {
    await ours('plan', '--out', 'plan.json', file)
    writeFileSync(file, manifest.replace('canary-key-of-joe', 'canary-another-key'))
    const applied = await ours('apply', '--yes', 'plan.json', file)
    expect(applied.code).toBe(1)
    expect(applied.err).toContain('a secret of key-auth')
    expect(await admin('GET', '/services')).toMatchObject({ data: [] })
  })
})

describe('sync', () => {
  it('requires --yes if there is no terminal', async () => {
    const run = await ours('sync', file)
    expect(run.code).toBe(1)
    expect(run.err).toContain('--yes')
    expect(await admin('GET', '/services')).toMatchObject({ data: [] })
  })

  it('leaves out what is excluded and what needs it, and what would be deleted with --no-delete', async () => {
    await admin('PUT', '/services/extra', { host: 'h' })
    const run = await ours('sync', '--yes', '--no-delete', '--exclude', 'create service payouts', file)
    expect(run.code).toBe(0)
    expect(run.err).toContain('create route payouts-list (needs create service payouts)')
    expect(run.err).toContain('delete service extra (deletes are off)')
    expect(await admin('GET', '/services')).toMatchObject({ data: [{ name: 'extra' }] })
    expect(await admin('GET', '/consumers')).toMatchObject({ data: [{ username: 'joe' }] })
  })

  it('never turns an empty manifest into a mass deletion', async () => {
    const many = Array.from({ length: 30 }, (_, i) => `- name: s${i}\n  host: h`).join('\n')
    writeFileSync(file, `_format_version: "3.0"\nservices:\n${many}\n`)
    expect((await ours('sync', '--yes', file)).code).toBe(0)
    writeFileSync(file, '_format_version: "3.0"\n')
    const run = await ours('sync', '--yes', file)
    expect(run.code).toBe(1)
    expect(run.err).toContain('--allow-deletes 30')
    expect((await ours('sync', '--yes', '--allow-deletes', '30', file)).code).toBe(0)
  })

  it('keeps secrets out of everything that it prints and writes', async () => {
    const outputs = [
      await ours('diff', file),
      await ours('diff', '--output', 'json', file),
      await ours('plan', '--out', 'plan.json', file),
      await ours('sync', '--yes', '--debug', file),
      await ours('fleet', file),
      await ours('inventory', file),
      await ours('doctor', file),
    ]
    writeFileSync(file, manifest.replace('canary-key-of-joe', 'canary-another-key'))
    outputs.push(await ours('diff', '--output', 'yaml', file), await ours('sync', '--yes', file))
    for (const { out, err } of outputs) expect(out + err).not.toContain('canary')
    const { out } = await new Promise<{ out: string }>((resolve, reject) => {
      import('node:child_process').then(({ execFile }) =>
        execFile('grep', ['-rl', 'canary-', join(work, 'state'), join(work, 'plan.json')], (error, stdout) =>
          error && error.code !== 1 ? reject(error) : resolve({ out: stdout }),
        ),
      )
    })
    expect(out).toBe('')
  })
})
