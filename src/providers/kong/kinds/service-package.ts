import { identifyByName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'

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
}
