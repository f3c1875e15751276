import { oneOperation } from '../../../governance/pack/example-documents.ts'
import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const routeBeyondSpecification: PackRule = {
  id: 'route-beyond-specification',
  title: 'Routes answer no more than their specification describes',
  severity: 'warn',
  owasp: 'API9:2023',
  select: { kind: 'route', where: { specification: { exists: true } } },
  assert: { beyond: { empty: true } },
  message: 'answers more than its specification describes: {beyond}',
  rationale: 'What is not specified is not reviewed or tested, and is open to anyone who tries it.',
  fix: 'Describe it too, or narrow the methods and paths of the route.',
  examples: [
    { expect: 'pass', manifest: oneRoute({ methods: ['GET'] }), specification: oneOperation({}) },
    {
      expect: 'fail',
      manifest: oneRoute({ methods: ['GET', 'DELETE'] }),
      specification: oneOperation({}),
      finds: ['route payouts-list'],
    },
    { name: 'any method', expect: 'fail', manifest: oneRoute(), specification: oneOperation({}) },
  ],
}
