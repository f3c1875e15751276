import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { GatewayFront } from '../gateway-front.ts'
import { type Ended, gatewatch, runProgram } from '../program.ts'

/** As people write them: escaped where a URL gives a character a meaning. */
const written = { user: 'canary%40user', password: 'canary%2Fpass%3Aw%C3%B6rd' }
const clear = { user: 'canary@user', password: 'canary/pass:wörd' }
const sent = Buffer.from(`${clear.user}:${clear.password}`).toString('base64')
/** Everything that gives the credentials away. */
const canaries = [written.user, written.password, clear.user, clear.password, sent, 'canary']

let work: string
let sandbox: RunningSandbox
let front: GatewayFront
/** What came as `Authorization`, of all requests. */
const headers = new Set<string | undefined>()
/** The address with and without the credentials. */
let named: string
let plain: string

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-address-'))
  mkdirSync(join(work, 'home'))
  sandbox = await launchSandbox({ gateways: [{ name: 'kong', proxyPort: false }] })
  front = await GatewayFront.start(sandbox.gateways[0]?.adminUrl)
  front.intercept = (request, response) => {
    headers.add(request.headers.authorization)
    if (request.headers.authorization === `Basic ${sent}`) return false
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"message":"Unauthorized"}')
    return true
  }
  plain = front.address
  named = withCredentials(plain)
  const git = (...args: string[]) => runProgram('git', args, { cwd: work })
  await git('init', '-q', '-b', 'main')
  await git('config', 'user.name', 'Mira')
  await git('config', 'user.email', 'mira@example.com')
  manifestWith('http://one.internal')
  await git('add', 'kong.yaml')
  await git('commit', '-q', '-m', 'A service')
})
afterAll(async () => {
  await front[Symbol.asyncDispose]()
  await sandbox.stop()
  await rm(work, { recursive: true })
})

function withCredentials(address: string): string {
  return address.replace('//', `//${written.user}:${written.password}@`)
}

function manifestWith(url: string): void {
  writeFileSync(
    join(work, 'kong.yaml'),
    `_format_version: "3.0"
services:
- name: one
  url: ${url}
  routes:
  - {name: r, paths: [/one]}
plugins:
- {name: key-auth}
`,
  )
}

const outputs: { readonly of: string; readonly text: string }[] = []

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const ended = await gatewatch(args, {
    cwd: work,
    env: { GATEWATCH_STATE_DIR: join(work, 'state'), HOME: join(work, 'home'), ...env },
  })
  outputs.push({ of: args.join(' '), text: ended.out + ended.err })
  return ended
}

/** Every file below the folder, Git's objects as they are when they are unpacked. */
async function filesBelow(
  folder: string,
): Promise<readonly { readonly of: string; readonly text: string }[]> {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter(name => statSync(join(folder, name)).isFile())
    .map(name => ({ of: name, text: `${name}\n${readFileSync(join(folder, name), 'latin1')}` }))
  const objects = await runProgram('git', ['cat-file', '--batch-all-objects', '--batch'], { cwd: folder })
  return [...files, { of: 'Git objects', text: objects.out }]
}

