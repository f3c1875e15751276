import { identifyByName, type KindDefinition } from '../../../model/schema/kind-definition.ts'

/** A host name that a certificate is served for. */
export const sni: KindDefinition = {
  kind: 'sni',
  listedAs: 'SNIs',
  plural: 'snis',
  path: 'snis',
  schema: 'snis',
  everywhere: true,
  level: 2,
  foreign: { certificate: { kind: 'certificate', onDelete: 'cascade' } },
  unique: [['name']],
  secrets: [],
  derived: [],
  tagged: true,
  identify: identifyByName('name'),
}
