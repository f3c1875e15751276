import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const upstreamCertificateNotVerified: PackRule = {
  id: 'upstream-certificate-not-verified',
  title: 'The certificates of upstreams are verified',
  severity: { default: 'info', production: 'warn' },
  owasp: 'API10:2023',
  select: { kind: 'service', where: { protocol: { one_of: ['https', 'grpcs', 'wss', 'tls'] } } },
  assert: { tls_verify: true },
  message: 'the certificate of its upstream is not verified',
  rationale: 'Without verification, anyone on the way can impersonate the upstream and forge its answers.',
  fix: 'Set tls_verify to true, with ca_certificates if the upstream’s certificate authority is your own.',
  examples: [
    { expect: 'pass', manifest: oneRoute({}, { tls_verify: true }) },
    { expect: 'fail', manifest: oneRoute(), finds: ['service payouts'] },
    {
      name: 'no TLS at all',
      expect: 'not selected',
      manifest: oneRoute({}, { url: 'http://payouts.internal' }),
    },
  ],
}