it('a user and a password in an address are sent as basic authentication, and are in no output, file or Git object', async () => {
  const at = (address: string) => ['--kong-addr', address, 'kong.yaml']
  const data = (command: string) => ['text', 'json', 'yaml'].map(form => [command, '--output', form])
  for (const args of [...data('diff'), ['diff', '--output', 'markdown']])
    expect((await run([...args, ...at(named)])).code, args.join(' ')).toBe(2)
  expect((await run(['plan', '--out', 'plan.json', ...at(named)])).code).toBe(2)
  for (const form of ['text', 'json', 'yaml', 'markdown'])
    expect((await run(['plan', 'show', '--output', form, 'plan.json'])).code).toBe(0)
  expect((await run(['traffic', '--plan', 'plan.json', ...at(named)])).code).toBeLessThan(3)
  expect((await run(['apply', '--yes', 'plan.json', ...at(named)])).code).toBe(0)
  manifestWith('http://two.internal')
  expect((await run(['sync', '--yes', '--output', 'json', ...at(named)])).code).toBe(0)
  expect((await run(['undo', '--yes', ...at(named)])).code).toBe(0)
  for (const args of [
    ...data('fleet'),
    ...data('inventory'),
    ...data('doctor'),
    ['validate', '--online'],
    ['coverage'],
    ['console'],
  ])
    await run([...args, ...at(named)])
  await run(['history', '--output', 'json', '--kong-addr', named])
  await run(['history', '--kong-addr', named])
  expect((await run(['explain', '--kong-addr', named, 'GET http://h/one'])).code).toBe(0)
  expect((await run(['dump', '--kong-addr', named, '-o', 'dumped.yaml'])).code).toBe(0)
  await run(['diff', 'kong.yaml'], { DECK_KONG_ADDR: named })
  writeFileSync(join(work, 'home', '.deck.yaml'), `kong-addr: ${named}\n`)
  await run(['diff', 'kong.yaml'])
  await rm(join(work, 'home', '.deck.yaml'))
  expect((await run(['reset', '--force', '--allow-deletes', '10', '--kong-addr', named])).code).toBe(0)
  expect([...headers]).toEqual([`Basic ${sent}`])

  // Where it goes wrong: refused, gone, no address at all, another header besides, a first config.
  const asked = headers.size
  for (const address of [
    withCredentials(plain.replace('127.0.0.1', 'no.such.host.invalid')),
    withCredentials('http://127.0.0.1:1'),
    named.replace(/:\d+$/, ':99999'),
    named.replace(/:\d+$/, ':0/canary@x'),
    named.replace('http:', 'ftp:'),
    named.replace('http://', ''),
    `http://canary/pass@${plain.slice('http://'.length)}`,
    `http://canary:1/pass@${plain.slice('http://'.length)}`,
    `http://canary:1?pass@${plain.slice('http://'.length)}`,
    `${plain}/?token=canary`,
    named.replace(written.password, 'canary-wrong'),
  ]) {
    for (const command of ['diff', 'fleet', 'doctor', 'dump', 'plan'])
      await run([command, ...(command === 'dump' ? ['--kong-addr', address] : at(address))])
    await run(['init', '--kong-addr', address])
    await rm(join(work, 'gatewatch.yaml'), { force: true })
  }
  expect(headers.size).toBe(asked + 1)
  const contradiction = await run(['diff', '--headers', 'authorization: Bearer canary', ...at(named)])
  expect(contradiction.code).toBe(1)
  expect(contradiction.err).toContain('an Authorization header contradicts them')
  const twice = await run([
    'diff',
    ...['--headers', 'authorization: Bearer canary', '--headers', 'Authorization: Bearer canary-2'],
    ...at(plain),
  ])
  expect(twice.err).toContain('two Authorization headers contradict each other')
  expect((await run(['init', '--kong-addr', named])).code).toBe(0)
  writeFileSync(
    join(work, 'bad.yaml'),
    `version: 1\nenvironments: [a]\ntargets:\n  t: {environment: a, kong: {address: "${named}"}, manifests: [kong.yaml]}\n`,
  )
  const configured = await run(['fleet', '--config', 'bad.yaml'])
  expect(configured.err).toContain('must not hold a user or password')
  await rm(join(work, 'bad.yaml'))

  const found = [...outputs, ...(await filesBelow(work))].flatMap(({ of, text }) =>
    canaries.filter(canary => text.includes(canary)).map(canary => `${canary} in ${of}`),
  )
  expect(found).toEqual([])
  const files = (await filesBelow(work)).length
  console.info(`credentials in an address: ${outputs.length} outputs and ${files} files, none holds them`)
})
