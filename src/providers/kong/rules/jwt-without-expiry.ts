import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin } from './example-documents.ts'

export const jwtWithoutExpiry: PackRule = {
  id: 'jwt-without-expiry',
  title: 'Tokens that have expired are refused',
  severity: { default: 'warn', production: 'error' },
  owasp: 'API2:2023',
  select: { kind: 'plugin', where: { name: 'jwt', enabled: { is_not: false } } },
  assert: { 'config.claims_to_verify': { contains: 'exp' } },
  message: 'accepts tokens that have expired',
  rationale: 'The jwt plugin does not check expiry by default: a leaked token is valid for ever.',
  fix: 'Set config.claims_to_verify to [exp].',
  examples: [
    { expect: 'pass', manifest: onePlugin({ name: 'jwt', config: { claims_to_verify: ['exp'] } }) },
    { expect: 'fail', manifest: onePlugin({ name: 'jwt' }) },
  ],
}
