import { X509Certificate } from 'node:crypto'
import type { JsonObject } from '../../../model/json.ts'
import { isGivenIn, type KindDefinition } from '../../../model/schema/kind-definition.ts'

/** Of what is no certificate there is none: the gateway says what is wrong with it. */
function digestOf(cert: string): JsonObject {
  try {
    return { cert_digest: new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase() }
  } catch {
    return {}
  }
}

/** A certificate authority that is trusted: decK asks for its id. */
export const caCertificate: KindDefinition = {
  kind: 'ca-certificate',
  listedAs: 'CACertificates',
  skippedAs: 'CA certificates',
  formerNames: ['ca_certificate'],
  plural: 'ca_certificates',
  path: 'ca_certificates',
  schema: 'ca_certificates',
  everywhere: true,
  level: 1,
  foreign: {},
  usedBy: {
    service: fields => isGivenIn(fields, 'ca_certificates'),
    plugin: ({ config }) => isGivenIn(config, 'ca_certificates'),
  },
  unique: [['cert']],
  secrets: [],
  derived: ['cert_digest'],
  inDocument: ({ cert }) => (typeof cert === 'string' ? digestOf(cert) : {}),
  alsoKnownBy: 'cert',
  tagged: true,
  identify(view) {
    const key = view.id ?? view.text('cert')
    return key === undefined ? undefined : { key, name: view.id ?? 'ca-certificate' }
  },
}
