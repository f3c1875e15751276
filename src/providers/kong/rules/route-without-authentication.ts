import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin, oneRoute } from './example-documents.ts'

export const routeWithoutAuthentication: PackRule = {
  id: 'route-without-authentication',
  title: 'Every route authenticates its callers, unless it is tagged public',
  severity: { default: 'warn', production: 'block' },
  owasp: 'API2:2023',
  select: {
    kind: 'route',
    tags: { none: ['public'] },
    where: { service: { exists: true }, 'effective.unreachable': null },
  },
  assert: { 'effective.authentication.state': { is_not: 'open' } },
  message: 'nothing authenticates its callers',
  rationale:
    'Anyone who finds a route without authentication can use what is behind it, as anyone and as often as they like.',
  fix: 'Add an authentication plugin to the route or its service, or tag the route public if it is meant for everyone.',
  examples: [
    { expect: 'pass', manifest: onePlugin({ name: 'key-auth' }) },
    { expect: 'fail', manifest: oneRoute(), finds: ['route payouts-list'] },
    { name: 'for everyone', expect: 'not selected', manifest: oneRoute({ tags: ['public'] }) },
  ],
}
