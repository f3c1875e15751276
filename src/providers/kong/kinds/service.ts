import { identifyByName, type KindDefinition, parkedName } from '../../../model/schema/kind-definition.ts'

/** An upstream API: https://developer.konghq.com/gateway/entities/service/ */
export const service: KindDefinition = {
  kind: 'service',
  listedAs: 'Services',
  lookedUpByTags: true,
  plural: 'services',
  path: 'services',
  schema: 'services',
  everywhere: true,
  level: 2,
  foreign: { client_certificate: { kind: 'certificate', onDelete: 'refuse', uses: true } },
  unique: [['name']],
  parked: { name: parkedName },
  secrets: [],
  derived: [],
  unordered: ['ca_certificates'],
  tagged: true,
  identify: identifyByName('name'),
}
