import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const routeWithoutSizeLimit: PackRule = {
  id: 'route-without-size-limit',
  title: 'Every route that accepts bodies limits their size',
  severity: 'warn',
  owasp: 'API4:2023',
  select: {
    kind: 'route',
    where: {
      service: { exists: true },
      any: [{ methods: { empty: true } }, { methods: { contains_any: ['POST', 'PUT', 'PATCH'] } }],
    },
  },
  assert: { 'effective.size_limit': { exists: true } },
  message: 'accepts bodies of any size',
  rationale: 'A gateway buffers bodies, and services keep them in memory: a few large ones can stop both.',
  fix: 'Add request-size-limiting to the route, its service or globally.',
  examples: [
    {
      expect: 'pass',
      manifest: oneRoute(
        { methods: ['POST'] },
        {},
        { plugins: [{ name: 'request-size-limiting', config: { allowed_payload_size: 8 } }] },
      ),
    },
    { expect: 'fail', manifest: oneRoute({ methods: ['POST'] }), finds: ['route payouts-list'] },
    { name: 'a route that takes none', expect: 'not selected', manifest: oneRoute({ methods: ['GET'] }) },
  ],
}
