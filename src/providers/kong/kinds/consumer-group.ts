import { identifyByName, isGivenIn, parkedName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'
import { named, own } from './manifest-shape.ts'

/** Consumers that share plugins: https://developer.konghq.com/gateway/entities/consumer-group/ */
export const consumerGroup: KongKind = {
  kind: 'consumer-group',
  identity: {
    plural: 'consumer_groups',
    skippedAs: 'consumers',
    unique: [['name']],
    parked: { name: parkedName },
    identify: identifyByName('name'),
  },
  transport: {
    path: 'consumer_groups',
    schema: 'consumer_groups',
    edition: 'enterprise',
  },
  references: {
    level: 2,
    foreign: {},
    usedBy: { plugin: ({ config }) => isGivenIn(config, 'consumer_groups') },
  },
  fields: {
    tagged: true,
  },
  manifest: {
    fields: named,
    members: {
      consumers: {
        kind: 'consumer',
        fields: { ...own, username: 'text', custom_id: 'text' },
        oneOf: ['username', 'custom_id', 'id'],
        known: ['username', 'id', 'custom_id'],
        refs: {},
        children: {},
      },
    },
    required: ['name'],
    known: ['name', 'id'],
    ownFiles: true,
    lookedUpByTags: true,
  },
}
