import { oneOperation } from './example-documents.ts'
import type { PackRule } from './rule.ts'

const components = { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } }

export const operationWithoutSecurity: PackRule = {
  id: 'operation-without-security',
  title: 'Every operation says how callers are authenticated, unless it is tagged public',
  severity: 'warn',
  owasp: 'API2:2023',
  select: { kind: 'operation', tags: { none: ['public'] } },
  assert: { secured: true },
  message: 'does not require authentication',
  rationale: 'What the design leaves open, the gateway leaves open: manifests are made from it.',
  fix: 'Add security to the operation or the document, or tag the operation public.',
  examples: [
    { expect: 'pass', specification: oneOperation({ security: [{ token: [] }] }, { components }) },
    {
      name: 'for the whole document',
      expect: 'pass',
      specification: oneOperation({}, { components, security: [{ token: [] }] }),
    },
    { expect: 'fail', specification: oneOperation({}), finds: ['operation GET /payouts'] },
    {
      name: 'it may be left out',
      expect: 'fail',
      specification: oneOperation({ security: [{ token: [] }, {}] }, { components }),
    },
  ],
}
