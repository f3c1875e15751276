import { choice, type RandomKind, someTags } from './kind.ts'

const ofConsumer = { consumer: { kind: 'consumer', required: true } }

/** The credentials of a consumer. */
export const credentials: readonly RandomKind[] = [
  {
    kind: 'key-auth',
    list: 'keyauth_credentials',
    refs: ofConsumer,
    unique: {
      key: [
        'key-one-of-random-states-1111',
        'key-two-of-random-states-2222',
        'key-three-of-random-states-3333',
        'key-four-of-random-states-4444',
      ],
    },
    groups: [someTags],
    ids: 'sometimes',
    weight: 5,
  },
  {
    kind: 'basic-auth',
    list: 'basicauth_credentials',
    refs: ofConsumer,
    unique: { username: ['basic-a', 'basic-b', 'basic-c'] },
    groups: [choice('password', 'secret-1', 'secret-2'), someTags],
    ids: 'sometimes',
    weight: 4,
  },
  {
    kind: 'hmac-auth',
    list: 'hmacauth_credentials',
    refs: ofConsumer,
    unique: { username: ['hmac-a', 'hmac-b', 'hmac-c'] },
    groups: [choice('secret', 'secret-1', 'secret-2'), someTags],
    ids: 'sometimes',
    weight: 3,
  },
  {
    kind: 'jwt-auth',
    list: 'jwt_secrets',
    refs: ofConsumer,
    unique: { key: ['issuer-a', 'issuer-b', 'issuer-c'] },
    groups: [choice('algorithm', 'HS256', 'HS512'), choice('secret', 'secret-1', 'secret-2'), someTags],
    ids: 'sometimes',
    weight: 3,
  },
  {
    kind: 'oauth2-cred',
    list: 'oauth2_credentials',
    refs: ofConsumer,
    unique: { client_id: ['client-a', 'client-b', 'client-c'] },
    groups: [
      choice('name', 'app', 'other'),
      choice('client_secret', 'secret-1', 'secret-2'),
      choice('redirect_uris', ['https://a.example/cb'], ['https://a.example/cb', 'https://b.example/cb']),
      someTags,
    ],
    ids: 'sometimes',
    weight: 2,
  },
  {
    kind: 'acl-group',
    list: 'acls',
    refs: ofConsumer,
    unique: { group: ['g1', 'g2', 'g3'] },
    uniqueWithRefs: true,
    groups: [someTags],
    ids: 'never',
    weight: 4,
  },
]
