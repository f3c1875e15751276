import { credential, identifyByField } from './credential.ts'

/** A user name with a shared secret for signed requests. */
export const hmacAuth = credential({
  kind: 'hmac-auth',
  listedAs: 'HMACAuths',
  plural: 'hmacauth_credentials',
  path: 'hmac-auths',
  segment: 'hmac-auth',
  schema: 'hmacauth_credentials',
  checkedBy: ['hmac-auth'],
  unique: [['username']],
  secrets: { fields: ['secret'] },
  manifest: {
    fields: { username: 'text', secret: 'text' },
    required: ['username', 'secret'],
  },
  identify: identifyByField('username'),
})
