import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { GatewayBed } from '../gateway-bed.ts'

const client = (fields: object): string =>
  JSON.stringify({
    _format_version: '3.0',
    consumers: [
      {
        username: 'c',
        oauth2_credentials: [
          { name: 'app', client_id: 'i', redirect_uris: ['https://a.example'], ...fields },
        ],
      },
    ],
  })
const pool = (fields: object): string =>
  JSON.stringify({ _format_version: '3.0', upstreams: [{ name: 'pool', ...fields }] })

/** Changes of fields that Kong lets nobody change alone, or changes along with others. */
const changes: readonly (readonly [string, string, string])[] = [
  ['another client secret', client({ client_secret: 'one' }), client({ client_secret: 'two' })],
  [
    'another client secret that is hashed',
    client({ client_secret: 'one', hash_secret: true }),
    client({ client_secret: 'two', hash_secret: true }),
  ],
  [
    'a client secret that is hashed from now on',
    client({ client_secret: 'one' }),
    client({ client_secret: 'one', hash_secret: true }),
  ],
  [
    'a client secret that is hashed no more',
    client({ client_secret: 'one', hash_secret: true }),
    client({ client_secret: 'one' }),
  ],
  [
    'a client secret that only the gateway knows, hashed from now on',
    client({}),
    client({ hash_secret: true }),
  ],
  [
    'another name beside a hashed client secret',
    client({ client_secret: 'one', hash_secret: true }),
    client({ client_secret: 'one', hash_secret: true, name: 'other' }),
  ],
  ['an upstream that hashes no more', pool({ hash_on: 'ip' }), pool({ algorithm: 'consistent-hashing' })],
  ['an upstream that hashes from now on', pool({ algorithm: 'latency' }), pool({ hash_on: 'ip' })],
  ['an upstream of another algorithm', pool({ hash_on: 'ip' }), pool({ algorithm: 'least-connections' })],
]

describe.each([
  ['with a database', false],
  ['without one', true],
])('at a gateway %s', (_gateway, dbless) => {
  let bed: GatewayBed
  beforeAll(async () => {
    bed = await GatewayBed.start({ dbless })
  })
  afterAll(() => bed[Symbol.asyncDispose]())
  beforeEach(() => bed.clear())

  it.each(changes)(
    '%s is a change that the gateway takes, and then nothing differs',
    async (_what, ...steps) => {
      for (const manifest of steps) {
        expect((await bed.sync(manifest)).problems).toEqual([])
        expect(await bed.changes(manifest)).toEqual([])
      }
    },
  )
})
