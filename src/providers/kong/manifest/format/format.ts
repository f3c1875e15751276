import type { Kind } from '../../../../model/entity.ts'
import { consumer, consumerGroup } from './consumer-shapes.ts'
import { filterChain, plugin, route, service } from './routing-shapes.ts'
import { type Fields, named, own, type Shape, stamped } from './shape.ts'
import { upstream } from './upstream-shapes.ts'

const sni: Shape = {
  kind: 'sni',
  fields: named,
  refs: { certificate: { kind: 'certificate', checked: 'none' } },
  required: ['name'],
}

const certificate: Shape = {
  kind: 'certificate',
  fields: { ...own, cert: 'text', key: 'text' },
  children: { snis: { shape: () => sni, parent: 'certificate' } },
  required: ['id', 'cert', 'key'],
  known: ['id'],
}

const permission: Shape = {
  kind: 'rbac-endpoint-permission',
  fields: {
    actions: 'names',
    comment: 'text',
    created_at: 'integer',
    endpoint: 'text',
    negative: 'boolean',
    workspace: 'text',
  },
  refs: { role: { kind: 'rbac-role', checked: 'names' } },
  required: ['workspace', 'endpoint'],
}

const documentFields: Fields = { id: 'text', path: 'text', published: 'boolean' }

/** The lists at the top of a file. */
export const lists: Readonly<Record<string, Shape>> = {
  services: service,
  routes: route,
  consumers: consumer,
  consumer_groups: consumerGroup,
  plugins: plugin,
  filter_chains: filterChain,
  upstreams: upstream,
  certificates: certificate,
  ca_certificates: {
    kind: 'ca-certificate',
    fields: { ...own, cert: 'text', cert_digest: 'text' },
    required: ['cert'],
    known: ['id'],
  },
  vaults: {
    kind: 'vault',
    fields: { ...stamped, name: 'text', prefix: 'text', description: 'text', config: 'object' },
    required: ['prefix'],
    known: ['prefix', 'id'],
  },
  key_sets: {
    kind: 'key-set',
    fields: { ...stamped, name: 'text' },
    oneOf: ['name', 'id'],
    known: ['name', 'id'],
  },
  keys: {
    kind: 'key',
    fields: {
      ...stamped,
      name: 'text',
      kid: 'text',
      jwk: 'text',
      pem: { record: { private_key: 'text', public_key: 'text' } },
    },
    refs: { set: { kind: 'key-set', checked: 'names' } },
    oneOf: ['name', 'id'],
    known: ['name', 'id'],
  },
  partials: {
    kind: 'partial',
    fields: { id: 'text', name: 'text', type: 'text', tags: 'names', config: 'object' },
    required: ['type'],
    oneOf: ['name', 'id'],
    known: ['name', 'id'],
  },
  custom_entities: {
    kind: 'custom_entity',
    fields: { id: 'text', type: 'text', fields: 'object' },
    required: ['type'],
  },
  custom_plugins: {
    kind: 'custom-plugin',
    fields: { ...stamped, name: 'text', handler: 'text', schema: 'text' },
    required: ['name', 'schema', 'handler'],
    known: ['name', 'id'],
  },
  cloned_plugins: {
    kind: 'cloned-plugin',
    fields: { ...stamped, name: 'text', priority: 'integer', ref: 'text' },
    required: ['name', 'ref'],
    known: ['name', 'id'],
  },
  licenses: {
    kind: 'license',
    fields: { id: 'text', created_at: 'integer', updated_at: 'integer', payload: 'text' },
  },
  rbac_roles: {
    kind: 'rbac-role',
    fields: { id: 'text', created_at: 'integer', name: 'text', comment: 'text', is_default: 'boolean' },
    children: { endpoint_permissions: { shape: () => permission, parent: 'role' } },
    required: ['name'],
    known: ['name', 'id'],
  },
  service_packages: {
    kind: 'service-package',
    fields: {
      id: 'text',
      name: 'text',
      description: 'text',
      document: { record: documentFields },
      versions: {
        records: {
          id: 'text',
          version: 'text',
          document: { record: documentFields },
          implementation: { record: { type: 'text', kong: { record: { service: 'object' } } } },
        },
      },
    },
    required: ['name'],
    known: ['name', 'id'],
  },
}

/** The settings at the top of a file, besides the lists. */
export const settings: Fields = {
  _format_version: 'text',
  _transform: 'boolean',
  _workspace: 'text',
  _konnect: { record: { control_plane_name: 'text', runtime_group_name: 'text' } },
  _plugin_configs: 'object',
  _info: {
    record: {
      select_tags: 'tags',
      default_lookup_tags: {
        record: {
          consumer_groups: 'tags',
          consumers: 'tags',
          routes: 'tags',
          services: 'tags',
          partials: 'tags',
        },
      },
      defaults: { record: { service: 'object', route: 'object', upstream: 'object', target: 'object' } },
      consumer_group_policy_overrides: 'boolean',
      include_plugin_definitions: 'boolean',
      skip_hash_for_basic_auth: 'boolean',
    },
  },
}

/** Every kind that manifests can hold, as the word that `readManifests` gives it. */
export const manifestKinds: readonly Kind[] = [
  ...new Set([
    ...Object.values(lists).flatMap(shape => [
      shape.kind,
      ...Object.values(shape.children ?? {}).map(child => child.shape().kind),
    ]),
    'consumer-group-consumer',
  ]),
]
