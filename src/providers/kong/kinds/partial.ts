import { identifyByName, parkedName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'

/** Configuration that several plugins share: https://developer.konghq.com/gateway/entities/partial/ */
export const partial: KongKind = {
  kind: 'partial',
  identity: {
    plural: 'partials',
    listedAs: 'Partials',
    unique: [['name']],
    parked: { name: parkedName },
    identify: identifyByName('name'),
  },
  transport: {
    path: 'partials',
    schema: 'partials',
    edition: 'enterprise',
  },
  references: {
    level: 1,
    foreign: {},
  },
  fields: {
    variant: 'type',
    configuration: 'config',
    tagged: true,
  },
  manifest: {
    fields: { id: 'text', name: 'text', type: 'text', tags: 'names', config: 'object' },
    required: ['type'],
    oneOf: ['name', 'id'],
    known: ['name', 'id'],
    ownFiles: true,
    keepsId: true,
    selectedByTools: 'not, and counted',
    lookedUpByTags: true,
  },
  secrets: {
    fields: ['config.password', 'config.sentinel_password'],
  },
}
