import { describe, expect, test } from 'vitest'
import type { Problem } from '../../src/model/problem.ts'
import { countText } from '../../src/workflows/fleet/fleet-counts.ts'
import { change, drift, fleet, target } from './console-fleet.ts'
import { stage } from './console-stage.ts'
import { FakeWorkflows } from './console-workflows.ts'

const forbidden: Problem = {
  code: 'forbidden',
  target: 'prod-eu',
  message: 'reading plugins is not allowed (403)',
  hint: 'Ask for that permission; until then this part is unknown.',
}

/** A target whose plugins can't be read, with a change of a route that hangs on them. */
function partlyRead(mayAccept: boolean): FakeWorkflows {
  const unknown = [{ kind: 'plugin', reason: forbidden }]
  const workflows = new FakeWorkflows(
    fleet([
      target('prod-eu', {
        protected: true,
        exposures: null,
        drift: drift('prod-eu', [change('payouts-list')], { unknown }),
      }),
    ]),
  )
  workflows.meaning = { ...workflows.meaning, unknown: 'plugins could not be read completely' }
  workflows.unknown = [
    {
      kind: 'plugin',
      why: forbidden.message,
      concerns: [{ kind: 'route', key: 'payouts-list', name: 'payouts-list' }],
      accepted: null,
    },
  ]
  workflows.mayAccept = mayAccept
  return workflows
}

describe('the review of a plan that depends on unknowns', () => {
  test('names the unknown kind, the reason and what it affects, and sends nothing', async () => {
    const workflows = partlyRead(false)
    await using console = await stage(workflows, { columns: 180, rows: 40 })
    await console.type('2')
    await console.type('s')
    const screen = console.screen()
    expect(screen).toMatch(
      /UNKNOWN {3}\? plugins are unknown \(reading plugins is not allowed \(403\)\); REFUSED; route payouts-list/,
    )
    expect(screen).toMatch(/POSTURE {3}\? unknown, and so is traffic: plugins could not be read completely/)
    expect(screen).not.toContain('no route gains or loses protection')
    expect(screen).toContain('REFUSED because plugins are unknown')
    expect(screen).toContain('It can’t be sent')
    // In full beside the change.
    expect(screen).toMatch(/│ depends on plugins, which are unknown: reading plugins is not allowed/)
    await console.type('Y')
    expect(console.lines().at(-1)).toContain('plugins are unknown (reading plugins is not allowed (403))')
    expect(workflows.applied).toEqual([])
  })

  test('asks for a reason if the configuration allows that, and sends a plan that records it', async () => {
    const workflows = partlyRead(true)
    await using console = await stage(workflows, { columns: 160, rows: 40 })
    await console.type('2')
    await console.type('s')
    await console.type('Y')
    expect(console.lines().at(-1)).toContain('plugins are unknown; why do it anyway?')
    await console.type('\r')
    expect(console.lines().at(-1)).toContain('A reason is required')
    await console.type('the list is being repaired')
    expect(workflows.applied).toEqual([])
    await console.type('\r')
    expect(workflows.applied).toHaveLength(1)
    expect(workflows.applied[0]?.unknown).toMatchObject([
      { kind: 'plugin', accepted: 'the list is being repaired' },
    ])
    // No policy stood against it, so none is overridden.
    expect(workflows.options).toEqual([{}])
  })

  test('takes one reason for both unknowns and policies, if both may be overridden', async () => {
    const workflows = partlyRead(true)
    workflows.planned = {
      introduces: [],
      resolves: [],
      untold: [{ rule: 'route-without-authentication', entities: 1 }],
      refusal: { code: 'policy-not-known', message: 'policies refuse this sync' },
      mayOverride: true,
    }
    await using console = await stage(workflows, { columns: 160, rows: 40 })
    await console.type('2')
    await console.type('s')
    expect(console.screen()).toContain('block route-without-authentication can’t be evaluated for 1')
    await console.type('Y')
    await console.type('agreed with the owner\r')
    expect(workflows.applied[0]?.unknown).toMatchObject([{ accepted: 'agreed with the owner' }])
    expect(workflows.options).toEqual([{ override: 'agreed with the owner' }])
  })
})

describe('the first screen', () => {
  test('shows a question mark for the count of a kind that could not be read', async () => {
    const unknown = [{ kind: 'plugin', reason: forbidden }]
    const changes = [change('a'), change('b', { cause: 'edited live' })]
    const workflows = new FakeWorkflows(
      fleet([
        target('nothing', { exposures: null, drift: drift('nothing', [], { unknown }) }),
        target('some', { exposures: null, drift: drift('some', changes, { unknown }) }),
      ]),
    )
    await using console = await stage(workflows, { columns: 140, rows: 30 })
    const screen = console.screen()
    expect(screen).toMatch(/nothing\s+31ms\s+now\s+\?\s+\?\s+\?\s+\?\s+\?/)
    expect(screen).toMatch(/some\s+31ms\s+now\s+1\+\s+1\+\s+\?\s+\?\s+\?/)
    expect(screen).not.toContain('in sync')
    expect(screen).toContain('2 of 2 partly unknown')
  })

  test('marks a count that may be too low', () => {
    expect(countText({ n: null, orMore: false })).toBe('?')
    expect(countText({ n: 0, orMore: false })).toBe('0')
    expect(countText({ n: 0, orMore: true })).toBe('?')
    expect(countText({ n: 3, orMore: true })).toBe('3+')
    expect(countText({ n: 3, orMore: false })).toBe('3')
  })
})

describe('the inventory', () => {
  test('names the kinds that could not be read, and does not show them as empty', async () => {
    const unknown = [
      { kind: 'route', reason: { ...forbidden, message: 'reading routes is not allowed (403)' } },
    ]
    const workflows = new FakeWorkflows(
      fleet([target('prod-eu', { apis: [], drift: drift('prod-eu', [], { unknown }) })]),
    )
    await using console = await stage(workflows, { columns: 120, rows: 30 })
    await console.type('3')
    const screen = console.screen()
    expect(screen).toContain('0 rows   not known: routes of prod-eu')
    expect(screen).toContain('nothing is known about it')
    expect(screen).not.toContain('no row matches')
  })
})
