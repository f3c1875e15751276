import { type KindDefinition, parkedName } from '../../../model/schema/kind-definition.ts'

/** WebAssembly filters of a service or a route. */
export const filterChain: KindDefinition = {
  kind: 'filter-chain',
  listedAs: 'FilterChains',
  plural: 'filter_chains',
  path: 'filter-chains',
  schema: 'filter_chains',
  level: 4,
  limits: true,
  foreign: {
    service: { kind: 'service', onDelete: 'cascade' },
    route: { kind: 'route', onDelete: 'cascade' },
  },
  unique: [['name'], ['service', 'route']],
  parked: { name: parkedName },
  secrets: [],
  derived: [],
  tagged: true,
  identify(view) {
    const owner = view.ref('route') ?? view.ref('service')
    const key = view.text('name') ?? (owner ? `for ${owner.kind} ${owner.key}` : view.id)
    return key === undefined ? undefined : { key, name: key }
  },
}
