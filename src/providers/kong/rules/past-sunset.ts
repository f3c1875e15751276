import { oneOperation } from '../../../governance/pack/example-documents.ts'
import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const pastSunset: PackRule = {
  id: 'past-sunset',
  title: 'What is past its sunset is no longer answered',
  severity: 'error',
  owasp: 'API9:2023',
  select: { kind: 'operation', where: { sunset: { before: 'now' } } },
  assert: { exposed_on: { empty: true } },
  at: 'x-sunset',
  message: 'ended {sunset} but is still answered by {exposed_on}',
  rationale: 'An API past its sunset gets no more fixes, but is still answered to anyone who tries it.',
  fix: 'Remove its route, or set another x-sunset.',
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
