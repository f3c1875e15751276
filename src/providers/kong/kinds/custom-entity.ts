import { isObject, type JsonObject } from '../../../model/json.ts'
import type { KongKind } from './kong-kind.ts'

/**
 * An entity that a plugin brings along. decK's format wraps its fields, and holds those of the degraphql plugin alone:
 * https://developer.konghq.com/deck/reference/entities/
 */
export const customEntity: KongKind = {
  kind: 'custom_entity',
  identity: {
    plural: 'custom_entities',
    unique: [],
    identify(view) {
      const type = view.text('type') ?? 'custom_entity'
      const own =
        view.id ?? [view.text('uri'), view.text('query')].filter(part => part !== undefined).join(' ')
      if (own === '') return undefined
      const service = view.ref('service')
      const name = `${type} ${own}${service ? ` for service ${service.key}` : ''}`
      return { key: view.id ?? name, name }
    },
  },
  transport: {
    path: 'degraphql_routes',
    schema: 'degraphql_routes',
    edition: 'enterprise',
    fromList: item => ({ ...item, type: 'degraphql_routes' }),
    toBody: ({ type: _, ...body }) => body,
  },
  references: {
    level: 4,
    foreign: { service: { kind: 'service', onDelete: 'cascade' } },
  },
  manifest: {
    fields: { id: 'text', type: 'text', fields: 'object' },
    required: ['type'],
    keepsId: true,
    onlyWith: 'custom_entity',
    fromManifest: ({ id, type, fields }) => ({
      ...wrapped(fields),
      ...given('type', type),
      ...given('id', id),
    }),
    toManifest: ({ id, type, ...fields }) => ({
      ...given('type', type),
      ...given('id', id),
      fields,
    }),
  },
}

function wrapped(fields: JsonObject[string] | undefined): JsonObject {
  return isObject(fields) ? fields : {}
}

function given(name: string, value: JsonObject[string] | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value }
}
