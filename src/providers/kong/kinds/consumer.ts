import { isGivenIn, type KindDefinition, parkedName } from '../../../model/schema/kind-definition.ts'

/** Who calls: https://developer.konghq.com/gateway/entities/consumer/ */
export const consumer: KindDefinition = {
  kind: 'consumer',
  listedAs: 'Consumers',
  referredBy: ['username', 'custom_id'],
  skippedAs: 'consumers',
  lookedUpByTags: true,
  plural: 'consumers',
  path: 'consumers',
  schema: 'consumers',
  everywhere: true,
  level: 1,
  foreign: {},
  // Who lets callers pass as somebody, or finds them by a claim, hangs on who there is.
  usedBy: { plugin: ({ config }) => isGivenIn(config, 'anonymous') || isGivenIn(config, 'consumer_claim') },
  unique: [['username'], ['custom_id']],
  parked: { username: parkedName, custom_id: parkedName },
  secrets: [],
  derived: [],
  alsoKnownBy: 'custom_id',
  tagged: true,
  identify(view) {
    const username = view.text('username')
    const customId = view.text('custom_id')
    // One consumer's custom_id may be another's username.
    if (username === undefined && customId !== undefined)
      return { key: `custom_id ${customId}`, name: customId }
    const name = username ?? view.id
    return name === undefined ? undefined : { key: name, name }
  },
}
