import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const plainHttpUpstream: PackRule = {
  id: 'plain-http-upstream',
  title: 'Upstreams are reached over TLS',
  severity: { default: 'info', production: 'warn' },
  owasp: 'API8:2023',
  select: { kind: 'service' },
  assert: { protocol: { one_of: ['https', 'grpcs', 'wss', 'tls', 'tls_passthrough'] } },
  message: 'is reached over {protocol}, unencrypted',
  rationale: 'Inside a network too, anyone who gets in can read what is not encrypted.',
  fix: 'Let the upstream speak TLS and set protocol to https.',
  examples: [
    { expect: 'pass', manifest: oneRoute({}, { url: 'https://payouts.internal' }) },
    {
      expect: 'fail',
      manifest: oneRoute({}, { url: 'http://payouts.internal' }),
      finds: ['service payouts'],
    },
  ],
}
