import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { type Fault, launchSandbox } from '../../src/sandbox/index.ts'
import { type Ended, gatewatch, project } from '../program.ts'

const manifest = `
_format_version: "3.0"
services:
- name: payouts
  url: http://payouts.internal
  routes:
  - name: payouts-list
    paths: [/payouts]
  - name: payouts-show
    paths: ["~/payouts/[^/]+$"]
consumers:
- username: joe
`
let work: string
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-faults-'))
  writeFileSync(join(work, 'kong.yaml'), manifest)
  return () => rm(work, { recursive: true })
})

interface Run {
  readonly ended: Ended
  readonly after: Ended
  readonly journal: string
}

/** Syncs into an empty gateway that has faults, then compares. */
async function syncInto(faults: readonly Fault[]): Promise<Run> {
  const sandbox = await launchSandbox({
    gateways: [{ name: 'bad', proxyPort: false, faults: true, startWith: faults }],
  })
  const env = { GATEWATCH_STATE_DIR: join(work, 'state') }
  const at = ['--kong-addr', sandbox.gateways[0]?.adminUrl ?? '', 'kong.yaml']
  try {
    const ended = await gatewatch(['sync', '--yes', ...at], { cwd: work, env })
    const after = await gatewatch(['diff', '--output', 'json', ...at], { cwd: work, env })
    return { ended, after, journal: readJournal() }
  } finally {
    await sandbox.stop()
  }
}

function readJournal(): string {
  const top = join(work, 'state', 'journals')
  const files = existsSync(top) ? readdirSync(top, { recursive: true }).map(String) : []
  const file = files.find(name => name.endsWith('.jsonl'))
  return file === undefined ? '' : readFileSync(join(top, file), 'utf8')
}

it('a gateway that asks to slow down gets its pause, and then all requests', async () => {
  const { ended, after } = await syncInto([
    {
      fault: 'status',
      status: 429,
      retryAfter: 0,
      methods: ['POST'],
      kinds: ['services'],
      after: 1,
      times: 4,
    },
  ])
  expect(ended.err).not.toContain('gatewatch:')
  expect(ended.code).toBe(0)
  expect(after.code).toBe(0)
})

it('an answer that is lost after the write neither stops the sync nor causes a second write', async () => {
  const { ended, after } = await syncInto([
    { fault: 'lost', methods: ['POST'], kinds: ['services'], after: 1, times: 1 },
  ])
  expect(ended.code).toBe(0)
  expect(after.code).toBe(0)
})

it('a write that breaks off before it happened is sent again', async () => {
  const { ended, after } = await syncInto([
    { fault: 'reset', methods: ['POST'], kinds: ['services'], after: 1, times: 1 },
  ])
  expect(ended.code).toBe(0)
  expect(after.code).toBe(0)
})

it('a step that keeps failing stops what comes after it, and says what was done and what was not', async () => {
  const { ended, after, journal } = await syncInto([
    { fault: 'status', status: 500, methods: ['POST'], kinds: ['services'], after: 1 },
  ])
  expect(ended.code).toBe(1)
  expect(ended.out).toContain('1 done, 1 failed, 2 not sent')
  expect(ended.err).toContain('failed with 500')
  expect(after.code).toBe(2)
  expect(JSON.parse(after.out).summary).toEqual({ create: 3, update: 0, delete: 0 })
  const entries = journal
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).type)
  expect(entries[0]).toBe('plan')
  // After its end comes no more than what the gateway made up.
  expect(entries.slice(entries.indexOf('ended') + 1)).toEqual(['made-up'])
  expect(entries.filter(type => type === 'done')).toHaveLength(1)
})

it('one bad entity stops everything before anything is sent', async () => {
  writeFileSync(
    join(work, 'kong.yaml'),
    `${manifest}plugins:\n- name: rate-limiting\n  config: {minute: -5}\n`,
  )
  const sandbox = await launchSandbox({ gateways: [{ name: 'good', proxyPort: false }] })
  try {
    const address = sandbox.gateways[0]?.adminUrl ?? ''
    const ended = await gatewatch(['sync', '--yes', '--kong-addr', address, 'kong.yaml'], {
      cwd: work,
      env: { GATEWATCH_STATE_DIR: join(work, 'state') },
    })
    expect(ended.code).toBe(1)
    expect(ended.err).toMatch(/plugin rate-limiting \(global\).*minute/)
    expect(await (await fetch(`${address}/services`)).json()).toMatchObject({ data: [] })
  } finally {
    await sandbox.stop()
  }
})

it('two syncs of one target do not run at once', async () => {
  const sandbox = await launchSandbox({
    gateways: [
      { name: 'slow', proxyPort: false, faults: true, startWith: [{ fault: 'slow', delayMs: 150 }] },
    ],
  })
  try {
    const args = ['sync', '--yes', '--kong-addr', sandbox.gateways[0]?.adminUrl ?? '', 'kong.yaml']
    const options = { cwd: work, env: { GATEWATCH_STATE_DIR: join(work, 'state') } }
    const both = await Promise.all([gatewatch(args, options), gatewatch(args, options)])
    expect(both.map(each => each.code).sort()).toEqual([0, 1])
    expect(both.find(each => each.code === 1)?.err).toContain('is under way')
  } finally {
    await sandbox.stop()
  }
})

it('a killed sync leaves a lock that does not stop the next one, and a journal that says how far it got', async () => {
  const sandbox = await launchSandbox({
    gateways: [
      {
        name: 'slow',
        proxyPort: false,
        faults: true,
        // The first is the check of its shape.
        startWith: [
          { fault: 'slow', delayMs: 20_000, methods: ['POST'], kinds: ['consumers'], after: 1, times: 1 },
        ],
      },
    ],
  })
  try {
    const args = ['--kong-addr', sandbox.gateways[0]?.adminUrl ?? '', 'kong.yaml']
    const env = { ...process.env, GATEWATCH_STATE_DIR: join(work, 'state') }
    const child = spawn(process.execPath, [join(project, 'dist', 'gatewatch.js'), 'sync', '--yes', ...args], {
      cwd: work,
      env,
    })
    // Killed once the journal says that a request is on its way.
    await new Promise<void>(resolve => {
      const look = setInterval(() => {
        if (!readJournal().includes('"sending"')) return
        clearInterval(look)
        child.once('exit', () => resolve())
        child.kill('SIGKILL')
      }, 20)
    })
    // It may have been killed before the request went out, and the fault be left for the next sync.
    await sandbox.control('slow').setFaults([])
    const options = { cwd: work, env: { GATEWATCH_STATE_DIR: join(work, 'state') } }
    const doctor = await gatewatch(['doctor', ...args], options)
    expect(doctor.out).toMatch(/journal .*is cut off at 0 of 4: \d unknown, \d not sent/)
    const again = await gatewatch(['sync', '--yes', ...args], options)
    expect(again.err).not.toContain('under way')
    expect(again.code).toBe(0)
  } finally {
    await sandbox.stop()
  }
})
