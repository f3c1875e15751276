import { oneOperation } from './example-documents.ts'
import type { PackRule } from './rule.ts'

export const deprecatedWithoutSunset: PackRule = {
  id: 'deprecated-without-sunset',
  title: 'Every deprecated operation has an end date',
  severity: 'info',
  owasp: 'API9:2023',
  select: { kind: 'operation', where: { deprecated: true } },
  assert: { sunset: { exists: true } },
  at: 'deprecated',
  message: 'is deprecated without an end date',
  rationale: 'Without a date nobody migrates, and the old version is served for ever.',
  fix: 'Add x-sunset with a date, and send the header Sunset.',
  examples: [
    { expect: 'pass', specification: oneOperation({ deprecated: true, 'x-sunset': '2030-01-31' }) },
    { expect: 'fail', specification: oneOperation({ deprecated: true }) },
    { name: 'nothing is deprecated', expect: 'not selected', specification: oneOperation({}) },
  ],
}
