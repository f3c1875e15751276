import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { launchSandbox } from '../../src/sandbox/index.ts'
import { type Ended, gatewatch } from '../program.ts'

const manifest = (password: string): string => `
_format_version: "3.0"
consumers:
- username: shop
  basicauth_credentials:
  - {username: shop-user, password: ${password}}
- custom_id: other
  basicauth_credentials:
  - {username: other-user, password: ${password}}
`

it('gatewatch recognises a password by the hash that the gateway keeps, says who changed it, and never shows it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatewatch-hashed-'))
  const sandbox = await launchSandbox({ gateways: [{ name: 'kong', proxyPort: false }] })
  const address = sandbox.gateways[0]?.adminUrl ?? ''
  const run = async (command: string, ...args: string[]): Promise<Ended> => {
    const ended = await gatewatch([command, '--kong-addr', address, ...args, 'kong.yaml'], {
      cwd: folder,
      env: { GATEWATCH_STATE_DIR: join(folder, 'state') },
    })
    expect(ended.out + ended.err).not.toContain('canary')
    return ended
  }
  const write = (password: string): void => writeFileSync(join(folder, 'kong.yaml'), manifest(password))
  try {
    write('canary-first')
    expect(await run('sync', '--yes')).toMatchObject({ code: 0, out: expect.stringContaining('in sync') })
    expect(await run('diff')).toMatchObject({ code: 0, err: '' })

    write('canary-second')
    const ahead = await run('diff', '--output', 'json')
    expect(ahead.code).toBe(2)
    expect(JSON.parse(ahead.out)).toMatchObject({
      summary: { create: 0, update: 2, delete: 0 },
      changes: [
        { kind: 'basic-auth', cause: 'git ahead', fields: [{ path: 'password', git: '••••', live: '••••' }] },
        { kind: 'basic-auth', cause: 'git ahead', fields: [{ path: 'password', git: '••••', live: '••••' }] },
      ],
    })
    expect((await run('sync', '--yes')).code).toBe(0)
    expect((await run('diff')).code).toBe(0)

    const credential = `${address}/consumers/shop/basic-auth/shop-user`
    await fetch(credential, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password: 'canary-by-hand' }),
    })
    expect(JSON.parse((await run('diff', '--output', 'json')).out)).toMatchObject({
      changes: [{ name: 'shop-user for consumer shop', cause: 'edited live' }],
    })
    expect((await run('sync', '--yes')).code).toBe(0)
    expect((await run('diff')).code).toBe(0)
  } finally {
    await sandbox.stop()
    await rm(folder, { recursive: true })
  }
})
