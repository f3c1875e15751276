import {
  identifyByName,
  isGivenIn,
  type KindDefinition,
  parkedName,
} from '../../../model/schema/kind-definition.ts'

/** Consumers that share plugins: https://developer.konghq.com/gateway/entities/consumer-group/ */
export const consumerGroup: KindDefinition = {
  kind: 'consumer-group',
  skippedAs: 'consumers',
  lookedUpByTags: true,
  plural: 'consumer_groups',
  path: 'consumer_groups',
  schema: 'consumer_groups',
  edition: 'enterprise',
  level: 2,
  foreign: {},
  usedBy: { plugin: ({ config }) => isGivenIn(config, 'consumer_groups') },
  unique: [['name']],
  parked: { name: parkedName },
  secrets: [],
  derived: [],
  tagged: true,
  identify: identifyByName('name'),
}
