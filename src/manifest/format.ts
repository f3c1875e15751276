import type { Kind } from '../model/entity.ts'

/**
 * What a field of a manifest holds. `object` and `json` are not looked into; `names` and `numbers` are lists,
 * `name-lists` is a mapping of lists of names; a record is looked into by its own fields.
 */
export type FieldType =
  | 'text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'object'
  | 'objects'
  | 'json'
  | 'names'
  | 'numbers'
  | 'name-lists'
  | { readonly record: Fields }
  | { readonly records: Fields }

export type Fields = Readonly<Record<string, FieldType>>

/** A foreign key: the kind that it points to, and what a manifest may leave to the gateway. */
export interface Reference {
  readonly kind: Kind
  /** `all`: decK refuses what it does not find in the files; `names`: only names; `none`: it asks the gateway. */
  readonly checked: 'all' | 'names' | 'none'
}

/** How entities of one kind are written. */
export interface Shape {
  readonly kind: Kind
  readonly fields: Fields
  readonly refs?: Readonly<Record<string, Reference>>
  /** Lists of entities that are nested in it, with the foreign field that points back. */
  readonly children?: Readonly<Record<string, { readonly shape: () => Shape; readonly parent: string }>>
  readonly required?: readonly string[]
  /** At least one of these must be there. */
  readonly oneOf?: readonly string[]
  /** The fields that others may refer to it by, the best first. */
  readonly known?: readonly string[]
}

const own: Fields = { id: 'text', created_at: 'integer', tags: 'names' }
const stamped: Fields = { ...own, updated_at: 'integer' }
const named: Fields = { ...own, name: 'text' }

const healthy: Fields = { http_statuses: 'numbers', interval: 'integer', successes: 'integer' }
const unhealthy: Fields = {
  http_failures: 'integer',
  http_statuses: 'numbers',
  interval: 'integer',
  tcp_failures: 'integer',
  timeouts: 'integer',
}
const sockets: FieldType = { records: { ip: 'text', port: 'integer' } }

export const filterChain: Shape = {
  kind: 'filter-chain',
  fields: {
    ...stamped,
    name: 'text',
    enabled: 'boolean',
    filters: { records: { name: 'text', enabled: 'boolean', config: 'json' } },
  },
  refs: { service: { kind: 'service', checked: 'names' }, route: { kind: 'route', checked: 'names' } },
  required: ['filters'],
}

export const plugin: Shape = {
  kind: 'plugin',
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
  refs: {
    service: { kind: 'service', checked: 'all' },
    route: { kind: 'route', checked: 'all' },
    consumer: { kind: 'consumer', checked: 'all' },
    consumer_group: { kind: 'consumer-group', checked: 'all' },
  },
  required: ['name'],
}

export const route: Shape = {
  kind: 'route',
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
  refs: { service: { kind: 'service', checked: 'names' } },
  children: {
    plugins: { shape: () => plugin, parent: 'route' },
    filter_chains: { shape: () => filterChain, parent: 'route' },
  },
  oneOf: ['name', 'id'],
  known: ['name', 'id'],
}

export const service: Shape = {
  kind: 'service',
  fields: {
    ...stamped,
    name: 'text',
    ca_certificates: 'names',
    connect_timeout: 'integer',
    enabled: 'boolean',
    host: 'text',
    path: 'text',
    port: 'integer',
    protocol: 'text',
    read_timeout: 'integer',
    retries: 'integer',
    tls_sans: { record: { dnsnames: 'names', uris: 'names' } },
    tls_verify: 'boolean',
    tls_verify_depth: 'integer',
    url: 'text',
    write_timeout: 'integer',
  },
  refs: { client_certificate: { kind: 'certificate', checked: 'none' } },
  children: {
    routes: { shape: () => route, parent: 'service' },
    plugins: { shape: () => plugin, parent: 'service' },
    filter_chains: { shape: () => filterChain, parent: 'service' },
  },
  oneOf: ['name', 'id'],
  known: ['name', 'id'],
}

function credential(kind: Kind, fields: Fields, required: readonly string[]): Shape {
  return {
    kind,
    fields: { ...own, ...fields },
    refs: { consumer: { kind: 'consumer', checked: 'all' } },
    required,
  }
}

