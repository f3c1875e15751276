import { identifyByName, parkedName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'
import { stamped } from './manifest-shape.ts'

/** An upstream API: https://developer.konghq.com/gateway/entities/service/ */
export const service: KongKind = {
  kind: 'service',
  identity: {
    plural: 'services',
    listedAs: 'Services',
    unique: [['name']],
    parked: { name: parkedName },
    identify: identifyByName('name'),
  },
  meaning: { facet: 'service' },
  transport: {
    path: 'services',
    schema: 'services',
    everywhere: true,
  },
  references: {
    level: 2,
    foreign: { client_certificate: { kind: 'certificate', onDelete: 'refuse', uses: true } },
  },
  fields: {
    tagged: true,
    unordered: ['ca_certificates'],
  },
  manifest: {
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
    references: { client_certificate: 'none' },
    referencesAsText: true,
    oneOf: ['name', 'id'],
    known: ['name', 'id'],
    ownFiles: true,
    defaults: { protocol: 'http', connect_timeout: 60_000, read_timeout: 60_000, write_timeout: 60_000 },
    lookedUpByTags: true,
  },
}
