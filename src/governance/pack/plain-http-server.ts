import { oneOperation } from './example-documents.ts'
import type { PackRule } from './rule.ts'

export const plainHttpServer: PackRule = {
  id: 'plain-http-server',
  title: 'The servers of every specification speak TLS',
  severity: 'warn',
  owasp: 'API8:2023',
  select: { kind: 'specification', where: { servers: { empty: false } } },
  assert: { servers: { every: { matches_not: '(?i)^http://' } } },
  message: 'has a server without TLS: {servers}',
  rationale: 'Clients are made from specifications, and call the servers that they name.',
  fix: 'Begin the URL with https://.',
  examples: [
    { expect: 'pass', specification: oneOperation({}, { servers: [{ url: 'https://api.pay.example' }] }) },
    { expect: 'fail', specification: oneOperation({}, { servers: [{ url: 'http://api.pay.example' }] }) },
  ],
}
