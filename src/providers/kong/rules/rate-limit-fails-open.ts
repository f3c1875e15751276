import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin } from './example-documents.ts'

const limit = (tolerant: boolean) =>
  onePlugin({
    name: 'rate-limiting',
    config: { minute: 60, policy: 'redis', fault_tolerant: tolerant, redis: { host: 'redis.internal' } },
  })

export const rateLimitFailsOpen: PackRule = {
  id: 'rate-limit-fails-open',
  title: 'Rate limits hold when their counters can’t be reached',
  severity: 'info',
  owasp: 'API4:2023',
  select: {
    kind: 'plugin',
    where: {
      name: 'rate-limiting',
      enabled: { is_not: false },
      'config.policy': { one_of: ['redis', 'cluster'] },
    },
  },
  assert: { 'config.fault_tolerant': false },
  message: 'lets everything through when its counters can’t be reached',
  rationale: 'Anyone who can overload the counters’ store escapes the limit.',
  fix: 'Set config.fault_tolerant to false where the limit is for protection rather than fairness.',
  examples: [
    { expect: 'pass', manifest: limit(false) },
    { expect: 'fail', manifest: limit(true) },
  ],
}
