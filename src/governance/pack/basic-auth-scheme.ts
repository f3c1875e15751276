import { oneOperation } from './example-documents.ts'
import type { PackRule } from './rule.ts'

const scheme = (name: string) =>
  oneOperation({}, { components: { securitySchemes: { user: { type: 'http', scheme: name } } } })

export const basicAuthScheme: PackRule = {
  id: 'basic-auth-scheme',
  title: 'No API is designed for passwords in each request',
  severity: 'info',
  owasp: 'API2:2023',
  select: { kind: 'security-scheme', where: { type: 'http' } },
  assert: { scheme: { matches_not: '(?i)^basic$' } },
  message: 'sends the password with each request',
  rationale:
    'Programs store a password that goes with each request, and it can’t be revoked for just one of them.',
  fix: 'Use tokens or keys that can be revoked one by one.',
  examples: [
    { expect: 'pass', specification: scheme('bearer') },
    { expect: 'fail', specification: scheme('basic') },
  ],
}
