import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const wildcardHost: PackRule = {
  id: 'wildcard-host',
  title: 'No route answers for hosts with a wildcard',
  severity: { default: 'info', production: 'warn' },
  owasp: 'API8:2023',
  select: { kind: 'route', where: { hosts: { empty: false } } },
  assert: { 'effective.wildcard_hosts': { empty: true } },
  at: 'hosts',
  message: 'answers for {effective.wildcard_hosts}',
  rationale: 'A host that is added later is answered too, by a route that was not designed for it.',
  fix: 'Name the hosts one by one.',
  examples: [
    { expect: 'pass', manifest: oneRoute({ hosts: ['api.pay.example'] }) },
    { expect: 'fail', manifest: oneRoute({ hosts: ['*.pay.example'] }), finds: ['route payouts-list'] },
  ],
}
