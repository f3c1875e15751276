import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const orphanedService: PackRule = {
  id: 'orphaned-service',
  title: 'A route leads to every service',
  severity: 'info',
  owasp: 'API9:2023',
  select: { kind: 'service' },
  assert: { routes: { at_least: 1 } },
  message: 'no route leads to it',
  rationale: 'What is left over is not looked after, and one route is enough to expose it again.',
  fix: 'Take it out, or add its route.',
  examples: [
    { expect: 'pass', manifest: oneRoute() },
    {
      expect: 'fail',
      manifest: { services: [{ name: 'old', url: 'https://old.internal' }] },
      finds: ['service old'],
    },
  ],
}
