import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const upstreamOnLoopback: PackRule = {
  id: 'upstream-on-loopback',
  title: 'No upstream is the gateway’s own machine',
  severity: { default: 'info', production: 'warn' },
  owasp: 'API7:2023',
  select: { kind: ['service', 'target'] },
  assert: { host: { unlike: ['localhost', '127.*', '::1', '0.0.0.0', '*.localhost'] } },
  message: 'leads to {host}, the gateway’s own machine',
  rationale:
    'What listens on the machine itself is intended for that machine alone: admin ports, agents, metrics.',
  fix: 'Name the host of the upstream, or waive this for an intended sidecar.',
  examples: [
    { expect: 'pass', manifest: oneRoute() },
    { expect: 'fail', manifest: oneRoute({}, { url: 'http://localhost:9000' }), finds: ['service payouts'] },
    {
      name: 'as a target of an upstream',
      expect: 'fail',
      manifest: { upstreams: [{ name: 'agents', targets: [{ target: '127.0.0.1:9000' }] }] },
    },
  ],
}
