import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Permissions, permissionsDigest, permissionsOf } from '../../src/config/index.ts'
import { fleetOf, oneTarget } from './fleet-configs.ts'

let top: string
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'gatewatch-permissions-')))
  return () => rm(top, { recursive: true })
})

function write(path: string, text: string): void {
  mkdirSync(dirname(join(top, path)), { recursive: true })
  writeFileSync(join(top, path), text)
}

/** What a config in `fleet/` of a repository in `clone/` asks for. */
function permissions(config: string, clone = 'clone'): Permissions {
  const folder = join(top, clone, 'fleet')
  mkdirSync(folder, { recursive: true })
  return permissionsOf(fleetOf(config, join(folder, 'gatewatch.yaml')), join(top, clone))
}

function digest(config: string, clone?: string): string {
  return permissionsDigest(permissions(config, clone))
}

const base = `version: 1
environments: [dev, prod]
targets:
  prod:
    environment: prod
    kong:
      address: https://kong.example:8444
      headers:
        Kong-Admin-Token: { env: KONG_TOKEN }
        Authorization: { file: secrets/token, prefix: "Bearer " }
        Accept-Language: en
      tls: { authorities: ca.pem }
    manifests: [kong]
policies: [policies/*.yaml]
governance: { functions: [functions] }
`

describe('what a configuration asks for', () => {
  test('names each address with all that is sent there, and files relative to the configuration', () => {
    write('clone/fleet/ca.pem', 'authority')
    expect(permissions(base)).toEqual({
      sends: [
        {
          address: 'https://kong.example:8444',
          headers: [
            { name: 'accept-language', from: { written: expect.stringMatching(/^[0-9a-f]{16}$/) } },
            {
              name: 'authorization',
              prefix: 'Bearer ',
              from: { file: { path: 'secrets/token', outside: false } },
            },
            { name: 'kong-admin-token', from: { env: 'KONG_TOKEN' } },
          ],
          authorities: {
            path: 'ca.pem',
            outside: false,
            digest: expect.stringMatching(/^[0-9a-f]{64}$/),
          },
          checksCertificate: true,
        },
      ],
      reads: [],
      functions: ['functions'],
    })
  })

  test.each([
    ['another address', 'kong.example', 'evil.example'],
    ['another port', ':8444', ':8445'],
    ['no TLS', 'https:', 'http:'],
    ['another variable', 'KONG_TOKEN', 'KONG_OTHER'],
    ['another header', 'Kong-Admin-Token', 'X-Debug'],
    ['another file', 'secrets/token', 'secrets/other'],
    ['another prefix', 'Bearer ', 'Basic '],
    ['another text', 'Accept-Language: en', 'Accept-Language: fr'],
    ['one header less', '        Accept-Language: en\n', ''],
    ['certificates that are not checked', 'ca.pem', 'ca.pem, verify: false'],
    ['another name in the certificate', 'ca.pem', 'ca.pem, server_name: x'],
    ['a client certificate', 'ca.pem', 'ca.pem, certificate: a.pem, key: a.key'],
    ['other authorities', 'ca.pem', 'other.pem'],
    ['a manifest outside', '[kong]', '[kong, /etc/passwd]'],
    ['policies outside', 'policies/*', '../../mine/*'],
    ['other functions', '[functions]', '[functions, more]'],
    [
      'one more address',
      'policies:',
      '  more: { environment: dev, kong: { address: "http://10.0.0.1:8001" }, manifests: [kong] }\npolicies:',
    ],
  ])('is a different permission with %s', (_what, before, after) => {
    const changed = base.replace(before, after)
    expect(changed).not.toBe(base)
    expect(digest(changed)).not.toBe(digest(base))
  })

  test.each([
    ['other environments', /prod/g, 'live'],
    ['another name of the target', '  prod:', '  prod-eu:'],
    ['labels', '    manifests:', '    labels: { cloud: aws }\n    manifests:'],
    ['tags', '    manifests:', '    select_tags: [a]\n    manifests:'],
    ['another time-out', '      headers:', '      timeout: 3s\n      headers:'],
    ['a workspace', '      headers:', '      workspace: pay\n      headers:'],
    ['other manifests inside', '[kong]', '[kong, more.yaml, ../shared]'],
    ['another way to write the address', 'https://kong.example:8444', 'HTTPS://KONG.example:8444/'],
    ['upper case in the header', 'Kong-Admin-Token', 'KONG-ADMIN-TOKEN'],
    [
      'the same once more',
      'policies:',
      '  local: { environment: dev, kong: { address: "http://127.0.0.1:8001" }, manifests: [kong] }\npolicies:',
    ],
  ])('is the same permission with %s', (_what, before, after) => {
    const changed = base.replace(before, after)
    expect(changed).not.toBe(base)
    expect(digest(changed)).toBe(digest(base))
  })

  test('is the same permission wherever the repository is', () => {
    write('clone/fleet/ca.pem', 'authority')
    write('elsewhere/fleet/ca.pem', 'authority')
    expect(digest(base, 'elsewhere')).toBe(digest(base))
  })

  test('is a different permission if the repository brings other authorities', () => {
    write('clone/fleet/ca.pem', 'authority')
    const before = digest(base)
    write('clone/fleet/ca.pem', 'another authority')
    expect(digest(base)).not.toBe(before)
  })

  test('follows links, so that a file outside is shown as one', () => {
    write('mine/token', 'x')
    write('mine/ca.pem', 'x')
    mkdirSync(join(top, 'clone/fleet/secrets'), { recursive: true })
    symlinkSync(join(top, 'mine/token'), join(top, 'clone/fleet/secrets/token'))
    symlinkSync(join(top, 'mine/ca.pem'), join(top, 'clone/fleet/ca.pem'))
    symlinkSync(join(top, 'mine'), join(top, 'clone/fleet/kong'))
    const { sends, reads } = permissions(base)
    expect(sends[0]?.headers[1]?.from).toEqual({ file: { path: join(top, 'mine/token'), outside: true } })
    expect(sends[0]?.authorities).toEqual({ path: join(top, 'mine/ca.pem'), outside: true })
    expect(reads).toEqual([{ path: join(top, 'mine'), as: 'manifests' }])
  })
})

