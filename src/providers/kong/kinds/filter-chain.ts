import { parkedName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'
import { stamped } from './manifest-shape.ts'

/** WebAssembly filters of a service or a route. */
export const filterChain: KongKind = {
  kind: 'filter-chain',
  identity: {
    plural: 'filter_chains',
    listedAs: 'FilterChains',
    unique: [['name'], ['service', 'route']],
    parked: { name: parkedName },
    identify(view) {
      const owner = view.ref('route') ?? view.ref('service')
      const key = view.text('name') ?? (owner ? `for ${owner.kind} ${owner.key}` : view.id)
      return key === undefined ? undefined : { key, name: key }
    },
  },
  transport: {
    path: 'filter-chains',
    schema: 'filter_chains',
  },
  references: {
    level: 4,
    foreign: {
      service: { kind: 'service', onDelete: 'cascade' },
      route: { kind: 'route', onDelete: 'cascade' },
    },
    limits: true,
  },
  fields: {
    tagged: true,
  },
  manifest: {
    fields: {
      ...stamped,
      name: 'text',
      enabled: 'boolean',
      filters: { records: { name: 'text', enabled: 'boolean', config: 'json' } },
    },
    references: { service: 'names', route: 'names' },
    referencesAsText: true,
    nestedIn: ['service', 'route'],
    required: ['filters'],
    selectedByTools: 'not, and counted',
  },
}
