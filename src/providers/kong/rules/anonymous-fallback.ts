import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin } from './example-documents.ts'

const consumers = { consumers: [{ username: 'nobody' }] }

export const anonymousFallback: PackRule = {
  id: 'anonymous-fallback',
  title: 'No caller without credentials passes as an anonymous consumer',
  severity: { default: 'warn', production: 'block' },
  owasp: 'API2:2023',
  select: {
    kind: 'route',
    tags: { none: ['public'] },
    where: { service: { exists: true }, 'effective.authentication.plugins': { empty: false } },
  },
  assert: { 'effective.authentication.state': { is_not: 'anonymous' } },
  message: 'callers without credentials pass as {effective.authentication.plugins.0.anonymous}',
  rationale:
    'With an anonymous consumer an authentication plugin refuses nobody, and the route only looks protected.',
  fix: 'Remove config.anonymous from the authentication plugins, or let something refuse that consumer.',
  examples: [
    { expect: 'pass', manifest: onePlugin({ name: 'key-auth' }, consumers) },
    {
      expect: 'fail',
      manifest: onePlugin({ name: 'key-auth', config: { anonymous: 'nobody' } }, consumers),
      finds: ['route payouts-list'],
    },
    {
      name: 'two ways to sign in, and nobody else passes',
      expect: 'pass',
      manifest: onePlugin(
        { name: 'key-auth', config: { anonymous: 'nobody' } },
        {
          consumers: [
            { username: 'nobody', plugins: [{ name: 'request-termination', config: { status_code: 401 } }] },
          ],
        },
      ),
    },
  ],
}
