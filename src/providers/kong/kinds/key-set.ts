import { identifyByName, isGivenIn, parkedName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'
import { stamped } from './manifest-shape.ts'

/** A set of keys. */
export const keySet: KongKind = {
  kind: 'key-set',
  identity: {
    plural: 'key_sets',
    unique: [['name']],
    parked: { name: parkedName },
    identify: identifyByName('name'),
  },
  transport: {
    path: 'key-sets',
    schema: 'key_sets',
  },
  references: {
    level: 1,
    foreign: {},
    usedBy: { plugin: ({ config }) => isGivenIn(config, 'key_sets') },
  },
  fields: {
    tagged: true,
  },
  manifest: {
    fields: { ...stamped, name: 'text' },
    oneOf: ['name', 'id'],
    known: ['name', 'id'],
    selectedByTools: 'not, and counted',
  },
}
