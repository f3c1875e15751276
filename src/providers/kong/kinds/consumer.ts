import { isGivenIn, parkedName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'
import { named, own } from './manifest-shape.ts'

/** Who calls: https://developer.konghq.com/gateway/entities/consumer/ */
export const consumer: KongKind = {
  kind: 'consumer',
  identity: {
    plural: 'consumers',
    listedAs: 'Consumers',
    skippedAs: 'consumers',
    referredBy: ['username', 'custom_id'],
    alsoKnownBy: 'custom_id',
    unique: [['username'], ['custom_id']],
    parked: { username: parkedName, custom_id: parkedName },
    identify(view) {
      const username = view.text('username')
      const customId = view.text('custom_id')
      // One consumer's custom_id may be another's username.
      if (username === undefined && customId !== undefined)
        return { key: `custom_id ${customId}`, name: customId }
      const name = username ?? view.id
      return name === undefined ? undefined : { key: name, name }
    },
  },
  transport: {
    path: 'consumers',
    schema: 'consumers',
    everywhere: true,
  },
  references: {
    level: 1,
    foreign: {},
    // Who lets callers pass as somebody, or finds them by a claim, hangs on who there is.
    usedBy: { plugin: ({ config }) => isGivenIn(config, 'anonymous') || isGivenIn(config, 'consumer_claim') },
  },
  fields: {
    tagged: true,
  },
  manifest: {
    fields: { ...own, username: 'text', custom_id: 'text', groups: { records: named } },
    oneOf: ['username', 'custom_id'],
    known: ['username', 'id', 'custom_id'],
    ownFiles: true,
    lookedUpByTags: true,
  },
}
