import { type FieldType, named, type Shape, stamped } from './shape.ts'

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
