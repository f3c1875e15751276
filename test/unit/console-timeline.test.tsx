import { expect, test } from 'vitest'
import type { RecordedSync } from '../../src/ledger/journal-reading.ts'
import { change, drift, fleet, minutesAgo, target } from './console-fleet.ts'
import { stage } from './console-stage.ts'
import { FakeWorkflows, planOf } from './console-workflows.ts'

function recorded(id: string, minutes: number, more: Partial<RecordedSync> = {}): RecordedSync {
  const plan = {
    ...planOf('prod-eu', [change('payouts-list'), change('payouts-show')], [], {
      excluded: new Set(),
      deletes: true,
    }),
    id,
  }
  return {
    file: id,
    at: minutesAgo(minutes).toISOString(),
    by: 'mira',
    plan,
    process: null,
    done: plan.steps.map(step => step.id),
    open: [],
    failed: [],
    unknown: [],
    strange: [],
    sealed: [],
    madeUp: null,
    override: null,
    acceptedUnknown: null,
    ended: true,
    ...more,
  }
}

const halfDone = recorded('bbbbbbbbbb', 30, {
  done: ['step update route payouts-list'],
  failed: [{ step: 'step update route payouts-show', reason: 'the gateway refuses it' }],
})

function synced(): FakeWorkflows {
  const workflows = new FakeWorkflows(fleet([target('prod-eu')]))
  workflows.syncs = [halfDone, recorded('aaaaaaaaaa', 120)]
  workflows.undoing = { changes: [change('payouts-list')], kept: [] }
  return workflows
}

test('t lists the syncs, newest first, with how far each got and what it changed', async () => {
  await using console = await stage(synced(), { columns: 110, rows: 30 })
  await console.type('t')
  const screen = console.screen()
  expect(screen).toContain('2 syncs made from this machine')
  expect(screen).toMatch(/30m ago .*prod-eu +mira +\+0 ~2 -0 +stopped at 1 of 2/)
  expect(screen).toMatch(/2h ago .*2 of 2/)
  expect(screen).toMatch(/failed +the gateway refuses it/)
  expect(screen).toMatch(/done +~ route payouts-list/)
  expect(screen).toMatch(/not +~ route payouts-show/)
})

test('u opens the review of an undo, and Y sends that very plan', async () => {
  const workflows = synced()
  await using console = await stage(workflows, { columns: 110, rows: 30 })
  await console.type('tu')
  expect(workflows.prepared).toEqual(['bbbbbbbbbb'])
  expect(console.lines()[0]).toContain('Undo > review > prod-eu')
  await console.type('Y')
  expect(workflows.applied.map(plan => plan.undoes)).toEqual(['bbbbbbbbbb'])
})

test('the timeline reports what can’t be restored, and a sync is not undone twice', async () => {
  const workflows = synced()
  const undo = {
    ...recorded('cccccccccc', 5),
    plan: { ...recorded('cccccccccc', 5).plan, undoes: 'bbbbbbbbbb' },
  }
  workflows.syncs = [undo, ...workflows.syncs]
  workflows.undoing = {
    changes: [],
    kept: [{ code: 'changed-since', target: 'prod-eu', message: 'route payouts-list was changed since' }],
  }
  await using console = await stage(workflows, { columns: 110, rows: 30 })
  await console.type('t')
  expect(console.screen()).toMatch(/took back bbbbbbbb/)
  await console.type('u')
  expect(console.lines().at(-1)).toContain('route payouts-list was changed since')
  await console.type('ju')
  expect(console.lines().at(-1)).toContain('it was taken back already')
  expect(workflows.applied).toEqual([])
})

test('once a sync has ended, u undoes it from its result', async () => {
  const workflows = synced()
  workflows.set(fleet([target('prod-eu', { drift: drift('prod-eu', [change('payouts-list')]) })]))
  await using console = await stage(workflows, { columns: 110, rows: 30 })
  await console.type('2s')
  await console.type('Y')
  const [applied] = workflows.applied
  workflows.syncs = [recorded(applied?.id ?? '', 0)]
  expect(console.lines().at(-1)).toContain('u undo')
  await console.type('u')
  expect(workflows.prepared).toEqual([applied?.id])
  expect(console.lines()[0]).toContain('Undo > review > prod-eu')
})

test('a sync that ran on another machine is known from the ledger', async () => {
  const workflows = new FakeWorkflows(
    fleet([target('prod-eu', { lastSync: { at: minutesAgo(120), by: 'mira', done: 10, total: 26 } })]),
  )
  await using console = await stage(workflows, { columns: 110, rows: 30 })
  await console.type('2t')
  expect(console.screen()).toContain('no sync was made from here yet')
  await console.type('\x1b[27u\x1b[27u\tjt')
  expect(console.screen()).toContain('the last one: 10 of 26 requests by mira, 2h ago')
})

test('an unreliable journal is listed among the syncs with the reason, and can’t be undone', async () => {
  const workflows = synced()
  workflows.unread = [
    {
      type: 'unread',
      target: 'prod-eu',
      file: '/state/journals/x/2026-10-01T101112.123Z-abcdef12.jsonl',
      at: minutesAgo(60).toISOString(),
      problem: { code: 'bad-journal', message: 'this line does not match those before it' },
    },
  ]
  await using console = await stage(workflows, { columns: 120, rows: 30 })
  await console.type('t')
  expect(console.screen()).toMatch(/1h ago +PROD prod-eu +this journal can’t be relied on: 2026-10-01T101112/)
  expect(console.screen()).toContain('this line does not match those before it')
  await console.type('u')
  expect(console.lines().at(-1)).toContain('what this sync did is not known')
  expect(workflows.prepared).toEqual([])
})

test('the review of an undo lists what the undo leaves unchanged', async () => {
  const workflows = synced()
  const reason = 'route payouts-show was changed since that sync, and stays as it is'
  workflows.kept = [{ kind: 'route', key: 'payouts-show', reason }]
  await using console = await stage(workflows, { columns: 120, rows: 30 })
  await console.type('tu')
  expect(console.screen()).toMatch(/STAYS +! route payouts-show was changed since that sync/)
})
