import { identifyByName, type KindDefinition, parkedName } from '../../../model/schema/kind-definition.ts'

/** Configuration that several plugins share: https://developer.konghq.com/gateway/entities/partial/ */
export const partial: KindDefinition = {
  kind: 'partial',
  listedAs: 'Partials',
  lookedUpByTags: true,
  plural: 'partials',
  path: 'partials',
  schema: 'partials',
  edition: 'enterprise',
  level: 1,
  foreign: {},
  unique: [['name']],
  parked: { name: parkedName },
  secrets: ['config.password', 'config.sentinel_password'],
  derived: [],
  variant: 'type',
  tagged: true,
  identify: identifyByName('name'),
}
