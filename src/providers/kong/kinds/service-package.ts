import { identifyByName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'
import type { Fields } from './manifest-shape.ts'

const documentFields: Fields = { id: 'text', path: 'text', published: 'boolean' }

/** A service with its versions in the catalogue of Konnect. */
export const servicePackage: KongKind = {
  kind: 'service-package',
  identity: {
    plural: 'service_packages',
    unique: [['name']],
    identify: identifyByName('name'),
  },
  transport: {
    path: 'service_packages',
    schema: 'service_packages',
    edition: 'konnect',
  },
  references: {
    level: 1,
    foreign: {},
  },
  manifest: {
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
