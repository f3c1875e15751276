import type { KindDefinition } from './definition.ts'

/** The scopes in the order in which a key tells them. */
const scopes = ['consumer', 'consumer_group', 'route', 'service'] as const

/** The scopes in the order in which a name tells them, as decK's does. */
const shownScopes = ['service', 'route', 'consumer', 'consumer_group'] as const

/**
 * Code that runs on requests, for one scope or all: https://developer.konghq.com/gateway/entities/plugin/
 * A gateway holds one plugin of a name in one scope, so the two together are its identity.
 */
export const plugin: KindDefinition = {
  kind: 'plugin',
  plural: 'plugins',
  path: 'plugins',
  schema: 'plugins',
  level: 4,
  foreign: {
    service: { kind: 'service', onDelete: 'cascade' },
    route: { kind: 'route', onDelete: 'cascade' },
    consumer: { kind: 'consumer', onDelete: 'cascade' },
    consumer_group: { kind: 'consumer-group', onDelete: 'cascade' },
  },
  links: { partials: 'partial' },
  unique: [['name', ...scopes], ['instance_name']],
  parked: { instance_name: () => null },
  secrets: [],
  derived: [],
  variant: 'name',
  tagged: true,
  identify(view) {
    const name = view.text('name')
    if (name === undefined) return undefined
    const where = (fields: readonly string[]): string => {
      const scope = fields.flatMap(field => {
        const ref = view.ref(field)
        return ref ? [`${field.replace('_', '-')} ${ref.key}`] : []
      })
      return scope.length === 0 ? '(global)' : `for ${scope.join(' and ')}`
    }
    return { key: `${name} ${where(scopes)}`, name: `${name} ${where(shownScopes)}` }
  },
}
