// What policies found in a fleet for tests of the console.
import type { Finding } from '../../src/governance/finding.ts'
import type { FleetView } from '../../src/workflows/fleet/fleet-view.ts'
import type { GovernanceView } from '../../src/workflows/governance/governance-view.ts'
import { change, drift, fleet, need, now, target } from './console-fleet.ts'
import { FakeWorkflows } from './console-workflows.ts'

/** A finding at a route of prod-eu. */
export function finding(name: string, more: Partial<Finding> = {}): Finding {
  const { rule = 'route-without-authentication', target: where = 'prod-eu', kind = 'route' } = more
  return {
    id: `${rule} ${where ?? '-'} ${kind} ${name}`,
    rule,
    title: 'Every route asks who is calling',
    severity: 'block',
    subjects: ['live'],
    target: where,
    environment: where === null ? null : 'prod',
    kind,
    key: name,
    name,
    message: 'nothing authenticates its callers',
    rationale: 'Whoever finds it can use it.',
    fix: 'Add an authentication plugin.',
    owasp: 'API2:2023',
    place: { file: 'kong/disputes.yaml', line: 33, column: 9 },
    trace: {
      specification: {
        operation: 'GET /disputes',
        place: { file: 'specs/disputes.yaml', line: 13, column: 5 },
      },
      manifest: { file: 'kong/disputes.yaml', line: 33, column: 9 },
      live: { target: 'prod-eu', id: '679990dc-b69e-410c-8792-d8d676082fb2' },
    },
    policy: { state: 'approved', approval: { state: 'built in' }, commit: null, place: null },
    waived: null,
    ...more,
  }
}

export const governance: GovernanceView = {
  enforced: true,
  commit: '3f2a9c1e00000000000000000000000000000000',
  policies: [
    policy('timeouts', {
      approval: { state: 'unverified', why: '5854a26 is not signed' },
      place: { file: 'policies/timeouts.yaml', line: 2, column: 1 },
      commit: '3f2a9c1e00000000000000000000000000000000',
    }),
    policy('half-done', {
      state: 'draft',
      approval: { state: 'unverified', why: 'x' },
      place: { file: 'policies/half-done.yaml', line: 1, column: 1 },
    }),
    policy('route-without-authentication', { severity: { production: 'block', default: 'warn' } }),
  ],
  waivers: [
    {
      rule: 'route-without-authentication',
      entity: 'route legacy-export',
      reason: 'Reached from the office only',
      owner: '@aisha',
      approvedBy: '@jonas',
      approval: { state: 'unverified', why: 'not signed' },
      expires: new Date(now.getTime() + 40 * 86_400_000),
      state: 'active',
      why: '',
      covers: 1,
      place: { file: 'waivers/prod.yaml', line: 3, column: 5 },
    },
    {
      rule: 'timeouts',
      entity: 'service old',
      reason: 'Soon gone',
      owner: '@mira',
      approvedBy: null,
      approval: { state: 'unverified', why: 'nobody approved it' },
      expires: new Date(now.getTime() - 3 * 86_400_000),
      state: 'expired',
      why: 'it expired',
      covers: 1,
      place: { file: 'waivers/prod.yaml', line: 9, column: 5 },
    },
  ],
  findings: [],
  coverage: [
    {
      environment: 'prod',
      percent: 75,
      routes: 8,
      covered: 6,
      operations: 4,
      exposed: 3,
      targets: ['prod-eu'],
      unread: ['prod-ap'],
      unknown: [],
      entries: [
        {
          gap: 'shadow',
          target: 'prod-eu',
          kind: 'route',
          name: 'legacy-export',
          detail: 'in no manifest',
          place: null,
        },
        {
          gap: 'zombie',
          target: 'prod-eu',
          kind: 'route',
          name: 'batch-status',
          detail: 'no specification describes it',
          place: { file: 'kong/batch.yaml', line: 7, column: 9 },
        },
      ],
    },
  ],
  problems: [],
}

function policy(id: string, more: Partial<GovernanceView['policies'][number]> = {}) {
  return {
    id,
    title: `What ${id} asks`,
    state: 'approved',
    approval: { state: 'built in' },
    commit: null,
    place: null,
    owner: '@aisha',
    owasp: 'API4:2023',
    severity: { default: 'warn' },
    kinds: ['route'],
    rationale: 'Because.',
    fix: 'Do it.',
    found: { findings: 3, waived: 1 },
    ...more,
  } as const
}

const waived: Finding['waived'] = {
  reason: 'Reached from the office only',
  owner: '@aisha',
  approvedBy: '@jonas',
  expires: '2026-04-10T00:00:00Z',
  place: { file: 'waivers/prod.yaml', line: 3, column: 5 },
}

export const found: readonly Finding[] = [
  finding('disputes-list'),
  finding('refunds-list', { place: { file: 'kong/refunds.yaml', line: 29, column: 9 } }),
  finding('legacy-export', {
    waived,
    place: null,
    trace: { specification: null, manifest: null, live: { target: 'prod-eu', id: null } },
  }),
  finding('batch', {
    rule: 'timeouts',
    kind: 'service',
    severity: 'warn',
    message: 'waits 120000 ms',
    subjects: ['live', 'manifest'],
  }),
]

/** A fleet with findings, one target of which does not answer. */
export function governed(more: Partial<FleetView> = {}): FakeWorkflows {
  const changes = [change('disputes-list'), change('refunds-list')]
  const view = fleet([
    target('prod-eu', { findings: found, drift: drift('prod-eu', changes) }),
    target('prod-ap', { readAt: null, drift: null, apis: null, exposures: null, findings: null }),
  ])
  return new FakeWorkflows({ ...view, governance, ...more }, [
    need('findings', 'prod-eu', { title: '2 findings: route-without-authentication', changes: [] }),
  ])
}
