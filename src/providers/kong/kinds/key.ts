import { identifyByName, parkedName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'
import { stamped } from './manifest-shape.ts'

/** A key (JWK or PEM), alone or in a set. */
export const key: KongKind = {
  kind: 'key',
  identity: {
    plural: 'keys',
    unique: [['name'], ['kid', 'set']],
    parked: { name: parkedName },
    identify: identifyByName('name'),
  },
  transport: {
    path: 'keys',
    schema: 'keys',
  },
  references: {
    level: 2,
    foreign: { set: { kind: 'key-set', onDelete: 'cascade' } },
  },
  fields: {
    tagged: true,
  },
  manifest: {
    fields: {
      ...stamped,
      name: 'text',
      kid: 'text',
      jwk: 'text',
      pem: { record: { private_key: 'text', public_key: 'text' } },
    },
    references: { set: 'names' },
    oneOf: ['name', 'id'],
    known: ['name', 'id'],
    selectedByTools: 'not, and counted',
  },
  secrets: {
    fields: ['jwk', 'pem.private_key'],
  },
}
