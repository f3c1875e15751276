import type { JsonObject } from '../../model/json.ts'
import type { PackRule } from './rule.ts'

const withId = (schema: JsonObject): JsonObject => ({
  info: { title: 'Payouts', version: '1.0.0' },
  paths: {
    '/payouts/{payoutId}': {
      get: {
        parameters: [{ name: 'payoutId', in: 'path', required: true, schema }],
        responses: { '200': { description: 'Done' } },
      },
    },
  },
})

export const numericId: PackRule = {
  id: 'numeric-id',
  title: 'Ids in paths can’t be enumerated',
  severity: 'warn',
  owasp: 'API1:2023',
  select: {
    kind: 'parameter',
    where: { in: 'path', name: { matches: '^id$|^ID$|Id$|ID$|[_-]id$|[Nn]umber$|[_-]no$' } },
  },
  assert: { 'schema.types': { no: { one_of: ['integer', 'number'] } } },
  at: 'schema.type',
  message: '{name} is a number: the next one is easy to guess',
  rationale: 'If one authorization check is missing, ids that can be enumerated give away everything.',
  fix: 'Use ids that can’t be guessed, such as UUIDs (type: string, format: uuid).',
  examples: [
    { expect: 'pass', specification: withId({ type: 'string', format: 'uuid' }) },
    { expect: 'fail', specification: withId({ type: 'integer' }) },
  ],
}
