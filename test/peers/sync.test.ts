import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { gatewatch } from '../program.ts'
import { deck, describeDeck } from './deck.ts'

const first = `
_format_version: "3.0"
services:
- name: disputes
  url: https://disputes.internal:8443/api
  retries: 3
  routes:
  - name: disputes-list
    hosts: [api.pay.example]
    paths: [/disputes, "~/disputes/\\\\d+$"]
    methods: [GET]
    strip_path: false
    plugins:
    - name: key-auth
      config: {hide_credentials: true}
  plugins:
  - name: rate-limiting
    config: {minute: 60, policy: local}
    tags: [limits]
routes:
- name: flat
  service: {name: disputes}
  headers: {x-version: ["1", "2"]}
plugins:
- name: correlation-id
  config: {header_name: x-id}
- name: request-termination
  route: flat
  enabled: false
- name: rate-limiting
  consumer: joe
  service: disputes
  config: {second: 2}
consumers:
- username: joe
  custom_id: "17"
  tags: [partners]
  keyauth_credentials:
  - key: first-key-of-joe
`
const second = first
  .replace('retries: 3', 'retries: 4')
  .replace('minute: 60', 'minute: 30')
  .replace('name: flat\n', 'name: flatter\n')
  .replace('route: flat\n', 'route: flatter\n')
  .replace('first-key-of-joe', 'second-key-of-joe')
  .replace('[GET]', '[GET, POST]')

describeDeck('gatewatch and decK on one gateway', () => {
  let work: string
  let sandbox: RunningSandbox
  let address: string

  beforeEach(async () => {
    work = mkdtempSync(join(tmpdir(), 'gatewatch-peers-'))
    sandbox = await launchSandbox({ gateways: [{ name: 'peer', proxyPort: false }] })
    address = sandbox.gateways[0]?.adminUrl ?? ''
  })
  afterEach(async () => {
    await sandbox.stop()
    await rm(work, { recursive: true })
  })

  const manifest = (text: string): string => {
    const file = join(work, 'kong.yaml')
    writeFileSync(file, text)
    return file
  }
  const ours = (...args: string[]) =>
    gatewatch([...args, '--kong-addr', address], { env: { GATEWATCH_STATE_DIR: work } })

  it('finds nothing to do after the other, both ways', async () => {
    for (const text of [first, second, first]) {
      const file = manifest(text)
      const synced = await ours('sync', '--yes', file)
      expect(synced.err + synced.out).toContain('in sync')
      expect(synced.code).toBe(0)
      const seen = await deck(address, ['gateway', 'diff', '--non-zero-exit-code', file])
      expect(seen.err + seen.out).toContain('Deleted: 0')
      expect(seen.code).toBe(0)
    }
    for (const text of [second, first]) {
      const file = manifest(text)
      expect((await deck(address, ['gateway', 'sync', file])).code).toBe(0)
      const seen = await ours('diff', file)
      expect(seen.err + seen.out).toContain('in sync')
      expect(seen.code).toBe(0)
    }
  })

  it('dumps a file that decK reads as the same state', async () => {
    expect((await ours('sync', '--yes', manifest(first))).code).toBe(0)
    const dumped = await ours('dump')
    expect(dumped.code).toBe(0)
    const seen = await deck(address, ['gateway', 'diff', '--non-zero-exit-code', manifest(dumped.out)])
    expect(seen.code).toBe(0)
    expect((await ours('diff', manifest(dumped.out))).code).toBe(0)
  })
})
