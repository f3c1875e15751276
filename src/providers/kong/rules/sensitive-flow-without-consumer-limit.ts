import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

const limited = (by: string) =>
  oneRoute({
    methods: ['POST'],
    plugins: [{ name: 'rate-limiting', config: { minute: 10, policy: 'local', limit_by: by } }],
  })

export const sensitiveFlowWithoutConsumerLimit: PackRule = {
  id: 'sensitive-flow-without-consumer-limit',
  title: 'Sensitive flows are limited for each caller',
  severity: { default: 'info', production: 'warn' },
  owasp: 'API6:2023',
  select: {
    kind: 'route',
    where: {
      any: [
        { tags: { contains: 'sensitive' } },
        {
          all: [
            { any: [{ methods: { empty: true } }, { methods: { contains_any: ['POST', 'PUT'] } }] },
            {
              'effective.answers': {
                some: {
                  matches:
                    '(?i)/(log-?in|sign-?in|sign-?up|register|password|reset|otp|checkout|purchases?|orders?|bookings?|transfers?|withdrawals?|payments?|payouts?|refunds?|coupons?|invites?)(/|$)',
                },
              },
            },
          ],
        },
      ],
    },
  },
  assert: { 'effective.rate_limits': { some: { by: { one_of: ['consumer', 'credential'] } } } },
  message: 'a sensitive flow without a limit for each caller',
  rationale:
    'Buying, paying, signing in and the like are worth automating: a limit by address, or for all callers together, does not stop a caller with many addresses.',
  fix: 'Add rate-limiting with limit_by consumer or credential to the route.',
  examples: [
    { expect: 'pass', manifest: limited('consumer') },
    { expect: 'fail', manifest: limited('ip'), finds: ['route payouts-list'] },
    { name: 'it is only read', expect: 'not selected', manifest: oneRoute({ methods: ['GET'] }) },
    {
      name: 'by a tag',
      expect: 'fail',
      manifest: oneRoute({ methods: ['GET'], paths: ['/anything'], tags: ['sensitive'] }),
    },
  ],
}
