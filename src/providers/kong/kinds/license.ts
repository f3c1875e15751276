import type { KindDefinition } from '../../../model/schema/kind-definition.ts'

/** A licence of Kong Enterprise: https://developer.konghq.com/gateway/entities/license/ */
export const license: KindDefinition = {
  kind: 'license',
  isNotDumped: true,
  plural: 'licenses',
  path: 'licenses',
  schema: 'licenses',
  edition: 'enterprise',
  onlyWith: 'license',
  level: 1,
  foreign: {},
  unique: [['payload']],
  secrets: ['payload'],
  derived: [],
  tagged: false,
  identify(view) {
    const key = view.id ?? view.digest('payload')
    return key === undefined ? undefined : { key, name: view.id ?? 'license' }
  },
}
