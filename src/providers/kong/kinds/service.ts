import { identifyByName, parkedName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'

/** An upstream API: https://developer.konghq.com/gateway/entities/service/ */
export const service: KongKind = {
  kind: 'service',
  identity: {
    plural: 'services',
    listedAs: 'Services',
    unique: [['name']],
    parked: { name: parkedName },
    identify: identifyByName('name'),
  },
  meaning: { facet: 'service' },
  transport: {
    path: 'services',
    schema: 'services',
    everywhere: true,
  },
  references: {
    level: 2,
    foreign: { client_certificate: { kind: 'certificate', onDelete: 'refuse', uses: true } },
  },
  fields: {
    tagged: true,
    unordered: ['ca_certificates'],
  },
  manifest: {
    lookedUpByTags: true,
  },
}
