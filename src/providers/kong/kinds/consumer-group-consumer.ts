import type { KindDefinition } from '../../../model/schema/kind-definition.ts'

/** That a consumer is in a consumer group. */
export const consumerGroupConsumer: KindDefinition = {
  kind: 'consumer-group-consumer',
  plural: 'consumer_group_consumers',
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
  level: 3,
  limits: true,
  foreign: {
    consumer_group: { kind: 'consumer-group', onDelete: 'cascade' },
    consumer: { kind: 'consumer', onDelete: 'cascade' },
  },
  unique: [['consumer_group', 'consumer']],
  secrets: [],
  derived: [],
  tagged: false,
  identify(view) {
    const name = `${view.ref('consumer')?.key ?? '?'} in consumer-group ${view.ref('consumer_group')?.key ?? '?'}`
    return { key: name, name }
  },
}
