import { describe, expect, test } from 'vitest'
import type { Problem } from '../../src/model/problem.ts'
import { finding, found, governance, governed } from './console-policies.ts'
import { stage } from './console-stage.ts'

describe('what can be done about a finding', () => {
  test('w asks for a waiver: reason, owner, expiry; Y alone writes it', async () => {
    const workflows = governed()
    await using console = await stage(workflows)
    await console.type('4w')
    expect(console.lines()[0]).toContain('Waive > route-without-authentication')
    expect(console.screen()).toMatch(/^ owner\s+kim/m)
    expect(console.screen()).toMatch(/expires {3}2026-05-30 {3}in 90 days, 180 at most/)
    await console.type('The partner signs requests\r')
    await console.type('\x15@mira\r\x152026-04-01\r\r')
    expect(workflows.waived).toEqual([])
    expect(console.screen()).toContain('in 31 days')
    await console.type('\r\x1b[27u')
    await console.type('Y')
    expect(workflows.waived).toEqual([
      {
        finding: found[0]?.id,
        reason: 'The partner signs requests',
        owner: '@mira',
        expires: new Date('2026-04-01T00:00:00Z'),
        targetOnly: true,
      },
    ])
    expect(console.screen()).toContain('WRITTEN  waivers/waivers.yaml:2')
    await console.type('Y')
    expect(workflows.waived).toHaveLength(1)
  })

  test('a waiver without a reason, or with no date, is not written', async () => {
    const workflows = governed()
    await using console = await stage(workflows)
    await console.type('4w\x1b[27u')
    await console.type('Y')
    expect(console.lines().at(-1)).toContain('it needs a reason')
    await console.type('\rwhy\r\r\x15soon\x1b[27u')
    await console.type('Y')
    expect(console.lines().at(-1)).toContain('expires must be a date')
    expect(workflows.waived).toEqual([])
  })

  test('a refusal by the workflow is reported, and the form stays open', async () => {
    const workflows = governed()
    workflows.waive = async () => ({ ok: false, error: [{ code: 'waiver', message: 'it lasts too long' }] })
    await using console = await stage(workflows)
    await console.type('4wwhy\x1b[27u')
    await console.type('Y')
    expect(console.screen()).toContain('it lasts too long')
    expect(console.screen()).toMatch(/reason\s+why/)
  })

  test('a finding that is already waived or is about waivers can’t be waived', async () => {
    const workflows = governed()
    const own = finding('timeouts: service old', {
      subjects: ['governance'],
      target: null,
      environment: null,
    })
    workflows.view = { ...workflows.view, governance: { ...governance, findings: [own] } }
    await using console = await stage(workflows)
    await console.type('4/legacy\rw')
    expect(console.lines().at(-1)).toContain('it is waived already')
    await console.type('/\x15found:own\rw')
    expect(console.lines().at(-1)).toContain('corrected, not waived')
  })

  test('i shows all findings of the same rule in the fleet', async () => {
    const workflows = governed()
    await using console = await stage(workflows, { columns: 120 })
    await console.type('4i')
    expect(console.lines()[0]).toContain('Findings > impact of route-without-authentication')
    expect(console.screen()).toContain('whatever its state and waivers')
    expect(console.screen()).toMatch(/2 block, 1 waived {3}by target/)
  })

  test('e is dimmed if no file holds the finding, and says so if the file is gone', async () => {
    const workflows = governed()
    workflows.locate = async place => ({
      ok: false,
      error: [{ code: 'not-on-disk', message: `${place.file} is not on disk` }],
    })
    await using console = await stage(workflows)
    await console.type('4')
    await console.type('e')
    expect(console.lines().at(-1)).toContain('kong/disputes.yaml is not on disk')
    await console.type('/legacy\re')
    expect(console.lines().at(-1)).toContain('e edit: no file holds it')
  })
})

