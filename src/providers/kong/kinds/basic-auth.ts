import { createHash } from 'node:crypto'
import { credential, identifyByField } from './credential.ts'

/** The consumer's id is the salt: https://github.com/Kong/kong/blob/3.9.1/kong/plugins/basic-auth/crypto.lua */
function hashOf(password: string, consumerId: string): string {
  return createHash('sha1')
    .update(password + consumerId)
    .digest('hex')
}

/** A user name with a password, which the gateway keeps hashed. */
export const basicAuth = credential({
  kind: 'basic-auth',
  listedAs: 'BasicAuths',
  plural: 'basicauth_credentials',
  path: 'basic-auths',
  segment: 'basic-auth',
  schema: 'basicauth_credentials',
  checkedBy: ['basic-auth'],
  unique: [['username']],
  secrets: {
    fields: ['password'],
    hashed: {
      field: 'password',
      known: 'username',
      isHash: () => true,
      kept: (password, _fields, consumerId) => hashOf(password, consumerId),
      stored: (password, _fields, consumerId) => hashOf(password, consumerId),
    },
  },
  fields: {
    // A manifest that does not say the password leaves it as it is: a dump can't know it.
    normalise({ password, ...fields }, given) {
      return given !== undefined && (given.password ?? null) === null
        ? fields
        : { ...fields, password: password ?? null }
    },
  },
  manifest: {
    fields: { username: 'text', password: 'text' },
    // decK asks for passwords too; without one, that which the gateway has stays.
    required: ['username'],
  },
  identify: identifyByField('username'),
})
