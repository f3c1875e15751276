import { identifyByName, type KindDefinition, parkedName } from '../../../model/schema/kind-definition.ts'

/** Which requests go to which service: https://developer.konghq.com/gateway/entities/route/ */
export const route: KindDefinition = {
  kind: 'route',
  listedAs: 'Routes',
  lookedUpByTags: true,
  plural: 'routes',
  path: 'routes',
  schema: 'routes',
  everywhere: true,
  level: 3,
  foreign: { service: { kind: 'service', onDelete: 'refuse' } },
  unique: [['name']],
  parked: { name: parkedName },
  secrets: [],
  derived: [],
  tagged: true,
  identify: identifyByName('name'),
}
