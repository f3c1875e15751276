import { oneBody } from './example-documents.ts'
import type { PackRule } from './rule.ts'

const properties = { amount: { type: 'integer' } }

export const openRequestObject: PackRule = {
  id: 'open-request-object',
  title: 'Objects in requests hold what is described and nothing else',
  severity: 'info',
  owasp: 'API3:2023',
  select: { kind: 'schema', where: { used: 'request', types: { contains: 'object' }, composed: false } },
  assert: { closed: true },
  message: 'takes properties that are not described',
  rationale:
    'Frameworks copy what they are sent into what they store: a property that was not meant may be set by callers.',
  fix: 'Set additionalProperties to false.',
  examples: [
    { expect: 'pass', specification: oneBody({ type: 'object', properties, additionalProperties: false }) },
    { expect: 'fail', specification: oneBody({ type: 'object', properties }) },
  ],
}
