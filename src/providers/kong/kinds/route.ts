import { isArray } from '../../../model/json.ts'
import { identifyByName, parkedName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'
import { type FieldType, stamped } from './manifest-shape.ts'

/** Addresses with ports. */
const sockets: FieldType = { records: { ip: 'text', port: 'integer' } }

/** Which requests go to which service: https://developer.konghq.com/gateway/entities/route/ */
export const route: KongKind = {
  kind: 'route',
  identity: {
    plural: 'routes',
    listedAs: 'Routes',
    unique: [['name']],
    parked: { name: parkedName },
    identify: identifyByName('name'),
  },
  meaning: {
    facet: 'route',
    pathsOf: ({ paths }) => (isArray(paths) ? paths.filter(path => typeof path === 'string') : []),
    distinguishedBy: ['name', 'service', 'paths', 'hosts'],
  },
  transport: {
    path: 'routes',
    schema: 'routes',
    everywhere: true,
  },
  references: {
    level: 3,
    foreign: { service: { kind: 'service', onDelete: 'refuse' } },
  },
  fields: {
    tagged: true,
  },
  manifest: {
    fields: {
      ...stamped,
      name: 'text',
      destinations: sockets,
      expression: 'text',
      headers: 'name-lists',
      hosts: 'names',
      https_redirect_status_code: 'integer',
      methods: 'names',
      path_handling: 'text',
      paths: 'names',
      preserve_host: 'boolean',
      priority: 'integer',
      protocols: 'names',
      regex_priority: 'integer',
      request_buffering: 'boolean',
      response_buffering: 'boolean',
      snis: 'names',
      sources: sockets,
      strip_path: 'boolean',
    },
    references: { service: 'names' },
    nestedIn: ['service'],
    oneOf: ['name', 'id'],
    known: ['name', 'id'],
    ownFiles: true,
    defaults: { preserve_host: false, regex_priority: 0, strip_path: true, protocols: ['http', 'https'] },
    lookedUpByTags: true,
  },
}
