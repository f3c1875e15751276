import { identifyByName, type KindDefinition, parkedName } from './definition.ts'

/** A load balancer over targets: https://developer.konghq.com/gateway/entities/upstream/ */
export const upstream: KindDefinition = {
  kind: 'upstream',
  plural: 'upstreams',
  path: 'upstreams',
  schema: 'upstreams',
  level: 2,
  foreign: { client_certificate: { kind: 'certificate', onDelete: 'refuse' } },
  unique: [['name']],
  parked: { name: parkedName },
  secrets: [],
  derived: [],
  /** Either of the two fields changes the other: https://github.com/Kong/kong/blob/3.9.1/kong/db/schema/entities/upstreams.lua */
  normalise(fields, given) {
    if (!given) return fields
    const { algorithm, hash_on: hashOn } = fields
    if (algorithm === 'least-connections' || algorithm === 'latency') return { ...fields, hash_on: 'none' }
    if (given.hash_on === undefined || given.hash_on === null) return fields
    return { ...fields, algorithm: hashOn === 'none' ? 'round-robin' : 'consistent-hashing' }
  },
  // Written out, the default would make the algorithm another one; null gives the default and leaves it.
  inDocument: ({ hash_on: hashOn }) => (hashOn === 'none' ? { hash_on: null } : {}),
  tagged: true,
  identify: identifyByName('name'),
}
