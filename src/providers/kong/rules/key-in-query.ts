import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin } from './example-documents.ts'

export const keyInQuery: PackRule = {
  id: 'key-in-query',
  title: 'API keys are not accepted in the query',
  severity: 'warn',
  owasp: 'API2:2023',
  select: {
    kind: 'plugin',
    where: { name: { one_of: ['key-auth', 'key-auth-enc'] }, enabled: { is_not: false } },
  },
  assert: { 'config.key_in_query': false },
  message: 'accepts keys from the query',
  rationale:
    'URLs are logged, kept in histories and sent along as referrers; a key in the query goes with them.',
  fix: 'Set config.key_in_query to false, and let callers send the key in a header.',
  examples: [
    { expect: 'pass', manifest: onePlugin({ name: 'key-auth', config: { key_in_query: false } }) },
    {
      name: 'the gateway takes it from the query unless told otherwise',
      expect: 'fail',
      manifest: onePlugin({ name: 'key-auth' }),
    },
  ],
}