describe('findings on the other screens', () => {
  test('the first screen counts findings that fail a check, and opens them', async () => {
    await using console = await stage(governed(), { columns: 100 })
    expect(console.screen()).toMatch(/READ EDIT AHEAD CONF UNKN FIND/)
    expect(console.screen()).toMatch(/prod-eu\s+31ms\s+now\s+0\s+2\s+0\s+0\s+2 /)
    expect(console.screen()).toMatch(/prod-ap .*\?\s+\?\s+\?\s+\?\s+\? /)
    await console.type('\r')
    expect(console.lines()[0]).toContain('Findings > prod-eu')
  })

  test('drift shows the findings about a change, and f shows only those', async () => {
    await using console = await stage(governed(), { columns: 110, rows: 30 })
    await console.type('2j')
    expect(console.screen()).toMatch(/~ route disputes-list {2}strip_path\s+block 1 {2}git ahead/)
    expect(console.screen()).toMatch(
      /block route-without-authentication live\n {3}route disputes-list nothing authenticates/,
    )
    expect(console.screen()).toContain('specs/disputes.yaml:13 GET /disputes → kong/disputes.yaml:33')
    await console.type('f')
    expect(console.lines()[0]).toContain('Findings > prod-eu > route disputes-list')
    expect(console.screen()).toContain('1 block')
    expect(console.screen()).not.toContain('refunds-list')
  })

  test('the console can go to governance and each of its parts', async () => {
    await using console = await stage(governed(), { columns: 100, rows: 60 })
    await console.type(':waivers\r')
    expect(console.screen()).toMatch(/\[waivers 2\]/)
    await console.type(':route-without\r')
    expect(console.lines()[0]).toContain('Findings > route-without-authentication')
    await console.type('?')
    expect(console.screen()).toMatch(/e\s+edit\s+Open the line in your editor/)
    expect(console.screen()).toMatch(/4\s+governance\s+Show findings, policies, waivers/)
  })
})

describe('the review of a sync that policies refuse', () => {
  const refusal: Problem = {
    code: 'policy-refuses',
    target: 'prod-eu',
    message: 'policies refuse this sync, because it would introduce route disputes-list',
  }
  const refused = (mayOverride: boolean) => {
    const workflows = governed()
    workflows.planned = {
      introduces: [finding('disputes-list')],
      resolves: [finding('refunds-list')],
      untold: [],
      refusal,
      mayOverride,
    }
    return workflows
  }

  test('traces the findings that it introduces and resolves, says which ones refuse it, and sends nothing', async () => {
    const workflows = refused(false)
    await using console = await stage(workflows, { columns: 200, rows: 40 })
    await console.type('2')
    await console.type('s')
    const screen = console.screen()
    expect(screen).toMatch(
      /POLICY {4}! introduces block route-without-authentication: route disputes-list nothing authenticates its callers {2}specs\/disputes\.yaml:13 GET \/disputes → kong\/disputes\.yaml:33 → prod-eu 679990dc/,
    )
    expect(screen).toMatch(/\+ resolves block route-without-authentication: route refunds-list/)
    expect(screen).toContain('REFUSED by 1 finding: f shows it')
    expect(screen).toContain('CONFIRM It can’t be sent: it would send 2 requests to prod-eu.')
    await console.type('Y')
    expect(console.lines().at(-1)).toContain(
      'policies refuse it: route disputes-list nothing authenticates its callers',
    )
    expect(workflows.applied).toEqual([])
  })

  test('shows those findings on f, with every possible action', async () => {
    await using console = await stage(refused(false), { columns: 120, rows: 30 })
    await console.type('2')
    await console.type('s')
    await console.type('f')
    expect(console.screen()).toMatch(/- block introduced {2}1/)
    expect(console.screen()).toMatch(/- block resolved {2}1/)
    await console.type('w')
    expect(console.lines()[0]).toContain('Waive > route-without-authentication')
  })

  test('asks for a reason if the configuration allows an override, and passes it on', async () => {
    const workflows = refused(true)
    await using console = await stage(workflows, { columns: 120 })
    await console.type('2')
    await console.type('s')
    await console.type('Y')
    await console.type('\r')
    expect(console.lines().at(-1)).toContain('A reason is required')
    await console.type('the partner tests tonight')
    expect(workflows.applied).toEqual([])
    await console.type('\r')
    expect(workflows.applied).toHaveLength(1)
    expect(workflows.options).toEqual([{ override: 'the partner tests tonight' }])
  })

  test('does not wait for policies, but a refusal by them revokes the confirmation', async () => {
    const workflows = refused(false)
    workflows.meaning = { ...workflows.meaning, confirmByName: true }
    const { promise, resolve } = Promise.withResolvers<typeof workflows.planned>()
    workflows.planFindings = () => promise
    await using console = await stage(workflows)
    await console.type('2')
    await console.type('s')
    expect(console.screen()).toContain('asking policies')
    await console.type('Y')
    expect(console.lines().at(-1)).toContain('type prod-eu and enter to send')
    resolve(workflows.planned)
    await console.settled()
    expect(console.lines().at(-1)).toContain('policies refuse it')
    await console.type('prod-eu\r')
    expect(workflows.applied).toEqual([])
  })
})
