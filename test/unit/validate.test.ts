import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../command-run.ts'
import { GatewayBed } from '../gateway-bed.ts'
import { GatewayFront } from '../gateway-front.ts'
import type { Ended } from '../program.ts'

let work: string
let bed: GatewayBed
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-validate-'))
  bed = await GatewayBed.start()
})
afterAll(async () => {
  await bed[Symbol.asyncDispose]()
  await rm(work, { recursive: true })
})

function validate(text: string, ...args: string[]): Promise<Ended> {
  writeFileSync(join(work, 'kong.yaml'), `_format_version: "3.0"\n${text}`)
  const env = { GATEWATCH_STATE_DIR: join(work, 'state') }
  return runCommand(['validate', 'kong.yaml', ...args], { cwd: work, env })
}

const wrong: readonly (readonly [name: string, text: string, place: string, words: string])[] = [
  [
    'a number out of its limits',
    'services:\n- {name: a, host: h, port: 70000}\n',
    '3:22',
    'between 0 and 65535',
  ],
  [
    'a word that is none of those allowed',
    'services:\n- name: a\n  host: h\n  protocol: ftp\n',
    '5:3',
    'one of grpc',
  ],
  [
    'a path without a slash',
    'services:\n- {name: a, host: h}\nroutes:\n- name: r\n  paths: [a]\n',
    '6:11',
    'should start',
  ],
  [
    'a plugin whose rules are not met',
    'plugins:\n- name: rate-limiting\n  config: {policy: local}\n',
    '3:3',
    'config.minute',
  ],
  [
    'a plugin without what it needs',
    'plugins:\n- name: tcp-log\n  config: {port: 1}\n',
    '4:3',
    '"config.host"',
  ],
  [
    'a type in a plugin',
    'plugins:\n- name: rate-limiting\n  config:\n    minute: "5"\n',
    '5:5',
    'must be a number',
  ],
  [
    'an item in a list',
    'plugins:\n- name: acl\n  config:\n    allow:\n    - a\n    - 5\n',
    '7:7',
    'must be a text',
  ],
  [
    'a plugin where it can’t be',
    'consumers:\n- username: c\n  plugins:\n  - {name: key-auth}\n',
    '5:5',
    '"consumer"',
  ],
  ['an id that is none', 'services:\n- {name: a, host: h, id: x}\n', '3:22', 'UUID'],
  [
    'a setting that asks for another',
    'plugins:\n- name: rate-limiting\n  config: {minute: 5, policy: redis}\n',
    '4:3',
    'redis.host',
  ],
  ['a reference to nothing', 'routes:\n- {name: r, paths: [/], service: {name: none}}\n', '3:25', 'none'],
  ['two of one name', 'services:\n- {name: a, host: h}\n- {name: a, host: h}\n', '4:3', 'twice'],
  ['no host', 'services:\n- name: a\n', '3:3', '"host"'],
]

describe('validate without a gateway', () => {
  it.each(wrong)('finds %s', async (_name, text, place, words) => {
    const ended = await validate(text)
    expect(ended.out).toContain(`kong.yaml:${place}: `)
    expect(ended.out).toContain(words)
    expect(ended.code).toBe(1)
  })

  it('says what is right, and what it can’t tell', async () => {
    const ended = await validate(
      'services:\n- {name: a, url: "https://h/p"}\nplugins:\n- {name: openid-connect, config: {x: 1}}\n',
    )
    expect(ended.out).toBe(
      'manifests: 2 entities checked against the schemas of Kong Gateway 3.9.1, open source: all valid\n',
    )
    expect(ended.err).toContain('plugin openid-connect')
    expect(ended.code).toBe(0)
  })

  it('warns of a field that is unknown, for a newer gateway may know it; --strict makes it an error', async () => {
    const text = 'plugins:\n- name: rate-limiting\n  config: {minute: 5, seconds: 1}\n'
    const ended = await validate(text)
    expect(ended.err).toMatch(/warning: kong\.yaml:4:23: "config\.seconds".*Did you mean second\?/)
    expect(ended.code).toBe(0)
    expect((await validate(text, '--strict')).code).toBe(1)
  })

  it('tells all problems as data', async () => {
    const ended = await validate(
      'services:\n- {name: a, host: h, port: 70000, retries: -1}\n',
      '--output',
      'json',
    )
    expect(JSON.parse(ended.out)).toMatchObject({
      valid: false,
      entities: 1,
      problems: [
        { code: 'schema', place: { file: 'kong.yaml', line: 3, column: 35 } },
        { code: 'schema', place: { file: 'kong.yaml', line: 3, column: 22 } },
      ],
    })
    expect(ended.code).toBe(1)
  })

  it('never shows a value of a secret', async () => {
    const ended = await validate(
      'consumers:\n- username: c\n  keyauth_credentials:\n  - {key: CANARY-KEY, ttl: -5}\nplugins:\n- name: http-log\n  config: {http_endpoint: [CANARY-URL]}\n',
    )
    expect(ended.code).toBe(1)
    expect(ended.out + ended.err).not.toContain('CANARY')
  })

  it('takes the manifests of all targets of a fleet', async () => {
    const folder = join(work, 'fleet')
    mkdirSync(folder)
    writeFileSync(join(folder, 'right.yaml'), '_format_version: "3.0"\nservices:\n- {name: a, host: h}\n')
    writeFileSync(
      join(folder, 'wrong.yaml'),
      '_format_version: "3.0"\nservices:\n- {name: a, host: h, port: -1}\n',
    )
    const target = (name: string) =>
      `  ${name}:\n    environment: dev\n    kong: {address: "http://127.0.0.1:9"}\n    manifests: [${name}.yaml]\n`
    writeFileSync(
      join(folder, 'gatewatch.yaml'),
      `version: 1\nenvironments: [dev]\ntargets:\n${target('right')}${target('wrong')}`,
    )
    const run = (...args: string[]) =>
      runCommand(['validate', ...args], { cwd: folder, env: { GATEWATCH_STATE_DIR: join(work, 'state') } })
    const all = await run()
    expect(all.out).toMatch(
      /right: 1 entity .*all valid\nwrong\.yaml:3:\d+: .*\nwrong: 1 entity .*1 problem\n/,
    )
    expect(all.code).toBe(1)
    expect((await run('--target', 'right')).code).toBe(0)
    const online = await run('--online', '--target', 'right')
    expect(online.out).toContain('refused the connection')
    expect(online.code).toBe(1)
  })

  it('reads standard input', async () => {
    const env = { GATEWATCH_STATE_DIR: join(work, 'state') }
    const input = '_format_version: "3.0"\nservices:\n- {name: a, host: h, port: -1}\n'
    const ended = await runCommand(['validate', '-'], { cwd: work, env, input })
    expect(ended.out).toContain('<stdin>:3:22: ')
    expect(ended.code).toBe(1)
  })
})

