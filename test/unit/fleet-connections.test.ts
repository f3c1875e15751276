import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fleetOf, oneTarget, whole } from './fleet-configs.ts'

describe('connections', () => {
  test('take credentials from variables and files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatewatch-fleet-'))
    try {
      const fleet = fleetOf(whole, join(folder, 'gatewatch.yaml'))
      const [dev, prod] = fleet.targets
      if (!dev || !prod) throw new Error('no targets')
      expect(dev.gateway.connection(dev, {})).toEqual({
        ok: true,
        value: { target: 'dev', address: 'http://127.0.0.1:8001', headers: {}, timeoutMs: 10_000, settle: 0 },
      })
      const missing = prod.gateway.connection(prod, {})
      expect(missing.ok ? [] : missing.error.map(each => each.message)).toEqual([
        'the header Kong-Admin-Token: the environment variable KONG_TOKEN is not set',
        `the header Authorization: the file ${join(folder, 'token')} can't be read (ENOENT)`,
        `the certificate authorities: the file ${join(folder, 'ca.pem')} can't be read (ENOENT)`,
      ])
      expect(missing.ok ? [] : missing.error[0]).toMatchObject({
        target: 'prod-eu',
        hint: 'Set KONG_TOKEN and try again.',
      })
      await writeFile(join(folder, 'token'), 's3cret\n')
      await writeFile(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n')
      expect(prod.gateway.connection(prod, { KONG_TOKEN: 'tok' })).toMatchObject({
        ok: true,
        value: {
          headers: { 'Accept-Language': 'en', 'Kong-Admin-Token': 'tok', Authorization: 'Bearer s3cret' },
          workspace: 'pay',
          timeoutMs: 1500,
          settle: 0,
          authorities: expect.stringContaining('BEGIN CERTIFICATE'),
        },
      })
      const guarded = { ...prod, protected: true }
      expect(prod.gateway.connection(guarded, { KONG_TOKEN: 'tok' })).toMatchObject({
        value: { settle: 'as told' },
      })
      const broken = prod.gateway.connection(prod, { KONG_TOKEN: 'hunter2\r\nX-Evil: 1' })
      expect(broken.ok).toBe(false)
      expect(JSON.stringify(broken)).not.toContain('hunter2')
      await writeFile(join(folder, 'ca.pem'), 'no certificate')
      expect(prod.gateway.connection(prod, { KONG_TOKEN: 'tok' })).toMatchObject({ ok: false })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('read no authorities if certificates are not checked', () => {
    const [target] = fleetOf(
      oneTarget('{address: "https://h", tls: {verify: false, authorities: none.pem}}'),
    ).targets
    expect(target?.gateway.connection(target, {})).toMatchObject({
      ok: true,
      value: { authorities: false },
    })
  })
})