const credentials: Readonly<Record<string, Shape>> = {
  acls: credential('acl-group', { group: 'text' }, ['group']),
  basicauth_credentials: credential('basic-auth', { username: 'text', password: 'text' }, [
    'username',
    'password',
  ]),
  hmacauth_credentials: credential('hmac-auth', { username: 'text', secret: 'text' }, ['username', 'secret']),
  jwt_secrets: credential(
    'jwt-auth',
    { algorithm: 'text', key: 'text', rsa_public_key: 'text', secret: 'text' },
    ['algorithm', 'key', 'secret'],
  ),
  keyauth_credentials: credential('key-auth', { key: 'text', ttl: 'integer' }, ['key']),
  mtls_auth_credentials: {
    ...credential('mtls-auth', { subject_name: 'text' }, ['id', 'subject_name']),
    refs: {
      consumer: { kind: 'consumer', checked: 'all' },
      ca_certificate: { kind: 'ca_certificate', checked: 'none' },
    },
  },
  oauth2_credentials: credential(
    'oauth2-cred',
    {
      name: 'text',
      client_id: 'text',
      client_secret: 'text',
      client_type: 'text',
      hash_secret: 'boolean',
      redirect_uris: 'names',
    },
    ['name', 'client_id', 'client_secret'],
  ),
}

export const consumer: Shape = {
  kind: 'consumer',
  fields: { ...own, username: 'text', custom_id: 'text', groups: { records: named } },
  children: {
    plugins: { shape: () => plugin, parent: 'consumer' },
    ...Object.fromEntries(
      Object.entries(credentials).map(([name, shape]) => [name, { shape: () => shape, parent: 'consumer' }]),
    ),
  },
  oneOf: ['username', 'custom_id'],
  known: ['username', 'custom_id', 'id'],
}

/** A consumer as it is listed in a group. */
export const groupMember: Shape = {
  kind: 'consumer',
  fields: { ...own, username: 'text', custom_id: 'text' },
  oneOf: ['username', 'custom_id', 'id'],
  known: ['username', 'custom_id', 'id'],
}

export const consumerGroup: Shape = {
  kind: 'consumer-group',
  fields: named,
  children: {
    consumers: { shape: () => groupMember, parent: '' },
    plugins: { shape: () => plugin, parent: 'consumer_group' },
  },
  required: ['name'],
  known: ['name', 'id'],
}

const target: Shape = {
  kind: 'target',
  fields: { ...own, created_at: 'number', target: 'text', weight: 'integer', failover: 'boolean' },
  refs: { upstream: { kind: 'upstream', checked: 'names' } },
  required: ['target'],
}

const upstream: Shape = {
  kind: 'upstream',
  fields: {
    ...named,
    algorithm: 'text',
    hash_fallback: 'text',
    hash_fallback_header: 'text',
    hash_fallback_query_arg: 'text',
    hash_fallback_uri_capture: 'text',
    hash_on: 'text',
    hash_on_cookie: 'text',
    hash_on_cookie_path: 'text',
    hash_on_header: 'text',
    hash_on_query_arg: 'text',
    hash_on_uri_capture: 'text',
    healthchecks: {
      record: {
        active: {
          record: {
            concurrency: 'integer',
            headers: 'name-lists',
            healthy: { record: healthy },
            http_path: 'text',
            https_sni: 'text',
            https_verify_certificate: 'boolean',
            timeout: 'integer',
            type: 'text',
            unhealthy: { record: unhealthy },
          },
        },
        passive: { record: { healthy: { record: healthy }, type: 'text', unhealthy: { record: unhealthy } } },
        threshold: 'number',
      },
    },
    host_header: 'text',
    slots: 'integer',
    sticky_sessions_cookie: 'text',
    sticky_sessions_cookie_path: 'text',
    use_srv_name: 'boolean',
  },
  refs: { client_certificate: { kind: 'certificate', checked: 'none' } },
  children: { targets: { shape: () => target, parent: 'upstream' } },
  required: ['name'],
  known: ['name', 'id'],
}

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
    kind: 'ca_certificate',
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
      select_tags: 'names',
      default_lookup_tags: {
        record: {
          consumer_groups: 'names',
          consumers: 'names',
          routes: 'names',
          services: 'names',
          partials: 'names',
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
