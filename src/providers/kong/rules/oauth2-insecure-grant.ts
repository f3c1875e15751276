import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin } from './example-documents.ts'

const grants = (config: Readonly<Record<string, boolean>>) =>
  onePlugin({ name: 'oauth2', config: { scopes: ['read'], enable_authorization_code: true, ...config } })

export const oauth2InsecureGrant: PackRule = {
  id: 'oauth2-insecure-grant',
  title: 'OAuth 2.0 tokens are not issued for passwords, nor in URLs',
  severity: 'warn',
  owasp: 'API2:2023',
  select: { kind: 'plugin', where: { name: 'oauth2', enabled: { is_not: false } } },
  assert: {
    all: [
      { 'config.enable_password_grant': { is_not: true } },
      { 'config.enable_implicit_grant': { is_not: true } },
    ],
  },
  message: 'allows the password or the implicit grant',
  rationale:
    'The password grant gives the user’s password to programs, the implicit grant puts tokens into URLs; OAuth 2.1 has neither.',
  fix: 'Use the authorization code grant with PKCE, or client credentials.',
  examples: [
    { expect: 'pass', manifest: grants({}) },
    { expect: 'fail', manifest: grants({ enable_password_grant: true }) },
    { expect: 'fail', manifest: grants({ enable_implicit_grant: true }) },
  ],
}
