import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin } from './example-documents.ts'

const limit = (policy: string) => onePlugin({ name: 'rate-limiting', config: { minute: 60, policy } })

export const localRateLimit: PackRule = {
  id: 'local-rate-limit',
  title: 'If a gateway has several nodes, they count requests together',
  severity: 'warn',
  owasp: 'API4:2023',
  select: {
    kind: 'plugin',
    where: {
      'gateway.labels.nodes': { at_least: 2 },
      name: 'rate-limiting',
      enabled: { is_not: false },
    },
  },
  assert: { 'config.policy': { is_not: 'local' } },
  message: 'each of the {gateway.labels.nodes} nodes counts for itself',
  rationale:
    'With local counters, a limit of 60 is one of 180 on three nodes, and it changes when nodes are added.',
  fix: 'Set config.policy to redis or cluster. The label nodes of a target says how many nodes its gateway has.',
  examples: [
    { expect: 'pass', labels: { nodes: '3' }, manifest: limit('cluster') },
    { expect: 'fail', labels: { nodes: '3' }, manifest: limit('local') },
    { name: 'a single node', expect: 'not selected', labels: { nodes: '1' }, manifest: limit('local') },
  ],
}
