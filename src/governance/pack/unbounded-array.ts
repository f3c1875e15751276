import { oneBody } from './example-documents.ts'
import type { PackRule } from './rule.ts'

export const unboundedArray: PackRule = {
  id: 'unbounded-array',
  title: 'Lists in requests have a maximum length',
  severity: 'warn',
  owasp: 'API4:2023',
  select: { kind: 'schema', where: { used: 'request', types: { contains: 'array' } } },
  assert: { maxItems: { exists: true } },
  message: 'a list of any length',
  rationale: 'A list without a limit is read, checked and kept in memory whole, however long it is.',
  fix: 'Add maxItems.',
  examples: [
    { expect: 'pass', specification: oneBody({ type: 'array', maxItems: 100, items: { type: 'boolean' } }) },
    { expect: 'fail', specification: oneBody({ type: 'array', items: { type: 'boolean' } }) },
    {
      name: 'one among other types',
      expect: 'fail',
      specification: oneBody({ type: ['array', 'null'], items: { type: 'boolean' } }),
    },
  ],
}
