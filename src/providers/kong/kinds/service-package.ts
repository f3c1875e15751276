import { identifyByName, type KindDefinition } from '../../../model/schema/kind-definition.ts'

/** A service with its versions in the catalogue of Konnect. */
export const servicePackage: KindDefinition = {
  kind: 'service-package',
  plural: 'service_packages',
  path: 'service_packages',
  schema: 'service_packages',
  edition: 'konnect',
  level: 1,
  foreign: {},
  unique: [['name']],
  secrets: [],
  derived: [],
  tagged: false,
  identify: identifyByName('name'),
}
