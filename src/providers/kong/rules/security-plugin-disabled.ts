import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin } from './example-documents.ts'

export const securityPluginDisabled: PackRule = {
  id: 'security-plugin-disabled',
  title: 'No plugin that protects something is disabled',
  severity: { default: 'warn', production: 'error' },
  owasp: 'API8:2023',
  select: {
    kind: 'plugin',
    where: {
      any: [
        { authenticates: true },
        {
          name: {
            one_of: [
              'acl',
              'bot-detection',
              'ip-restriction',
              'opa',
              'rate-limiting',
              'rate-limiting-advanced',
              'request-size-limiting',
              'request-validator',
              'response-ratelimiting',
            ],
          },
        },
      ],
    },
  },
  assert: { enabled: { is_not: false } },
  message: '{name} is disabled',
  rationale:
    'A disabled plugin protects nothing, but anyone who reads its configuration believes that it does.',
  fix: 'Enable the plugin, or delete it.',
  examples: [
    { expect: 'pass', manifest: onePlugin({ name: 'key-auth' }) },
    {
      expect: 'fail',
      manifest: onePlugin({ name: 'key-auth', enabled: false }),
      finds: ['plugin key-auth for route payouts-list'],
    },
  ],
}
