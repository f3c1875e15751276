import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin } from './example-documents.ts'

export const credentialsNotHidden: PackRule = {
  id: 'credentials-not-hidden',
  title: 'Credentials are not passed on to upstreams',
  severity: 'warn',
  owasp: 'API2:2023',
  select: {
    kind: 'plugin',
    where: {
      name: {
        one_of: [
          'key-auth',
          'key-auth-enc',
          'basic-auth',
          'hmac-auth',
          'ldap-auth',
          'ldap-auth-advanced',
          'oauth2',
        ],
      },
      enabled: { is_not: false },
    },
  },
  assert: { 'config.hide_credentials': true },
  message: 'passes the callers’ credentials on to the upstream',
  rationale:
    'Services log what they receive. Credentials that reach them end up in logs, where many can read them.',
  fix: 'Set config.hide_credentials to true.',
  examples: [
    { expect: 'pass', manifest: onePlugin({ name: 'key-auth', config: { hide_credentials: true } }) },
    {
      expect: 'fail',
      manifest: onePlugin({ name: 'key-auth' }),
      finds: ['plugin key-auth for route payouts-list'],
    },
  ],
}
