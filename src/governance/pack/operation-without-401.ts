import { oneOperation } from './example-documents.ts'
import type { PackRule } from './rule.ts'

const secured = {
  security: [{ token: [] }],
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
}

export const operationWithout401: PackRule = {
  id: 'operation-without-401',
  title: 'Every operation that requires credentials describes the response to a caller without them',
  severity: 'info',
  owasp: 'API8:2023',
  select: { kind: 'operation', where: { secured: true } },
  assert: { responses: { contains_any: ['401', '4XX', '4xx', 'default'] } },
  message: 'requires credentials but has no response 401',
  rationale: 'If refusals are not designed, they differ from service to service, and reveal too much.',
  fix: 'Describe the response 401.',
  examples: [
    {
      expect: 'pass',
      specification: oneOperation({ responses: { '401': { description: 'Who are you' } } }, secured),
    },
    { expect: 'fail', specification: oneOperation({}, secured) },
  ],
}
