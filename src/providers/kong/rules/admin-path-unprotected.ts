import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin, oneRoute } from './example-documents.ts'

const admin = { paths: ['/admin/users'] }

export const adminPathUnprotected: PackRule = {
  id: 'admin-path-unprotected',
  title: 'Paths for administrators are restricted to groups or addresses',
  severity: { default: 'warn', production: 'block' },
  owasp: 'API5:2023',
  select: {
    kind: 'route',
    path: [
      '/admin/**',
      '/**/admin/**',
      '/internal/**',
      '/**/internal/**',
      '/actuator/**',
      '/**/actuator/**',
      '/management/**',
      '/**/management/**',
      '/debug/**',
      '/**/debug/**',
    ],
    where: { service: { exists: true }, 'effective.authentication.state': { is_not: 'closed' } },
  },
  assert: {
    any: [{ 'effective.access_groups': { exists: true } }, { 'effective.ip_restriction': { exists: true } }],
  },
  message: 'no group and no address restricts who reaches it',
  rationale: 'Authentication is not authorization: every consumer with a key reaches what only a few should.',
  fix: 'Add acl or ip-restriction to the route, or do not route the path.',
  examples: [
    {
      expect: 'pass',
      manifest: oneRoute({
        ...admin,
        plugins: [{ name: 'key-auth' }, { name: 'acl', config: { allow: ['staff'] } }],
      }),
    },
    {
      expect: 'pass',
      name: 'from inside only',
      manifest: oneRoute({
        ...admin,
        plugins: [{ name: 'ip-restriction', config: { allow: ['10.0.0.0/8'] } }],
      }),
    },
    {
      expect: 'fail',
      manifest: oneRoute({ ...admin, plugins: [{ name: 'key-auth' }] }),
      finds: ['route payouts-list'],
    },
    { expect: 'not selected', name: 'another path', manifest: onePlugin({ name: 'key-auth' }) },
    {
      expect: 'fail',
      name: 'in a regular expression',
      manifest: oneRoute({ paths: ['~/v1/admin/(?<user>[^/]+)$'], plugins: [{ name: 'key-auth' }] }),
    },
  ],
}
