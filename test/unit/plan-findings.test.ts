import { expect, it } from 'vitest'
import { planFindingLines } from '../../src/cli/text/plan-findings.ts'
import type { Finding, Severity } from '../../src/governance/finding.ts'

function finding(rule: string, severity: Severity, name: string, line: number): Finding {
  const place = { file: 'kong/a.yaml', line, column: 1 }
  return {
    id: `${rule} ${name}`,
    rule,
    title: rule,
    severity,
    subjects: ['live'],
    target: 'prod',
    environment: 'prod',
    kind: 'route',
    key: name,
    name,
    message: 'nothing limits it',
    fix: '',
    owasp: null,
    rationale: '',
    place,
    trace: { specification: null, manifest: place, live: null },
    policy: { state: 'approved', approval: { state: 'built in' }, commit: null, place: null },
    waived: null,
  }
}

it('lists what blocks one by one, and the rest of one rule in one line', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const lines = planFindingLines(
    {
      introduces: [
        finding('open', 'block', 'a', 1),
        finding('open', 'block', 'b', 2),
        ...names.map((name, i) => finding('unlimited', 'warn', name, i + 1)),
      ],
      resolves: [finding('unlimited', 'warn', 'z', 9)],
      untold: [],
      refusal: { code: 'refused', message: 'policies refuse it' },
      mayOverride: false,
    },
    (_, text) => text,
  )
  expect(lines).toEqual([
    '  policy   introduces block open: route a: nothing limits it (kong/a.yaml:1)',
    '  policy   introduces block open: route b: nothing limits it (kong/a.yaml:2)',
    '  policy   introduces warn unlimited: 5 routes: nothing limits it: a (kong/a.yaml:1), b (kong/a.yaml:2), c (kong/a.yaml:3) and 2 more',
    '  policy   resolves warn unlimited: route z: nothing limits it (kong/a.yaml:9)',
    '  policy   REFUSED: this plan will not be applied',
  ])
})
