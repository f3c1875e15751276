import { oneBody } from './example-documents.ts'
import type { PackRule } from './rule.ts'

export const unboundedString: PackRule = {
  id: 'unbounded-string',
  title: 'Texts in requests have a maximum length',
  severity: 'info',
  owasp: 'API4:2023',
  select: { kind: 'schema', where: { used: 'request', types: { contains: 'string' }, composed: false } },
  assert: {
    any: [
      { maxLength: { exists: true } },
      { enum: { exists: true } },
      { const: { exists: true } },
      {
        format: {
          one_of: ['date', 'date-time', 'time', 'duration', 'uuid', 'ipv4', 'ipv6', 'byte', 'binary'],
        },
      },
      // A pattern that begins and ends, and repeats nothing without end.
      { pattern: { exists: true, matches: '^\\^.*\\$$', matches_not: '[*+]|\\{[0-9]+,\\}' } },
    ],
  },
  message: 'a text of any length',
  rationale:
    'A text without a limit is read and kept whole, however long it is, and ends up in logs and databases.',
  fix: 'Add maxLength, an enum, or a pattern with a maximum length.',
  examples: [
    { expect: 'pass', specification: oneBody({ type: 'string', maxLength: 200 }) },
    {
      name: 'a pattern with an end',
      expect: 'pass',
      specification: oneBody({ type: 'string', pattern: '^[A-Z]{3}$' }),
    },
    { expect: 'fail', specification: oneBody({ type: 'string' }) },
    {
      name: 'a pattern without',
      expect: 'fail',
      specification: oneBody({ type: 'string', pattern: '^[A-Z]+$' }),
    },
  ],
}
