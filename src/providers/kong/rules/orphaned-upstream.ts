import type { PackRule } from '../../../governance/pack/rule.ts'

const upstreams = [{ name: 'payouts.pool', targets: [{ target: '10.0.0.1:8080' }] }]

export const orphanedUpstream: PackRule = {
  id: 'orphaned-upstream',
  title: 'Every upstream is used by a service',
  severity: 'info',
  owasp: 'API9:2023',
  select: { kind: 'upstream' },
  assert: { services: { at_least: 1 } },
  message: 'no service uses it',
  rationale: 'Its health checks go on, and nobody knows whether the machines behind it are still needed.',
  fix: 'Remove it, or name it as the host of a service.',
  examples: [
    { expect: 'pass', manifest: { upstreams, services: [{ name: 'payouts', host: 'payouts.pool' }] } },
    { expect: 'fail', manifest: { upstreams }, finds: ['upstream payouts.pool'] },
  ],
}
