import { identifyByName, parkedName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'

/** A load balancer over targets: https://developer.konghq.com/gateway/entities/upstream/ */
export const upstream: KongKind = {
  kind: 'upstream',
  identity: {
    plural: 'upstreams',
    listedAs: 'Upstreams',
    unique: [['name']],
    parked: { name: parkedName },
    identify: identifyByName('name'),
  },
  // A service is led to an upstream by the name of its host.
  meaning: { namedBy: { kind: 'service', field: 'host' } },
  transport: {
    path: 'upstreams',
    schema: 'upstreams',
    everywhere: true,
  },
  references: {
    level: 2,
    foreign: { client_certificate: { kind: 'certificate', onDelete: 'refuse', uses: true } },
    // A service is led to an upstream by the name of its host.
    usedBy: { service: ({ host }, isNamed) => typeof host === 'string' && isNamed(host) },
  },
  fields: {
    tagged: true,
    /**
     * Either of the two fields changes the other, each time that the gateway reads them too: hashing on nothing is
     * round-robin, whatever algorithm is given.
     * https://github.com/Kong/kong/blob/3.9.1/kong/db/schema/entities/upstreams.lua
     */
    normalise(fields, given) {
      if (!given) return fields
      const { algorithm, hash_on: hashOn } = fields
      if (algorithm === 'least-connections' || algorithm === 'latency') return { ...fields, hash_on: 'none' }
      if (hashOn === undefined || hashOn === null) return fields
      return { ...fields, algorithm: hashOn === 'none' ? 'round-robin' : 'consistent-hashing' }
    },
  },
}
