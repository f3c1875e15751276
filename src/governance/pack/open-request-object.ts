import { oneBody } from './example-documents.ts'
import type { PackRule } from './rule.ts'

const properties = { amount: { type: 'integer' } }

export const openRequestObject: PackRule = {
  id: 'open-request-object',
  title: 'Objects in requests accept only the properties that are described',
  severity: 'info',
  owasp: 'API3:2023',
  select: { kind: 'schema', where: { used: 'request', types: { contains: 'object' }, composed: false } },
  assert: { closed: true },
  message: 'accepts properties that are not described',
  rationale:
    'Frameworks copy what they receive into what they store: callers may set a property that was never intended for them.',
  fix: 'Set additionalProperties to false.',
  examples: [
    { expect: 'pass', specification: oneBody({ type: 'object', properties, additionalProperties: false }) },
    { expect: 'fail', specification: oneBody({ type: 'object', properties }) },
  ],
}
