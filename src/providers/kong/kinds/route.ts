import { isArray } from '../../../model/json.ts'
import { identifyByName, parkedName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'

/** Which requests go to which service: https://developer.konghq.com/gateway/entities/route/ */
export const route: KongKind = {
  kind: 'route',
  identity: {
    plural: 'routes',
    listedAs: 'Routes',
    unique: [['name']],
    parked: { name: parkedName },
    identify: identifyByName('name'),
  },
  meaning: {
    facet: 'route',
    pathsOf: ({ paths }) => (isArray(paths) ? paths.filter(path => typeof path === 'string') : []),
    distinguishedBy: ['name', 'service', 'paths', 'hosts'],
  },
  transport: {
    path: 'routes',
    schema: 'routes',
    everywhere: true,
  },
  references: {
    level: 3,
    foreign: { service: { kind: 'service', onDelete: 'refuse' } },
  },
  fields: {
    tagged: true,
  },
  manifest: {
    lookedUpByTags: true,
  },
}
