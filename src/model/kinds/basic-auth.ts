import { credential, identifyByField } from './credential.ts'

/** A user name with a password, which the gateway keeps hashed. */
export const basicAuth = credential({
  kind: 'basic-auth',
  plural: 'basicauth_credentials',
  path: 'basic-auths',
  segment: 'basic-auth',
  schema: 'basicauth_credentials',
  secrets: ['password'],
  identify: identifyByField('username'),
})
