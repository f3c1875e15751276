import { oneOperation } from '../../../governance/pack/example-documents.ts'
import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const pastSunset: PackRule = {
  id: 'past-sunset',
  title: 'What has reached its end is not answered any more',
  severity: 'error',
  owasp: 'API9:2023',
  select: { kind: 'operation', where: { sunset: { before: 'now' } } },
  assert: { exposed_on: { empty: true } },
  at: 'x-sunset',
  message: 'ended {sunset} and is still answered by {exposed_on}',
  rationale: 'An API past its end gets no more corrections, and is answered to whoever still tries it.',
  fix: 'Take its route out, or set another x-sunset.',
  examples: [
    {
      expect: 'pass',
      manifest: oneRoute({ paths: ['/other'] }),
      specification: oneOperation({ 'x-sunset': '2020-01-31' }),
    },
    { expect: 'fail', manifest: oneRoute(), specification: oneOperation({ 'x-sunset': '2020-01-31' }) },
    {
      name: 'its end is to come',
      expect: 'not selected',
      manifest: oneRoute(),
      specification: oneOperation({ 'x-sunset': '2999-01-31' }),
    },
  ],
}
