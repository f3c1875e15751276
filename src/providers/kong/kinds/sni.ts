import { identifyByName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'
import { named } from './manifest-shape.ts'

/** A host name that a certificate is served for. */
export const sni: KongKind = {
  kind: 'sni',
  identity: {
    plural: 'snis',
    listedAs: 'SNIs',
    unique: [['name']],
    identify: identifyByName('name'),
  },
  transport: {
    path: 'snis',
    schema: 'snis',
    everywhere: true,
  },
  references: {
    level: 2,
    foreign: { certificate: { kind: 'certificate', onDelete: 'cascade' } },
  },
  fields: {
    tagged: true,
  },
  manifest: {
    fields: named,
    references: { certificate: 'none' },
    nestedIn: ['certificate'],
    onlyNested: true,
    required: ['name'],
  },
}
