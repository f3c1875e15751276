import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const upstreamMetadataAddress: PackRule = {
  id: 'upstream-metadata-address',
  title: 'No upstream is a cloud’s metadata service',
  severity: { default: 'warn', production: 'block' },
  owasp: 'API7:2023',
  select: { kind: ['service', 'target'] },
  assert: {
    host: {
      unlike: [
        '169.254.*',
        'metadata',
        'metadata.google.internal',
        'metadata.goog',
        '100.100.100.200',
        '192.0.0.192',
        'fd00:ec2::*',
        'fd20:ce::*',
        'instance-data',
        'instance-data.ec2.internal',
      ],
    },
  },
  message: 'leads to {host}, a cloud’s metadata service',
  rationale:
    'The metadata service hands out the machine’s credentials to whoever asks from it: the gateway would ask.',
  fix: 'Remove the service or target.',
  examples: [
    { expect: 'pass', manifest: oneRoute() },
    {
      expect: 'fail',
      manifest: oneRoute({}, { url: 'http://169.254.169.254/latest' }),
      finds: ['service payouts'],
    },
    {
      name: 'as a target of an upstream',
      expect: 'fail',
      manifest: { upstreams: [{ name: 'cloud', targets: [{ target: '169.254.169.254:80' }] }] },
    },
  ],
}
