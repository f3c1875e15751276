import { credential } from './credential.ts'

/** The subject of a client certificate that stands for a consumer. */
export const mtlsAuth = credential({
  kind: 'mtls-auth',
  plural: 'mtls_auth_credentials',
  path: 'mtls-auths',
  segment: 'mtls-auth',
  schema: 'mtls_auth_credentials',
  edition: 'enterprise',
  checkedBy: ['mtls-auth'],
  foreign: { ca_certificate: { kind: 'ca-certificate', onDelete: 'cascade', uses: true } },
  unique: [['subject_name', 'ca_certificate']],
  manifest: {
    fields: { subject_name: 'text' },
    required: ['id', 'subject_name'],
    references: { ca_certificate: 'none' },
    keepsId: true,
    mayRepeat: true,
  },
  identify(view) {
    const subject = view.text('subject_name')
    if (subject === undefined) return undefined
    const authority = view.ref('ca_certificate')
    const key = authority ? `${subject} by ca-certificate ${authority.key}` : subject
    return { key, name: key }
  },
})
