import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { launchSandbox } from '../../src/sandbox/index.ts'
import { gatewatch } from '../program.ts'

/** A plugin of one's own whose secrets must have a form: the gateway quotes those that have not. */
const schema = {
  fields: [
    {
      config: {
        type: 'record',
        required: true,
        fields: [
          { token: { type: 'string', encrypted: true, match: '^ok' } },
          {
            tokens: {
              type: 'map',
              keys: { type: 'string' },
              values: { type: 'string', encrypted: true, match: '^ok' },
            },
          },
        ],
      },
    },
  ],
}
const manifest = (token: string, key: string): string => `
_format_version: "3.0"
consumers:
- username: joe
  keyauth_credentials: [{key: ${key}}]
  basicauth_credentials: [{username: joe, password: '\${{ env "DECK_CANARY" }}'}]
  jwt_secrets: [{key: issuer, secret: canary-jwt, algorithm: HS256}]
plugins:
- name: custom-guard
  config: {token: ${token}, tokens: {a: ok-canary-map}}
`

it.each([
  ['with a database', false],
  ['without one', true],
])(
  'no output quotes a secret, old or new, refused or taken, at a gateway %s',
  async (_name, dbless) => {
    const work = mkdtempSync(join(tmpdir(), 'gatewatch-quoted-'))
    const schemas = join(work, 'schemas')
    mkdirSync(join(schemas, 'plugins'), { recursive: true })
    writeFileSync(join(schemas, 'plugins', 'custom-guard.json'), JSON.stringify(schema))
    const sandbox = await launchSandbox({ schemas, gateways: [{ name: 'kong', proxyPort: false, dbless }] })
    const file = join(work, 'kong.yaml')
    const run = async (...args: string[]) => {
      const { code, out, err } = await gatewatch(
        [...args, '--kong-addr', sandbox.gateways[0]?.adminUrl ?? '', file],
        {
          cwd: work,
          env: { GATEWATCH_STATE_DIR: join(work, 'state'), DECK_CANARY: 'canary-password' },
        },
      )
      expect(`${args.join(' ')}: ${out}${err}`).not.toContain('canary')
      return { code, said: out + err }
    }
    const all = async (synced: number) => {
      for (const output of ['text', 'json', 'yaml'])
        expect(await run('diff', '--output', output)).toMatchObject({ code: 2 })
      await run('plan', '--out', 'plan.json')
      expect((await run('sync', '--yes', '--debug')).code).toBe(synced)
      expect((await run('apply', '--yes', 'plan.json')).code).toBe(1)
    }
    try {
      writeFileSync(file, manifest('bad-canary-one', 'canary-key-one-1'))
      await all(1)
      expect((await run('sync', '--yes')).said).toContain('custom-guard')
      writeFileSync(file, manifest('ok-canary-two', 'canary-key-two-22'))
      await all(0)
      writeFileSync(file, manifest('bad-canary-three', 'canary-key-three-3'))
      await all(1)
      writeFileSync(file, manifest('ok-canary-four', 'canary-key-four-44'))
      await all(0)
      const written = readdirSync(join(work, 'state'), { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name))
      expect(written.length).toBeGreaterThan(2)
      for (const path of [...written, join(work, 'plan.json')])
        expect(readFileSync(path, 'utf8'), path).not.toContain('canary')
    } finally {
      await sandbox.stop()
      await rm(work, { recursive: true })
    }
  },
  120_000,
)
