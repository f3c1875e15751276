import {
  identifyByName,
  isGivenIn,
  type KindDefinition,
  parkedName,
} from '../../../model/schema/kind-definition.ts'

/** A set of keys. */
export const keySet: KindDefinition = {
  kind: 'key-set',
  plural: 'key_sets',
  path: 'key-sets',
  schema: 'key_sets',
  level: 1,
  foreign: {},
  usedBy: { plugin: ({ config }) => isGivenIn(config, 'key_sets') },
  unique: [['name']],
  parked: { name: parkedName },
  secrets: [],
  derived: [],
  tagged: true,
  identify: identifyByName('name'),
}
