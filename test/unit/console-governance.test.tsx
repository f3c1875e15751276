import { describe, expect, test } from 'vitest'
import { themeNames } from '../../src/console/theme/themes.ts'
import type { Problem } from '../../src/model/problem.ts'
import { cpuStopwatch } from '../cpu-time.ts'
import { largeInput } from '../timeouts.ts'
import { change, drift, fleet, now, problem, target } from './console-fleet.ts'
import { finding, found, governance, governed } from './console-policies.ts'
import { stage } from './console-stage.ts'

const hostile = 'x\x1b[2J\x1b]0;owned\x07\u202egnp.exe\r\nroot'

describe('the Governance screen', () => {
  test('shows the worst findings first: blocking ones open, the rest folded, waived ones marked', async () => {
    await using console = await stage(governed())
    await console.type('4')
    const screen = console.screen()
    expect(screen).toMatch(/\[findings 3\] {2}policies 3 {3}waivers 2 {3}coverage prod 75%/)
    expect(screen).toContain('not known: prod-ap')
    expect(screen).toContain('2 block, 1 warn, 1 waived')
    expect(screen).toMatch(/^ - block route-without-authentication {2}3, 1 waived {2}Every route asks/m)
    expect(screen).toMatch(/^> {2}block prod-eu {2}live {3}route disputes-list/m)
    expect(screen).toMatch(/^ {3}block prod-eu {2}waived route legacy-export/m)
    expect(screen).toMatch(/^ \+ warn {2}timeouts {2}1/m)
    expect(console.lines()).toHaveLength(24)
  })

  test('traces the selected finding and shows fix and reason', async () => {
    await using console = await stage(governed(), { columns: 100, rows: 30 })
    await console.type('4')
    const screen = console.screen()
    expect(screen).toMatch(/block {2}PROD prod-eu {2}route disputes-list: nothing authenticates its callers/)
    expect(screen).toContain(
      'specs/disputes.yaml:13 GET /disputes → kong/disputes.yaml:33 → prod-eu 679990dc',
    )
    expect(screen).toContain('fix      Add an authentication plugin.')
    expect(screen).toContain('why      Whoever finds it can use it.')
    expect(screen).toContain('OWASP API2:2023')
  })

  test('says until when a finding is waived, who owns the waiver and who approved it', async () => {
    await using console = await stage(governed(), { columns: 120, rows: 30 })
    await console.type('4jj')
    expect(console.screen()).toContain(
      'until 2026-04-10T00:00:00Z by @aisha, approved by @jonas: Reached from the office only',
    )
  })

  test('cycles through the groupings of findings on g', async () => {
    await using console = await stage(governed())
    await console.type('4')
    for (const by of ['environment', 'place', 'severity', 'rule']) {
      await console.type('g')
      expect(console.screen()).toMatch(new RegExp(`1 waived {3}by ${by}$`, 'm'))
    }
    await console.type('gg')
    expect(console.screen()).toMatch(/^.- block kong\/disputes\.yaml {2}2$/m)
  })

  test('filters for findings with all given words, and unfolds them', async () => {
    await using console = await stage(governed())
    await console.type('4/severity:warn\r')
    expect(console.screen()).toMatch(/service batch/)
    expect(console.screen()).not.toContain('disputes-list')
    await console.type('/\x15rule:route-without place:kong/refunds\r')
    expect(console.screen()).toMatch(/^> {2}block prod-eu {2}live {3}route refunds-list/m)
    expect(console.screen()).not.toContain('service batch')
    await console.type('/\x15nothing-like-it\r')
    expect(console.screen()).toContain('no row matches nothing-like-it')
  })

  test('folds a group on enter, and shows a finding in full', async () => {
    await using console = await stage(governed())
    await console.type('4k\r')
    expect(console.screen()).toMatch(/^>\+ block route-without-authentication/m)
    await console.type('\rj\r')
    expect(console.lines()[0]).toContain('Finding > disputes-list')
    expect(console.screen()).toContain('found    at the gateway, but not in Git')
    await console.type('\x1b[27u')
    expect(console.lines()[0]).toContain('Governance')
  })

  test('shows policies on tab with their state: approved, unverified, draft', async () => {
    await using console = await stage(governed(), { columns: 120, rows: 30 })
    await console.type('4\t')
    const screen = console.screen()
    expect(screen).toMatch(/^.warn {2}half-done\s+draft\s+3 \(1\)\s+none/m)
    expect(screen).toMatch(/^.warn {2}timeouts\s+unverified\s+3 \(1\)\s+3f2a9c1/m)
    expect(screen).toMatch(/^.block route-without-authentication\s+built in/m)
    await console.type('j')
    expect(console.screen()).toContain('approved, approval unverified: 5854a26 is not signed')
    await console.type('\r')
    expect(console.lines()[0]).toContain('Findings > timeouts')
    expect(console.screen()).toContain('1 warn')
  })

  test('shows waivers on tab, ineffective ones first, then coverage with the lists behind its numbers', async () => {
    await using console = await stage(governed(), { columns: 120, rows: 30 })
    await console.type('4\t\t')
    expect(console.screen()).toMatch(
      /^>expired\s+timeouts\s+service old\s+3d ago.*\n.active\s+route-without-authentication\s+route legacy-export\s+in 40d\s+@aisha\s+@jonas\s+1$/m,
    )
    expect(console.screen()).toContain('nobody yet')
    await console.type('\t')
    expect(console.screen()).toMatch(/PROD {2}75% {2}6 of 8 routes, 3 of 4 operations {3}not read: prod-ap/)
    expect(console.screen()).toMatch(/\+ shadow {2}1 {2}at the gateway, but in no manifest/)
    await console.type('j\r')
    expect(console.screen()).toMatch(/route legacy-export\s+prod-eu\s+in no manifest\s+-$/m)
    await console.type('\x1b[Z')
    expect(console.screen()).toMatch(/\[waivers 2\]/)
  })

  test('says that nothing is known before the first evaluation', async () => {
    const workflows = governed({ governance: null })
    workflows.view = { ...workflows.view, targets: [target('prod-eu', { findings: null })] }
    await using console = await stage(workflows)
    await console.type('4')
    expect(console.screen()).toMatch(/\[findings \?\] {2}policies \? {3}waivers \? {3}coverage \?/)
    expect(console.screen()).toContain('not known yet')
    for (const _ of [1, 2, 3]) {
      await console.type('\t')
      expect(console.screen()).toContain('not known yet')
    }
  })

  test('never shows findings from an earlier reading as fresh', async () => {
    const workflows = governed()
    const failed = { state: 'failed', problem, attempts: 2 } as const
    const old = target('prod-us', { reach: failed, findings: [finding('old-one', { target: 'prod-us' })] })
    workflows.view = { ...workflows.view, targets: [...workflows.view.targets, old] }
    await using console = await stage(workflows)
    await console.type('4')
    expect(console.screen()).toContain('not known: prod-ap   no answer, as last read: prod-us')
  })

  test('says that a fleet has no findings, or why its policies can’t be read', async () => {
    const nothing = governed()
    nothing.view = { ...nothing.view, targets: [target('prod-eu')] }
    await using console = await stage(nothing)
    await console.type('4')
    expect(console.screen()).toContain('nothing found')
    expect(console.screen()).toContain('policies find nothing')
    const problem: Problem = { code: 'policy', message: 'policies/a.yaml: title is missing' }
    nothing.set({ ...nothing.view, governance: { ...governance, policies: [], problems: [problem] } })
    await console.settled()
    expect(console.screen()).toContain('title is missing')
  })

  test.each(themeNames)(
    'in the theme %s no line is too wide, in a small and in a large terminal',
    async theme => {
      for (const [columns, rows] of [
        [80, 24],
        [200, 60],
      ] as const) {
        await using console = await stage(governed(), { columns, rows, theme })
        await console.type('4')
        expect(console.screen()).toContain('refunds-list')
        expect(console.lines()).toHaveLength(rows)
        expect(console.lines().at(-1)).toMatch(/\? help$/)
        for (const key of ['\t', '\t', '\t', '2', 'f']) await console.type(key)
      }
    },
  )

  test('shows every severity, state and waiver as a word if there are no colours', async () => {
    await using console = await stage(governed(), { env: { NO_COLOR: '1' } })
    await console.type('4')
    expect(console.sent).not.toMatch(/\x1b\[[\d;]*3[0-7]m/)
    expect(console.screen()).toMatch(/block prod-eu {2}waived/)
  })

  test('escapes hostile names', async () => {
    const workflows = governed()
    const bad = finding(hostile, { message: hostile, rule: 'shadow-api', place: null })
    workflows.view = { ...workflows.view, targets: [target('prod-eu', { findings: [bad] })] }
    await using console = await stage(workflows)
    await console.type('4')
    expect(console.screen()).toContain('x\\x1b[2J')
    expect(console.sent).not.toContain('\x1b]0;owned')
    await console.type('\r')
    expect(console.screen()).toContain('\\u202e')
    expect(console.lines()).toHaveLength(24)
  })

  test(
    'ten thousand findings: a row is drawn when it comes into view, and keys move at once',
    largeInput,
    async () => {
      const workflows = governed()
      const many = Array.from({ length: 10_000 }, (_, i) => finding(`route-${String(i).padStart(4, '0')}`))
      workflows.view = { ...workflows.view, targets: [target('prod-eu', { findings: many })] }
      await using console = await stage(workflows, { columns: 120, rows: 40 })
      await console.type('4')
      await console.type('>')
      expect(console.screen()).toContain('route-9999')
      const taken = cpuStopwatch()
      for (let i = 0; i < 50; i++) await console.type('k')
      // Fifty frames, the waiting of the test among them.
      expect(taken() / 50).toBeLessThan(100)
      expect(console.screen()).toContain('route-9949')
    },
  )
})

test('keeps findings with their row when the fleet is reordered', async () => {
  const workflows = governed()
  await using console = await stage(workflows)
  await console.type('4jk')
  const before = console.screen()
  expect(before).toMatch(/^> {2}block prod-eu {2}live {3}route disputes-list/m)
  const more = [finding('a-first-one'), ...found]
  workflows.set({
    ...fleet([target('prod-eu', { findings: more, readAt: now, drift: drift('prod-eu', [change('x')]) })]),
    governance,
  })
  await console.settled()
  expect(console.screen()).toMatch(/^> {2}block prod-eu {2}live {3}route disputes-list/m)
})
