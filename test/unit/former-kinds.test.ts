import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fleetFrom } from '../../src/config/index.ts'
import { ledgerText, unreadLedger } from '../../src/ledger/ledger.ts'
import { problemText } from '../../src/model/problem.ts'
import { kinds } from '../../src/providers/kong/kinds/index.ts'
import { runCommand } from '../command-run.ts'
import { GatewayBed } from '../gateway-bed.ts'
import { providers } from '../known-providers.ts'
import type { Ended } from '../program.ts'
import { authorities } from '../random/certificates.ts'

const id = '0a0a0a0a-0000-4000-8000-000000000001'

describe('the former name of a kind', () => {
  it('is not a current one', () => {
    expect(kinds.formerNames.length).toBeGreaterThan(0)
    expect(kinds.all.filter(({ kind }) => kinds.isFormerName(kind))).toEqual([])
    expect(kinds.withPresentName('ca_certificate a b')).toBe('ca-certificate a b')
    expect(kinds.withPresentName('ca_certificates a')).toBe('ca_certificates a')
    expect(kinds.withPresentName('*')).toBe('*')
  })

  it('becomes the current one when a ledger is read, in entries and references', () => {
    const head = { version: 1, target: 't', keyId: 'k', whole: true, lastSync: null }
    const entry = { fields: { tags: ['x'] }, refs: {}, commit: null }
    const below = (kind: string) => ({ ...entry, refs: { ca_certificate: { kind, key: id } } })
    const old = {
      [`ca_certificate ${id}`]: entry,
      'mtls-auth a': below('ca_certificate'),
      'service s': entry,
    }
    const read = unreadLedger(
      () => JSON.stringify({ ...head, entries: old }),
      't',
      'the ledger',
      kinds,
    ).read()
    if (!read.ok) throw new Error(read.error.map(problemText).join(' '))
    expect(read.value.entries).toEqual({
      [`ca-certificate ${id}`]: entry,
      'mtls-auth a': below('ca-certificate'),
      'service s': entry,
    })
    expect(ledgerText(read.value)).not.toContain('"ca_certificate ')
  })

  it('is understood by ignore rules', () => {
    const target = 'targets: { t: { environment: e, manifests: [k], kong: { address: http://h } } }\n'
    const rule = (kind: string) => `ignore: [{ kind: ${kind}, name: "*", reason: r }]\n`
    const kindIn = (kind: string) => {
      const fleet = fleetFrom(
        `version: 1\nenvironments: [e]\n${target}${rule(kind)}`,
        '/f/g.yaml',
        providers,
        'g.yaml',
      )
      return fleet.ok
        ? fleet.value.targets.map(({ ignore }) => ignore[0]?.kind)
        : fleet.error.map(problemText)
    }
    expect(kindIn('ca_certificate')).toEqual(['ca-certificate'])
    expect(kindIn('ca_certificates')).toEqual([
      expect.stringMatching(/must be a kind of entity: .*ca-certificate/),
    ])
    expect(kindIn('ca_certificates')).not.toEqual([expect.stringMatching(/\bca_certificate\b/)])
  })

  describe('in a ledger on the disk', () => {
    let bed: GatewayBed
    let work: string
    beforeAll(async () => {
      work = mkdtempSync(join(tmpdir(), 'gatewatch-former-'))
      bed = await GatewayBed.start()
    })
    afterAll(async () => {
      await bed[Symbol.asyncDispose]()
      await rm(work, { recursive: true })
    })
    const run = (...args: string[]): Promise<Ended> =>
      runCommand([...args, '--kong-addr', bed.address, 'kong.json'], {
        cwd: work,
        env: { GATEWATCH_STATE_DIR: join(work, 'state') },
      })

    it('still says who changed what', async () => {
      const authority = { id, cert: authorities[0], tags: ['git'] }
      const manifest = { _format_version: '3.0', ca_certificates: [authority] }
      writeFileSync(join(work, 'kong.json'), JSON.stringify(manifest))
      expect((await run('sync', '--yes')).code).toBe(0)
      const state = join(work, 'state')
      const ledgers = readdirSync(state, { recursive: true, encoding: 'utf8' })
        .map(name => join(state, name))
        .filter(
          path => path.endsWith('.json') && readFileSync(path, 'utf8').includes(`"ca-certificate ${id}"`),
        )
      expect(ledgers.length).toBeGreaterThan(0)
      for (const path of ledgers)
        writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"ca-certificate ', '"ca_certificate '))
      await bed.request('PATCH', `/ca_certificates/${id}`, { tags: ['live'] })
      expect(JSON.parse((await run('diff', '--output', 'json')).out)).toMatchObject({
        changes: [{ kind: 'ca-certificate', cause: 'edited live', fields: [{ path: 'tags' }] }],
      })
    })
  })
})
