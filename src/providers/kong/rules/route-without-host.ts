import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const routeWithoutHost: PackRule = {
  id: 'route-without-host',
  title: 'Every route names the hosts that it answers for',
  severity: { default: 'info', production: 'warn' },
  owasp: 'API8:2023',
  select: { kind: 'route', where: { service: { exists: true }, snis: { empty: true } } },
  assert: { 'effective.any_host': false },
  at: 'hosts',
  message: 'answers for any host',
  rationale: 'A route for any host also answers on hosts intended for others, for machines or for insiders.',
  fix: 'Name the hosts.',
  examples: [
    { expect: 'pass', manifest: oneRoute({ hosts: ['api.pay.example'] }) },
    { expect: 'fail', manifest: oneRoute(), finds: ['route payouts-list'] },
  ],
}
