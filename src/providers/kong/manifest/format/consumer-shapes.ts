import type { Kind } from '../../../../model/entity.ts'
import { plugin } from './routing-shapes.ts'
import { type Fields, named, own, type Shape } from './shape.ts'

function credential(kind: Kind, fields: Fields, required: readonly string[]): Shape {
  return {
    kind,
    fields: { ...own, ...fields },
    refs: { consumer: { kind: 'consumer', checked: 'all' } },
    required,
  }
}

const credentials: Readonly<Record<string, Shape>> = {
  acls: credential('acl-group', { group: 'text' }, ['group']),
  // decK asks for passwords too; without one, that which the gateway has stays.
  basicauth_credentials: credential('basic-auth', { username: 'text', password: 'text' }, ['username']),
  hmacauth_credentials: credential('hmac-auth', { username: 'text', secret: 'text' }, ['username', 'secret']),
  jwt_secrets: credential(
    'jwt-auth',
    { algorithm: 'text', key: 'text', rsa_public_key: 'text', secret: 'text' },
    ['algorithm', 'key', 'secret'],
  ),
  keyauth_credentials: credential('key-auth', { key: 'text', ttl: 'integer' }, ['key']),
  mtls_auth_credentials: {
    ...credential('mtls-auth', { subject_name: 'text' }, ['id', 'subject_name']),
    refs: {
      consumer: { kind: 'consumer', checked: 'all' },
      ca_certificate: { kind: 'ca-certificate', checked: 'none' },
    },
  },
  oauth2_credentials: credential(
    'oauth2-cred',
    {
      name: 'text',
      client_id: 'text',
      client_secret: 'text',
      client_type: 'text',
      hash_secret: 'boolean',
      redirect_uris: 'names',
    },
    ['name', 'client_id'],
  ),
}

export const consumer: Shape = {
  kind: 'consumer',
  fields: { ...own, username: 'text', custom_id: 'text', groups: { records: named } },
  children: {
    plugins: { shape: () => plugin, parent: 'consumer' },
    ...Object.fromEntries(
      Object.entries(credentials).map(([name, shape]) => [name, { shape: () => shape, parent: 'consumer' }]),
    ),
  },
  oneOf: ['username', 'custom_id'],
  known: ['username', 'id', 'custom_id'],
}

/** A consumer as it is listed in a group. */
export const groupMember: Shape = {
  kind: 'consumer',
  fields: { ...own, username: 'text', custom_id: 'text' },
  oneOf: ['username', 'custom_id', 'id'],
  known: ['username', 'id', 'custom_id'],
}

export const consumerGroup: Shape = {
  kind: 'consumer-group',
  fields: named,
  children: {
    consumers: { shape: () => groupMember, parent: '' },
    plugins: { shape: () => plugin, parent: 'consumer_group' },
  },
  required: ['name'],
  known: ['name', 'id'],
}
