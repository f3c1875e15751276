import { X509Certificate } from 'node:crypto'
import type { JsonObject } from '../../../model/json.ts'
import { isGivenIn } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'
import { own } from './manifest-shape.ts'

/** What is no certificate has no digest: the gateway says what is wrong with it. */
function digestOf(cert: string): JsonObject {
  try {
    return { cert_digest: new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase() }
  } catch {
    return {}
  }
}

/** A certificate authority that is trusted: decK asks for its id. */
export const caCertificate: KongKind = {
  kind: 'ca-certificate',
  identity: {
    plural: 'ca_certificates',
    formerNames: ['ca_certificate'],
    listedAs: 'CACertificates',
    skippedAs: 'CA certificates',
    alsoKnownBy: 'cert',
    unique: [['cert']],
    identify(view) {
      const key = view.id ?? view.text('cert')
      return key === undefined ? undefined : { key, name: view.id ?? 'ca-certificate' }
    },
  },
  transport: {
    path: 'ca_certificates',
    schema: 'ca_certificates',
    everywhere: true,
    inDocument: ({ cert }) => (typeof cert === 'string' ? digestOf(cert) : {}),
  },
  references: {
    level: 1,
    foreign: {},
    usedBy: {
      service: fields => isGivenIn(fields, 'ca_certificates'),
      plugin: ({ config }) => isGivenIn(config, 'ca_certificates'),
    },
  },
  fields: {
    tagged: true,
    derived: ['cert_digest'],
  },
  manifest: {
    fields: { ...own, cert: 'text', cert_digest: 'text' },
    required: ['cert'],
    known: ['id'],
    keepsId: true,
    untold: ['cert'],
  },
}
