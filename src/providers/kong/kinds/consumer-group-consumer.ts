import type { KongKind } from './kong-kind.ts'

/** That a consumer is in a consumer group. */
export const consumerGroupConsumer: KongKind = {
  kind: 'consumer-group-consumer',
  identity: {
    plural: 'consumer_group_consumers',
    unique: [['consumer_group', 'consumer']],
    identify(view) {
      const name = `${view.ref('consumer')?.key ?? '?'} in consumer-group ${view.ref('consumer_group')?.key ?? '?'}`
      return { key: name, name }
    },
  },
  transport: {
    path: 'consumer_group_consumers',
    schema: 'consumer_group_consumers',
    edition: 'enterprise',
    listedUnder: 'consumer_group',
    writtenUnder: { field: 'consumer_group', segment: 'consumers' },
    createdByPost: true,
    addressedBy: (_fields, idOf) => idOf('consumer'),
    // The list holds the consumers themselves.
    fromList: (item, parent) => ({ consumer_group: { id: parent }, consumer: { id: item.id ?? null } }),
    toBody: ({ consumer }) => ({
      consumer: typeof consumer === 'object' && consumer !== null && 'id' in consumer ? consumer.id : null,
    }),
  },
  references: {
    level: 3,
    foreign: {
      consumer_group: { kind: 'consumer-group', onDelete: 'cascade' },
      consumer: { kind: 'consumer', onDelete: 'cascade' },
    },
    limits: true,
  },
}
