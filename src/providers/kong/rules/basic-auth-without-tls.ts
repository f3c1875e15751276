import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

const plugins = [{ name: 'basic-auth' }]

export const basicAuthWithoutTls: PackRule = {
  id: 'basic-auth-without-tls',
  title: 'Passwords are taken over TLS only',
  severity: { default: 'warn', production: 'error' },
  owasp: 'API2:2023',
  select: {
    kind: 'route',
    where: {
      'effective.authentication.plugins': {
        some: { plugin: { one_of: ['basic-auth', 'ldap-auth', 'ldap-auth-advanced'] } },
      },
    },
  },
  assert: { 'effective.tls.only': true },
  at: 'protocols',
  message: 'takes passwords over plain HTTP',
  rationale: 'Basic authentication sends the password with each request: overhearing one is enough.',
  fix: 'Set protocols to [https].',
  examples: [
    { expect: 'pass', manifest: oneRoute({ plugins, protocols: ['https'] }) },
    { expect: 'fail', manifest: oneRoute({ plugins }), finds: ['route payouts-list'] },
  ],
}
