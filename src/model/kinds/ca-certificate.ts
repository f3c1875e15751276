import type { KindDefinition } from './definition.ts'

/** A certificate authority that is trusted: decK asks for its id. */
export const caCertificate: KindDefinition = {
  kind: 'ca_certificate',
  plural: 'ca_certificates',
  path: 'ca_certificates',
  schema: 'ca_certificates',
  level: 1,
  foreign: {},
  unique: [['cert']],
  secrets: [],
  derived: ['cert_digest'],
  alsoKnownBy: 'cert',
  tagged: true,
  identify(view) {
    const key = view.id ?? view.text('cert')
    return key === undefined ? undefined : { key, name: view.id ?? 'ca_certificate' }
  },
}
