import { identifyByName, type KindDefinition } from './definition.ts'

/** A load balancer over targets: https://developer.konghq.com/gateway/entities/upstream/ */
export const upstream: KindDefinition = {
  kind: 'upstream',
  plural: 'upstreams',
  path: 'upstreams',
  schema: 'upstreams',
  level: 2,
  foreign: { client_certificate: { kind: 'certificate', onDelete: 'refuse' } },
  secrets: [],
  derived: [],
  tagged: true,
  identify: identifyByName('name'),
}
