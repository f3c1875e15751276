import { credential, identifyByField } from './credential.ts'

/** An OAuth 2 application. */
export const oauth2Cred = credential({
  kind: 'oauth2-cred',
  plural: 'oauth2_credentials',
  path: 'oauth2',
  segment: 'oauth2',
  schema: 'oauth2_credentials',
  secrets: ['client_secret'],
  identify: identifyByField('client_id', 'name'),
})
