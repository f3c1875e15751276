import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin } from './example-documents.ts'

export const jwtWithoutExpiry: PackRule = {
  id: 'jwt-without-expiry',
  title: 'Tokens that have expired are refused',
  severity: { default: 'warn', production: 'error' },
  owasp: 'API2:2023',
  select: { kind: 'plugin', where: { name: 'jwt', enabled: { is_not: false } } },
  assert: { 'config.claims_to_verify': { contains: 'exp' } },
  message: 'takes tokens that have expired',
  rationale: 'The jwt plugin checks no expiry unless it is told to: a token that leaks is good for ever.',
  fix: 'Set config.claims_to_verify to [exp].',
  examples: [
    { expect: 'pass', manifest: onePlugin({ name: 'jwt', config: { claims_to_verify: ['exp'] } }) },
    { expect: 'fail', manifest: onePlugin({ name: 'jwt' }) },
  ],
}
