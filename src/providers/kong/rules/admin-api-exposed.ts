import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const adminApiExposed: PackRule = {
  id: 'admin-api-exposed',
  title: 'The gateway’s own Admin API is not reached through it',
  severity: { default: 'warn', production: 'block' },
  owasp: 'API8:2023',
  select: { kind: ['service', 'target'] },
  assert: {
    not: {
      any: [
        {
          host: { like: ['localhost', '127.*', '::1', '[::1]', '0.0.0.0', '*.localhost'] },
          port: { one_of: [8001, 8444, 8002, 8445] },
        },
        { host: { like: ['kong-admin*', '*-kong-admin*', 'kong-manager*', '*-kong-manager*'] } },
      ],
    },
  },
  message: 'leads to {host}:{port}, where a gateway’s Admin API listens',
  rationale:
    'Anyone who reaches the Admin API can change every route, read every credential and take over the gateway.',
  fix: 'Remove the service. To reach the Admin API from elsewhere, protect its own listener.',
  examples: [
    { expect: 'pass', manifest: oneRoute({}, { url: 'https://payouts.internal:8443' }) },
    { expect: 'fail', manifest: oneRoute({}, { url: 'http://127.0.0.1:8001' }), finds: ['service payouts'] },
    {
      name: 'by its name in a cluster',
      expect: 'fail',
      manifest: oneRoute({}, { url: 'https://kong-admin.kong.svc' }),
    },
    {
      name: 'as a target of an upstream',
      expect: 'fail',
      manifest: { upstreams: [{ name: 'config', targets: [{ target: '127.0.0.1:8444' }] }] },
    },
  ],
}
