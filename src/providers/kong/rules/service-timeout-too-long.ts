import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const serviceTimeoutTooLong: PackRule = {
  id: 'service-timeout-too-long',
  title: 'No request may take longer than two minutes',
  severity: 'info',
  owasp: 'API4:2023',
  select: { kind: 'service' },
  assert: { read_timeout: { at_most: 120_000 } },
  message: 'waits {read_timeout} ms for its upstream',
  rationale: 'Waiting requests hold connections: a slow upstream then stops the others too.',
  fix: 'Set read_timeout to 120000 or less, and let callers request long work and fetch the result later.',
  examples: [
    { expect: 'pass', manifest: oneRoute() },
    { expect: 'fail', manifest: oneRoute({}, { read_timeout: 600_000 }), finds: ['service payouts'] },
  ],
}
