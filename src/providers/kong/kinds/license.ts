import type { KongKind } from './kong-kind.ts'

/** A licence of Kong Enterprise: https://developer.konghq.com/gateway/entities/license/ */
export const license: KongKind = {
  kind: 'license',
  identity: {
    plural: 'licenses',
    unique: [['payload']],
    identify(view) {
      const key = view.id ?? view.digest('payload')
      return key === undefined ? undefined : { key, name: view.id ?? 'license' }
    },
  },
  transport: {
    path: 'licenses',
    schema: 'licenses',
    edition: 'enterprise',
  },
  references: {
    level: 1,
    foreign: {},
  },
  manifest: {
    fields: { id: 'text', created_at: 'integer', updated_at: 'integer', payload: 'text' },
    mayRepeat: true,
    onlyWith: 'license',
    isNotDumped: true,
  },
  secrets: {
    fields: ['payload'],
  },
}
