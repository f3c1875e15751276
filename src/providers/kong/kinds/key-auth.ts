import { credential } from './credential.ts'

/** An API key: the key itself is the identity, so it stands as its digest; its name shows the end of a long one. */
export const keyAuth = credential({
  kind: 'key-auth',
  listedAs: 'KeyAuths',
  plural: 'keyauth_credentials',
  path: 'key-auths',
  segment: 'key-auth',
  schema: 'keyauth_credentials',
  checkedBy: ['key-auth', 'key-auth-enc'],
  unique: [['key']],
  secrets: { fields: ['key'] },
  fields: { countsDown: ['ttl'] },
  manifest: {
    fields: { key: 'text', ttl: 'integer' },
    required: ['key'],
  },
  identify(view) {
    const key = view.digest('key') ?? view.id
    return key === undefined ? undefined : { key, name: view.ending('key') }
  },
  numberedUnder: 'consumer',
  generatedFor: [],
})
