import { credential, identifyByField } from './credential.ts'

/** An issuer's key for JSON Web Tokens; `key` is the public issuer name. */
export const jwtAuth = credential({
  kind: 'jwt-auth',
  listedAs: 'JWTAuths',
  plural: 'jwt_secrets',
  path: 'jwts',
  segment: 'jwt',
  schema: 'jwt_secrets',
  checkedBy: ['jwt'],
  unique: [['key']],
  secrets: { fields: ['secret'] },
  manifest: {
    fields: { algorithm: 'text', key: 'text', rsa_public_key: 'text', secret: 'text' },
    required: ['algorithm', 'key', 'secret'],
    alwaysGiven: ['algorithm'],
  },
  identify: identifyByField('key'),
  generatedFor: [],
})
