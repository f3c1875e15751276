import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const orphanedService: PackRule = {
  id: 'orphaned-service',
  title: 'Every service has a route',
  severity: 'info',
  owasp: 'API9:2023',
  select: { kind: 'service' },
  assert: { routes: { at_least: 1 } },
  message: 'no route leads to it',
  rationale: 'Leftovers are not maintained, and one route is enough to expose them again.',
  fix: 'Remove it, or add its route.',
  examples: [
    { expect: 'pass', manifest: oneRoute() },
    {
      expect: 'fail',
      manifest: { services: [{ name: 'old', url: 'https://old.internal' }] },
      finds: ['service old'],
    },
  ],
}
