import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const plainHttpRoute: PackRule = {
  id: 'plain-http-route',
  title: 'Routes are served over TLS only',
  severity: { default: 'info', production: 'warn' },
  owasp: 'API8:2023',
  select: { kind: 'route', where: { service: { exists: true } } },
  assert: { 'effective.tls.only': true },
  at: 'protocols',
  message: 'answers requests that are not encrypted',
  rationale: 'What is not encrypted can be read and changed on the way, above all credentials.',
  fix: 'Set protocols to [https]; plain requests are then refused or redirected.',
  examples: [
    { expect: 'pass', manifest: oneRoute({ protocols: ['https'] }) },
    {
      name: 'both unless told otherwise',
      expect: 'fail',
      manifest: oneRoute(),
      finds: ['route payouts-list'],
    },
  ],
}
