import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin, oneRoute } from './example-documents.ts'

export const routeWithoutRateLimit: PackRule = {
  id: 'route-without-rate-limit',
  title: 'Every route limits how often it is called',
  severity: 'warn',
  owasp: 'API4:2023',
  select: {
    kind: 'route',
    where: {
      service: { exists: true },
      'effective.authentication.state': { is_not: 'closed' },
    },
  },
  assert: { 'effective.rate_limits': { empty: false } },
  message: 'nothing limits how often it is called',
  rationale:
    'Without a limit, one caller, or a bug in one program, can use up what all others need, or run up costs.',
  fix: 'Add rate-limiting to the route, its service or globally.',
  examples: [
    {
      expect: 'pass',
      manifest: onePlugin({ name: 'rate-limiting', config: { minute: 60, policy: 'local' } }),
    },
    { expect: 'fail', manifest: oneRoute(), finds: ['route payouts-list'] },
  ],
}
