import { oneOperation } from './example-documents.ts'
import type { PackRule } from './rule.ts'

const scheme = (where: string) =>
  oneOperation(
    {},
    { components: { securitySchemes: { key: { type: 'apiKey', in: where, name: 'apikey' } } } },
  )

export const apiKeyInQuery: PackRule = {
  id: 'api-key-in-query',
  title: 'No API key is sent in the query',
  severity: 'warn',
  owasp: 'API2:2023',
  select: { kind: 'security-scheme', where: { type: 'apiKey' } },
  assert: { in: { is_not: 'query' } },
  message: 'its key is sent in the query',
  rationale: 'URLs are logged, kept in histories and sent along as referrers; the key goes with them.',
  fix: 'Send it in a header (in: header).',
  examples: [
    { expect: 'pass', specification: scheme('header') },
    { expect: 'fail', specification: scheme('query'), finds: ['security-scheme key'] },
  ],
}