describe('a connection needs no trust', () => {
  const isFreeOne = (kong: string): boolean => {
    const [target] = fleetOf(oneTarget(kong)).targets
    if (!target) throw new Error('no target')
    return target.gateway.isFree
  }

  test.each([
    'http://127.0.0.1:8001',
    'http://127.9.9.9:8001',
    'http://localhost:8001',
    'https://LOCALHOST',
    'http://[::1]:8001',
    'http://0x7f.1:8001',
  ])('at %s, without credentials', address => {
    expect(isFreeOne(`{ address: "${address}" }`)).toBe(true)
    expect(isFreeOne(`{ address: "${address}", headers: { Accept-Language: en } }`)).toBe(true)
    expect(isFreeOne(`{ address: "${address}", headers: { X-Any: { env: KONG_X } } }`)).toBe(false)
    expect(isFreeOne(`{ address: "${address}", headers: { X-Any: { file: x } } }`)).toBe(false)
    expect(isFreeOne(`{ address: "${address}", tls: { certificate: a, key: b } }`)).toBe(false)
  })

  test.each([
    'http://kong.example',
    'http://10.0.0.1',
    'http://169.254.169.254',
    'http://0.0.0.0:8001',
    'http://[::]:8001',
    'http://[::ffff:127.0.0.1]',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://evil-localhost',
  ])('but not at %s', address => {
    expect(isFreeOne(`{ address: "${address}" }`)).toBe(false)
  })

  test('names the keys that secrets are sealed to, and asks again for another one', () => {
    const sealing = (...keys: readonly string[]) => `${base}sealing: { recipients: [${keys.join(', ')}] }\n`
    const [one, other] = [`age1${'q'.repeat(58)}`, `age1${'p'.repeat(58)}`]
    expect(permissions(sealing(`{ name: mira, key: ${one} }`)).seals).toEqual([one])
    expect(digest(sealing(one))).not.toBe(digest(base))
    expect(digest(sealing(one, other))).not.toBe(digest(sealing(one)))
    expect(digest(sealing(one, other))).toBe(digest(sealing(other, one)))
  })
})
