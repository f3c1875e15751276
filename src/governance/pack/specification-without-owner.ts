import { oneOperation } from './example-documents.ts'
import type { PackRule } from './rule.ts'

const info = { title: 'Payouts', version: '1.0.0' }

export const specificationWithoutOwner: PackRule = {
  id: 'specification-without-owner',
  title: 'Every specification names its owner and version',
  severity: 'warn',
  owasp: 'API9:2023',
  select: { kind: 'specification' },
  assert: { owner: { exists: true }, 'info.version': { empty: false } },
  at: 'info',
  message: 'does not name its owner, or its version',
  rationale: 'Nobody retires an API without an owner, and its old versions stay.',
  fix: 'Add info.contact (or x-owner) and info.version.',
  examples: [
    {
      expect: 'pass',
      specification: oneOperation({}, { info: { ...info, contact: { name: 'Team Payments' } } }),
    },
    { expect: 'fail', specification: oneOperation({}, { info }), finds: ['specification Payouts'] },
    {
      name: 'no version',
      expect: 'fail',
      specification: oneOperation({}, { info: { title: 'Payouts', 'x-owner': 'mira' } }),
    },
  ],
}
