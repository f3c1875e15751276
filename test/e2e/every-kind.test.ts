import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { launchSandbox } from '../../src/sandbox/index.ts'
import { type Ended, gatewatch } from '../program.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

const manifest = {
  _format_version: '3.0',
  vaults: [{ name: 'env', prefix: 'my-env', config: { prefix: 'SECURE_' } }],
  key_sets: [{ name: 'ks' }],
  keys: [
    {
      name: 'k1',
      kid: 'kid1',
      set: { name: 'ks' },
      pem: { public_key: publicKey, private_key: privateKey },
    },
  ],
  consumers: [
    {
      username: 'c1',
      acls: [{ group: 'g1' }, { group: 'g2' }],
      jwt_secrets: [{ key: 'iss1', algorithm: 'HS256', secret: 'canary-jwt-secret' }],
      hmacauth_credentials: [{ username: 'h1', secret: 'canary-hmac-secret' }],
      keyauth_credentials: [{ key: 'canary-key-abcde' }],
      plugins: [{ name: 'request-size-limiting', config: { allowed_payload_size: 5 } }],
    },
  ],
  upstreams: [
    {
      name: 'up1',
      targets: [
        { target: '10.0.0.1:80', weight: 10 },
        { target: 'www.google.com' },
        { target: '[2001:db8::e]:1326' },
        { target: '::1' },
      ],
    },
  ],
  services: [
    {
      name: 's1',
      host: 'up1',
      routes: [
        { name: 'r1', paths: ['/a', '~/b/[0-9]+$'], headers: { 'x-v': ['1'] } },
        {
          name: 'r2',
          hosts: ['*.example.com'],
          plugins: [
            {
              name: 'rate-limiting',
              config: {
                minute: 5,
                policy: 'redis',
                redis: { host: 'r.example', password: 'canary-redis-password' },
              },
            },
            { name: 'request-transformer', config: { add: { headers: ['a:b', 'c:d'] } } },
          ],
        },
      ],
    },
  ],
  plugins: [{ name: 'prometheus' }, { name: 'correlation-id', config: { header_name: 'X-Id' } }],
}

describe.each([
  ['with a database', false],
  ['without one', true],
])('a gateway %s', (_gateway, dbless) => {
  it('syncs and dumps every kind without a remaining difference, and shows no secret', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatewatch-kinds-'))
    const sandbox = await launchSandbox({ gateways: [{ name: 'kong', proxyPort: false, dbless }] })
    const address = sandbox.gateways[0]?.adminUrl ?? ''
    const run = (command: string, ...args: string[]): Promise<Ended> =>
      gatewatch([command, '--kong-addr', address, ...args], {
        cwd: folder,
        env: { GATEWATCH_STATE_DIR: join(folder, 'state') },
      })
    const nothing = { code: 0, err: '', out: expect.stringMatching(/in sync, 22 equal\n$/) }
    try {
      writeFileSync(join(folder, 'kong.json'), JSON.stringify(manifest))
      const synced = await run('sync', '--yes', 'kong.json')
      expect(synced).toMatchObject({ code: 0, out: expect.stringContaining('in sync') })
      expect(synced.out + synced.err).not.toMatch(/canary|PRIVATE KEY-----/)
      expect(await run('diff', 'kong.json')).toMatchObject(nothing)
      const dumped = await run('dump')
      writeFileSync(join(folder, 'dump.yaml'), dumped.out)
      expect(await run('diff', 'dump.yaml')).toMatchObject(nothing)
    } finally {
      await sandbox.stop()
      await rm(folder, { recursive: true })
    }
  })
})
