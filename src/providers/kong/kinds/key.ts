import { identifyByName, type KindDefinition, parkedName } from '../../../model/schema/kind-definition.ts'

/** A key (JWK or PEM), alone or in a set. */
export const key: KindDefinition = {
  kind: 'key',
  plural: 'keys',
  path: 'keys',
  schema: 'keys',
  level: 2,
  foreign: { set: { kind: 'key-set', onDelete: 'cascade' } },
  unique: [['name'], ['kid', 'set']],
  parked: { name: parkedName },
  secrets: ['jwk', 'pem.private_key'],
  derived: [],
  tagged: true,
  identify: identifyByName('name'),
}
