import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { credential, identifyByField } from './credential.ts'

/** An OAuth 2 application. */
export const oauth2Cred = credential({
  kind: 'oauth2-cred',
  listedAs: 'Oauth2Creds',
  plural: 'oauth2_credentials',
  path: 'oauth2',
  segment: 'oauth2',
  schema: 'oauth2_credentials',
  checkedBy: ['oauth2'],
  unique: [['client_id']],
  secrets: {
    fields: ['client_secret'],
    hashed: {
      field: 'client_secret',
      known: 'client_id',
      isHash: fields => fields.hash_secret === true,
      kept: (secret, fields, _consumerId, kept) =>
        fields.hash_secret === true && kept !== undefined && isHashOf(kept, secret) ? kept : undefined,
      stored: (secret, fields) =>
        fields.hash_secret === true && !hashForm.test(secret) ? hashOf(secret) : undefined,
      switchedBy: 'hash_secret',
    },
  },
  manifest: {
    fields: {
      name: 'text',
      client_id: 'text',
      client_secret: 'text',
      client_type: 'text',
      hash_secret: 'boolean',
      redirect_uris: 'names',
    },
    required: ['name', 'client_id'],
  },
  identify: identifyByField('client_id', 'name'),
  generatedFor: ['name'],
})

/** The form of https://github.com/Kong/kong/blob/3.9.1/kong/plugins/oauth2/secret.lua: a salt of its own in each. */
const hashForm = /^\$pbkdf2-sha512\$i=(\d+),l=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

function hashOf(secret: string): string {
  const salt = randomBytes(16)
  const hash = pbkdf2Sync(secret, salt, 10_000, 32, 'sha512')
  const text = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
  return `$pbkdf2-sha512$i=10000,l=32$${text(salt)}$${text(hash)}`
}

function isHashOf(kept: string, secret: string): boolean {
  const [, rounds, length, salt, hash] = hashForm.exec(kept) ?? []
  if (salt === undefined || hash === undefined) return false
  const count = Number(rounds)
  const size = Number(length)
  if (!(count > 0 && count <= 1_000_000 && size > 0 && size <= 1024)) return false
  const made = pbkdf2Sync(secret, Buffer.from(salt, 'base64'), count, size, 'sha512')
  return made.equals(Buffer.from(hash, 'base64'))
}