describe('validate with a gateway', () => {
  const online = (text: string) => validate(text, '--kong-addr', bed.address)

  it('asks it about everything, and writes nothing', async () => {
    await bed.clear()
    const ended = await online('services:\n- {name: a, host: h, routes: [{name: r, paths: [/]}]}\n')
    expect(ended.out).toMatch(/2 entities checked against Kong Gateway 3\.9\.1 .*: all valid/)
    expect(ended.code).toBe(0)
    expect(await bed.writes()).toEqual([])
  })

  it.each([403, 404, 405])('says what it did not check where it is answered with %i', async status => {
    await using front = await GatewayFront.start(bed.address)
    const text =
      'services:\n- {name: a, host: h, routes: [{name: r, paths: [/]}]}\nconsumers: [{username: u}]\n'
    const through = (...args: string[]) => validate(text, '--kong-addr', front.address, ...args)
    const without = (path: RegExp) => {
      front.intercept = ({ method, url = '' }, response) => {
        if (method !== 'POST' || !path.test(url)) return false
        response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
        return true
      }
    }
    without(/routes\/validate/)
    const part = await through()
    expect(part.err).toContain(
      `1 of 3 entities were not checked by the gateway, which does not say whether it would accept routes (${status})`,
    )
    expect(part.out).toMatch(/3 entities checked against .*: no problem in what was checked\n/)
    expect(part.code).toBe(0)
    expect((await through('--strict')).code).toBe(1)
    const { not_checked, valid } = JSON.parse((await through('--output', 'json')).out)
    expect({ not_checked, valid }).toEqual({ not_checked: ['route'], valid: true })
    without(/validate/)
    const nothing = await through()
    expect(nothing.out).toContain(`nothing was checked by the gateway, which does not say`)
    expect(nothing.out).not.toContain('right')
    expect(nothing.code).toBe(1)
    expect(JSON.parse((await through('--output', 'json')).out).valid).toBe(false)
  })

  it('tells what only the gateway knows, at its line', async () => {
    const ended = await online(
      'services:\n- name: a\n  host: h\n  routes:\n  - name: r\n    tags: [x]\nplugins:\n- name: no-such\n',
    )
    expect(ended.out).toContain('kong.yaml:6:5: the gateway refuses route r (400)')
    expect(ended.out).toContain('kong.yaml:9:3: the gateway refuses plugin no-such')
    expect(ended.code).toBe(1)
  })

  it('asks only about the kinds that --online-entities-list names', async () => {
    await bed.clear()
    const text =
      'services:\n- {name: a, host: h, routes: [{name: r, tags: [x]}]}\nplugins:\n- name: no-such\n'
    const asked = (...list: string[]) =>
      validate(text, '--kong-addr', bed.address, ...list.flatMap(each => ['--online-entities-list', each]))
    const some = await asked('Services,routes')
    expect(some.out).toContain('refuses route r (400)')
    expect(some.out).not.toContain('no-such')
    expect(some.code).toBe(1)
    const validated = (await bed.control.requests()).filter(({ path }) => path.endsWith('/validate'))
    expect(validated.map(({ path }) => path).sort()).toEqual([
      '/schemas/routes/validate',
      '/schemas/services/validate',
    ])
    expect((await asked('Services', 'Vaults')).code).toBe(0)
    const wrong = await asked('Service')
    expect(wrong.err).toMatch(/It must be one of .*Services, .*Vaults/)
    expect(wrong.code).toBe(1)
    const offline = await validate(text, '--online-entities-list', 'Plugins')
    expect(offline.err).toContain('Say --online too')
    expect(offline.code).toBe(1)
  })

  it('knows what it has not', async () => {
    const ended = await online('consumer_groups:\n- name: gold\n')
    expect(ended.out).toContain('kong.yaml:3:3: this gateway has no consumer groups')
    expect(ended.code).toBe(1)
  })

  it('finds at the gateway what manifests look up', async () => {
    await bed.clear()
    const text =
      '_info: {default_lookup_tags: {services: [shared]}}\nroutes:\n- {name: r, paths: [/], service: {name: far}}\n'
    const without = await online(text)
    expect(without.out).toContain('kong.yaml:4:')
    expect(without.code).toBe(1)
    await bed.request('POST', '/services', { name: 'far', host: 'h', tags: ['shared'] })
    expect((await online(text)).code).toBe(0)
  })

  it('can’t be without an address', async () => {
    const ended = await validate('services: []\n', '--online')
    expect(ended.err).toContain('--kong-addr')
    expect(ended.code).toBe(1)
  })
})
