import type { PackRule } from '../../../governance/pack/rule.ts'
import { oneRoute } from './example-documents.ts'

export const serviceWithoutOwner: PackRule = {
  id: 'service-without-owner',
  title: 'The tags of every service name its owner',
  severity: 'info',
  owasp: 'API9:2023',
  select: { kind: 'service' },
  assert: { tags: { some: { like: ['team-*', 'team:*', 'owner-*', 'owner:*'] } } },
  at: 'tags',
  message: 'no tag names its owner',
  rationale: 'When something breaks at night, someone must be found who may decide.',
  fix: 'Add a tag such as team-payments or owner:mira.',
  examples: [
    { expect: 'pass', manifest: oneRoute({}, { tags: ['team-payments'] }) },
    { expect: 'fail', manifest: oneRoute({}, { tags: ['pci'] }), finds: ['service payouts'] },
  ],
}
