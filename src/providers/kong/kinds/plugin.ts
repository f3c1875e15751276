import type { KongKind } from './kong-kind.ts'
import { named } from './manifest-shape.ts'

/** The scopes in the order in which a key tells them. */
const scopes = ['consumer', 'consumer_group', 'route', 'service'] as const

/** The scopes in the order in which a name tells them, as decK's does. */
const shownScopes = ['service', 'route', 'consumer', 'consumer_group'] as const

/**
 * Code that runs on requests, for one scope or all: https://developer.konghq.com/gateway/entities/plugin/
 * A gateway holds one plugin of a name in one scope, so the two together are its identity.
 */
export const plugin: KongKind = {
  kind: 'plugin',
  identity: {
    plural: 'plugins',
    listedAs: 'Plugins',
    // None refers to a plugin.
    referredBy: [],
    unique: [['name', ...scopes], ['instance_name']],
    parked: { instance_name: () => null },
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
  },
  meaning: {
    facet: 'protection',
    switchedBy: 'enabled',
    distinguishedBy: ['name', 'route', 'service', 'consumer'],
    actsOn(key) {
      const [, on = ''] = /^\S+ (?:for )?(.*)$/s.exec(key) ?? []
      return { protection: key.split(' ', 1)[0] ?? key, on: on.split(' and ') }
    },
    facts(_fields, refs) {
      const given = scopes.filter(field => refs[field])
      return { scope: given.length === 0 ? 'global' : given.join('+') }
    },
  },
  transport: {
    path: 'plugins',
    schema: 'plugins',
    everywhere: true,
  },
  references: {
    level: 4,
    foreign: {
      service: { kind: 'service', onDelete: 'cascade', unset: 'all' },
      route: { kind: 'route', onDelete: 'cascade', unset: 'all' },
      consumer: { kind: 'consumer', onDelete: 'cascade', unset: 'any' },
      consumer_group: { kind: 'consumer-group', onDelete: 'cascade', unset: 'any' },
    },
    links: { partials: 'partial' },
    limits: true,
  },
  fields: {
    variant: 'name',
    configuration: 'config',
    tagged: true,
  },
  manifest: {
    fields: {
      ...named,
      _config: 'text',
      condition: 'text',
      config: 'object',
      enabled: 'boolean',
      instance_name: 'text',
      ordering: { record: { after: 'name-lists', before: 'name-lists' } },
      partials: 'objects',
      protocols: 'names',
      run_on: 'text',
      updated_at: 'integer',
    },
    references: { service: 'all', route: 'all', consumer: 'all', consumer_group: 'all' },
    referencesAsText: true,
    nestedIn: ['service', 'route', 'consumer', 'consumer_group'],
    required: ['name'],
    calledBy: 'name',
  },
}
