import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const shadowApi: PackRule = {
  id: 'shadow-api',
  title: 'Everything that a gateway serves is in a manifest',
  severity: { default: 'warn', production: 'error' },
  owasp: 'API9:2023',
  select: { subject: 'live', kind: ['route', 'service'] },
  assert: { managed: true },
  message: 'is at the gateway, but in no manifest',
  rationale: 'Nobody reviews, updates or retires what nobody wrote down, but it is served all the same.',
  fix: 'Adopt it into the manifests, or delete it at the gateway.',
  examples: [
    { expect: 'pass', manifest: oneRoute() },
    {
      expect: 'fail',
      manifest: oneRoute(),
      live: { ...oneRoute(), routes: [{ name: 'export', paths: ['/export'], service: { name: 'payouts' } }] },
      finds: ['route export'],
    },
  ],
}
