import { oneOperation } from '../../../governance/pack/example-documents.ts'
import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const operationNotExposed: PackRule = {
  id: 'operation-not-exposed',
  title: 'Every operation is answered by a route',
  severity: 'info',
  owasp: 'API9:2023',
  select: { kind: 'operation', where: { deprecated: false } },
  assert: { not_exposed_on: { empty: true } },
  message: 'no route answers it at {not_exposed_on}',
  rationale: 'A specification that promises more than is served is not trusted, and then not read.',
  fix: 'Add its route, or remove the operation.',
  examples: [
    { expect: 'pass', manifest: oneRoute(), specification: oneOperation({}) },
    {
      expect: 'fail',
      manifest: oneRoute({ paths: ['/other'] }),
      specification: oneOperation({}),
      finds: ['operation GET /payouts'],
    },
  ],
}
