import { oneOperation } from './example-documents.ts'
import type { PackRule } from './rule.ts'

const token = (where: string) =>
  oneOperation({ parameters: [{ name: 'access_token', in: where, schema: { type: 'string' } }] })

export const secretInUrl: PackRule = {
  id: 'secret-in-url',
  title: 'No parameter puts a secret into the URL',
  severity: 'warn',
  owasp: 'API2:2023',
  select: {
    kind: 'parameter',
    where: {
      name: { matches: '(?i)(password|passwd|secret|token|api[_-]?key|access[_-]?key|session[_-]?id)$' },
    },
  },
  assert: { in: { none_of: ['query', 'path'] } },
  at: 'in',
  message: 'puts {name} into the URL',
  rationale: 'URLs are logged, kept in histories and sent along as referrers.',
  fix: 'Send it in a header or the body.',
  examples: [
    { expect: 'pass', specification: token('header') },
    { expect: 'fail', specification: token('query') },
  ],
}
