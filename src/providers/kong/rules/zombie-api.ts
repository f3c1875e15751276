import { oneOperation } from '../../../governance/pack/example-documents.ts'
import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const zombieApi: PackRule = {
  id: 'zombie-api',
  title: 'Every route of a manifest is described by a specification',
  severity: 'warn',
  owasp: 'API9:2023',
  select: { subject: 'manifest', kind: 'route', where: { service: { exists: true } } },
  assert: { specification: { exists: true } },
  message: 'no specification describes it',
  rationale:
    'Anyone who remembers a route without a specification uses it, and nobody can say what it should do.',
  fix: 'Describe it, or remove the route.',
  examples: [
    { expect: 'pass', manifest: oneRoute(), specification: oneOperation({}) },
    {
      expect: 'fail',
      manifest: oneRoute({ paths: ['/legacy'] }),
      specification: oneOperation({}),
      finds: ['route payouts-list'],
    },
  ],
}
