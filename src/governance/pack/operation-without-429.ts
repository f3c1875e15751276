import { oneOperation } from './example-documents.ts'
import type { PackRule } from './rule.ts'

export const operationWithout429: PackRule = {
  id: 'operation-without-429',
  title: 'Every operation describes the response to a caller who calls too often',
  severity: 'info',
  owasp: 'API4:2023',
  select: { kind: 'operation' },
  assert: { responses: { contains_any: ['429', '4XX', '4xx', 'default'] } },
  message: 'has no response 429',
  rationale: 'Programs that don’t expect a limit retry at once, and make it worse.',
  fix: 'Describe the response 429, with Retry-After.',
  examples: [
    {
      expect: 'pass',
      specification: oneOperation({ responses: { '429': { description: 'Too many requests' } } }),
    },
    { expect: 'fail', specification: oneOperation({}), finds: ['operation GET /payouts'] },
  ],
}
