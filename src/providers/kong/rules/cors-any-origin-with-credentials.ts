import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin } from './example-documents.ts'

const cors = (origins: readonly string[], credentials = true) =>
  onePlugin({ name: 'cors', config: { origins, credentials } })

export const corsAnyOriginWithCredentials: PackRule = {
  id: 'cors-any-origin-with-credentials',
  title: 'No page from any origin acts with the user’s credentials',
  severity: { default: 'warn', production: 'block' },
  owasp: 'API8:2023',
  select: {
    kind: 'plugin',
    where: { name: 'cors', enabled: { is_not: false }, 'config.credentials': true },
  },
  assert: { all: [{ 'config.origins': { empty: false } }, { 'config.origins': { lacks: '*' } }] },
  message: 'lets pages from any origin use the credentials of whoever looks at them',
  rationale: 'With any origin and credentials, every page that a user opens can call the API as that user.',
  fix: 'Name the origins, or set config.credentials to false.',
  examples: [
    { expect: 'pass', manifest: cors(['https://app.example']) },
    { expect: 'fail', manifest: cors(['*']) },
    {
      name: 'no origins are any',
      expect: 'fail',
      manifest: onePlugin({ name: 'cors', config: { credentials: true } }),
    },
    { name: 'without credentials', expect: 'not selected', manifest: cors(['*'], false) },
  ],
}
