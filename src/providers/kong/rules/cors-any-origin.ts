import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin } from './example-documents.ts'

export const corsAnyOrigin: PackRule = {
  id: 'cors-any-origin',
  title: 'The origins that may call from browsers are named',
  severity: 'info',
  owasp: 'API8:2023',
  select: {
    kind: 'plugin',
    tags: { none: ['public'] },
    where: { name: 'cors', enabled: { is_not: false }, 'config.credentials': { is_not: true } },
  },
  assert: { all: [{ 'config.origins': { empty: false } }, { 'config.origins': { lacks: '*' } }] },
  message: 'lets pages from any origin call',
  rationale: 'What is open to every page is open to unknown pages; for a public API that may be intended.',
  fix: 'Name the origins, or tag the plugin public.',
  examples: [
    { expect: 'pass', manifest: onePlugin({ name: 'cors', config: { origins: ['https://app.example'] } }) },
    { expect: 'fail', manifest: onePlugin({ name: 'cors', config: { origins: ['*'] } }) },
  ],
}
