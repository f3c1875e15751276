import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const unreachableRoute: PackRule = {
  id: 'unreachable-route',
  title: 'Every route can be reached',
  severity: 'warn',
  owasp: 'API9:2023',
  select: { kind: 'route', where: { effective: { exists: true } } },
  assert: { 'effective.unreachable': null },
  message: 'no request reaches it: {effective.unreachable.reason}',
  rationale: 'A route that is never reached seems to protect something; another one answers in its place.',
  fix: 'Remove it, or make it more specific than the one that always wins.',
  examples: [
    { expect: 'pass', manifest: oneRoute() },
    {
      expect: 'fail',
      manifest: oneRoute({}, { enabled: false }),
      finds: ['route payouts-list'],
    },
  ],
}
