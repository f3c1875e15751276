import type { KindDefinition } from '../../../model/schema/kind-definition.ts'

/** A certificate with its private key. It has no name: its id, or else its content, tells it from others. */
export const certificate: KindDefinition = {
  kind: 'certificate',
  listedAs: 'Certificates',
  plural: 'certificates',
  path: 'certificates',
  schema: 'certificates',
  everywhere: true,
  level: 1,
  foreign: {},
  unique: [],
  secrets: ['key', 'key_alt'],
  derived: ['snis'],
  alsoKnownBy: 'cert',
  tagged: true,
  identify(view) {
    const key = view.text('cert') ?? view.id
    return key === undefined ? undefined : { key: view.id ?? key, name: view.id ?? 'certificate' }
  },
}
