import { identifyByName, type KindDefinition } from './definition.ts'

/** An upstream API: https://developer.konghq.com/gateway/entities/service/ */
export const service: KindDefinition = {
  kind: 'service',
  plural: 'services',
  path: 'services',
  schema: 'services',
  level: 2,
  foreign: { client_certificate: { kind: 'certificate', onDelete: 'refuse' } },
  secrets: [],
  derived: [],
  tagged: true,
  identify: identifyByName('name'),
}
