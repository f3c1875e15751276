import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin, oneRoute } from './example-documents.ts'

export const routeWithoutLogging: PackRule = {
  id: 'route-without-logging',
  title: 'Requests to every route are logged outside the gateway',
  severity: 'info',
  owasp: 'API8:2023',
  select: { kind: 'route', where: { service: { exists: true } } },
  assert: { 'effective.logging': { empty: false } },
  message: 'no plugin logs its requests',
  rationale:
    'After an incident the question is who called what; what is only in the gateway’s own files may be gone.',
  fix: 'Add a logging plugin globally, such as http-log or tcp-log.',
  examples: [
    {
      expect: 'pass',
      manifest: onePlugin({ name: 'http-log', config: { http_endpoint: 'https://logs.internal' } }),
    },
    { expect: 'fail', manifest: oneRoute(), finds: ['route payouts-list'] },
  ],
}
