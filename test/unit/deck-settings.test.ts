import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { certificate, key, otherKey } from '../certificates.ts'
import { runCommand } from '../command-run.ts'
import type { Ended } from '../program.ts'
import { severalProcesses } from '../timeouts.ts'

let work: string
const servers: Server[] = []
/** The headers of the last request. */
let seen: IncomingHttpHeaders = {}

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-deck-settings-'))
  mkdirSync(join(work, 'home'))
  writeFileSync(join(work, 'kong.yaml'), '_format_version: "3.0"\nservices: []\n')
  for (const [name, text] of Object.entries({ certificate, key, otherKey }))
    writeFileSync(join(work, `${name}.pem`), text)
})
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  await rm(work, { recursive: true })
})

/** An Admin API without anything in it. */
async function gateway(options?: { readonly tls: true; readonly asks?: true }): Promise<string> {
  const answer: Parameters<typeof createServer>[1] = (request, response) => {
    seen = request.headers
    const path = request.url ?? '/'
    const body = path === '/' ? { version: '3.9.1', edition: 'community' } : { data: [], next: null }
    response.writeHead(path.startsWith('/schemas') ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
  const asks = options?.asks ? { ca: certificate, requestCert: true, rejectUnauthorized: true } : {}
  const server = options ? createTlsServer({ key, cert: certificate, ...asks }, answer) : createServer(answer)
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return `http${options ? 's' : ''}://127.0.0.1:${address.port}`
}

/** Compares the manifest with whatever gateway is named. */
function diff(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ended> {
  const own = { GATEWATCH_STATE_DIR: join(work, 'state'), HOME: join(work, 'home') }
  return runCommand(['diff', ...args, 'kong.yaml'], { cwd: work, env: { ...own, ...env } })
}

function homeFile(text: string): void {
  writeFileSync(join(work, 'home', '.deck.yaml'), text)
}

describe('the environment and files of decK', () => {
  it('name the gateway, and are reported as the source', async () => {
    const address = await gateway()
    const ended = await diff({ DECK_KONG_ADDR: address, DECK_HEADERS: 'Kong-Admin-Token:CANARY x-other:2' })
    expect(ended.code).toBe(0)
    expect(ended.err).toContain('the address from DECK_KONG_ADDR')
    expect(ended.err).toContain('the headers Kong-Admin-Token, x-other from DECK_HEADERS')
    expect(ended.err + ended.out).not.toContain('CANARY')
    expect(seen).toMatchObject({ 'kong-admin-token': 'CANARY', 'x-other': '2' })
  })

  it('take precedence in the order flag, environment, file, for each setting', async () => {
    const address = await gateway()
    homeFile(`kong-addr: ${address}\nheaders:\n- "x-from:file"\ntimeout: 7\nanalytics: false\n`)
    expect((await diff({})).code).toBe(0)
    expect(seen['x-from']).toBe('file')
    await diff({ DECK_HEADERS: 'x-from:environment' })
    expect(seen['x-from']).toBe('environment')
    const flagged = await diff({ DECK_HEADERS: 'x-from:environment' }, '--headers', 'x-from:flag,x-more:a,b')
    expect(seen).toMatchObject({ 'x-from': 'flag', 'x-more': 'a,b' })
    expect(flagged.err).toContain('the address from kong-addr in ')
    expect(flagged.err).not.toContain('DECK_HEADERS')
    const elsewhere = await gateway()
    const moved = await diff({}, '--kong-addr', elsewhere)
    expect(moved.code).toBe(0)
    expect(seen).toMatchObject({ host: elsewhere.slice('http://'.length), 'x-from': 'file' })
    homeFile('')
  })

  it('may be in another file, named with --config', async () => {
    const address = await gateway()
    writeFileSync(join(work, 'ci.yaml'), `kong-addr: ${address}\nheaders: "x-from:ci"\n`)
    expect((await diff({}, '--config', 'ci.yaml')).code).toBe(0)
    expect(seen['x-from']).toBe('ci')
  })

  it('give way to a gatewatch.yaml', async () => {
    const folder = join(work, 'fleet')
    mkdirSync(folder)
    writeFileSync(join(folder, 'gatewatch.yaml'), 'version: 1\nenvironments: [dev]\ntargets: {}\n')
    const ended = await runCommand(['diff'], {
      cwd: folder,
      env: { DECK_KONG_ADDR: 'http://127.0.0.1:9', GATEWATCH_STATE_DIR: join(work, 'state') },
    })
    expect(ended.err).not.toContain('DECK_KONG_ADDR')
  })

  it.each<readonly [string, Readonly<Record<string, string>>, string, readonly string[]]>([
    ['a time that is none', { DECK_TIMEOUT: 'soon' }, '', ['DECK_TIMEOUT', 'seconds']],
    ['a header that is none', { DECK_HEADERS: 'CANARY' }, '', ['DECK_HEADERS', 'Name:value']],
    ['a header that is none, in the file', {}, 'headers: [CANARY]\n', ['.deck.yaml:1:1', 'Name:value']],
    [
      'a file that is not there',
      { DECK_CA_CERT_FILE: 'none.pem' },
      '',
      ['DECK_CA_CERT_FILE', 'none.pem', 'ENOENT'],
    ],
    ['no certificate', { DECK_CA_CERT: 'CANARY' }, '', ['DECK_CA_CERT', 'PEM']],
    [
      'a certificate without its key',
      { DECK_TLS_CLIENT_CERT_FILE: 'certificate.pem' },
      '',
      ['tls-client-key-file'],
    ],
    [
      'a key of another certificate',
      { DECK_TLS_CLIENT_CERT_FILE: 'certificate.pem', DECK_TLS_CLIENT_KEY_FILE: 'otherKey.pem' },
      '',
      ['DECK_TLS_CLIENT_KEY_FILE', 'another certificate'],
    ],
    ['a cookie jar', { DECK_KONG_COOKIE_JAR_PATH: '/jar' }, '', ['DECK_KONG_COOKIE_JAR_PATH', 'Cookie']],
    ['a file that is no YAML', {}, 'kong-addr: [\n', ['.deck.yaml:2:1']],
    ['a mapping in the file', {}, 'kong-addr: {a: CANARY}\n', ['.deck.yaml:1:1']],
  ])('report %s where it was found', async (_what, env, file, words) => {
    homeFile(file)
    const address = file.startsWith('kong-addr') ? {} : { DECK_KONG_ADDR: 'http://127.0.0.1:9' }
    const ended = await diff({ ...address, ...env })
    for (const word of words) expect(ended.err).toContain(word)
    expect(ended.err).not.toContain('CANARY')
    expect(ended.code).toBe(1)
    homeFile('')
  })

  it('lead to Konnect only if no gateway is named, and are then refused', async () => {
    const ended = await diff({ DECK_KONNECT_TOKEN: 'CANARY' })
    expect(ended.err).toContain('DECK_KONNECT_TOKEN: gatewatch does not sync Konnect')
    expect(ended.err).not.toContain('CANARY')
    expect(ended.code).toBe(1)
    const address = await gateway()
    expect((await diff({ DECK_KONNECT_TOKEN: 'x', DECK_KONG_ADDR: address })).code).toBe(0)
  })
})

describe('TLS', () => {
  const name = ['--tls-server-name', 'gateway.internal']

  it('does not trust an unknown certificate authority', async () => {
    const ended = await diff({}, '--kong-addr', await gateway({ tls: true }))
    expect(ended.err).toMatch(/not trusted.*--ca-cert-file/)
    expect(ended.code).toBe(1)
  })

  it('trusts a configured authority for the name in the certificate', async () => {
    const address = await gateway({ tls: true })
    const unnamed = await diff({}, '--kong-addr', address, '--ca-cert-file', 'certificate.pem')
    expect(unnamed.err).toMatch(/not trusted.*--tls-server-name/)
    expect((await diff({}, '--kong-addr', address, '--ca-cert-file', 'certificate.pem', ...name)).code).toBe(
      0,
    )
    const env = { DECK_CA_CERT: certificate, DECK_TLS_SERVER_NAME: 'gateway.internal' }
    expect((await diff(env, '--kong-addr', address)).code).toBe(0)
  })

  it('is not verified if that is configured', async () => {
    const address = await gateway({ tls: true })
    expect((await diff({}, '--kong-addr', address, '--tls-skip-verify')).code).toBe(0)
    expect((await diff({ DECK_TLS_SKIP_VERIFY: 'true' }, '--kong-addr', address)).code).toBe(0)
    expect((await diff({ DECK_TLS_SKIP_VERIFY: 'false' }, '--kong-addr', address)).code).toBe(1)
  })

  it(
    'that is not checked is said in one line, whatever says so and whichever command it is',
    severalProcesses,
    async () => {
      const address = await gateway({ tls: true })
      const folder = join(work, 'unchecked')
      mkdirSync(folder)
      writeFileSync(
        join(folder, 'gatewatch.yaml'),
        `version: 1
environments: [dev]
targets:
  one: {environment: dev, kong: {address: "${address}", tls: {verify: false}}, manifests: [../kong.yaml]}
  two: {environment: dev, kong: {address: "${address}"}, manifests: [../kong.yaml]}
`,
      )
      const own = { GATEWATCH_STATE_DIR: join(work, 'state'), HOME: join(work, 'home') }
      const flag = ['--kong-addr', address, '--tls-skip-verify']
      const file = join(work, 'home', '.deck.yaml')
      type Way = readonly [readonly string[], string, Readonly<Record<string, string>>, string]
      const ways: readonly Way[] = [
        ...['diff', 'plan', 'fleet', 'inventory', 'doctor', 'coverage', 'console'].map(
          (command): Way => [[command, ...flag, 'kong.yaml'], work, {}, ''],
        ),
        [['sync', '--yes', ...flag, 'kong.yaml'], work, {}, ''],
        [['dump', ...flag], work, {}, ''],
        [['reset', '--force', ...flag], work, {}, ''],
        [['explain', ...flag, 'GET http://h/x'], work, {}, ''],
        [['validate', '--online', ...flag, 'kong.yaml'], work, {}, ''],
        [['diff', '--kong-addr', address, 'kong.yaml'], work, { DECK_TLS_SKIP_VERIFY: 'true' }, ''],
        [['diff', 'kong.yaml'], work, {}, `kong-addr: ${address}\ntls-skip-verify: true\n`],
        [['diff'], folder, {}, ''],
      ]
      for (const [args, cwd, env, home] of ways) {
        writeFileSync(file, home)
        const { err } = await runCommand(args, { cwd, env: { ...own, ...env } })
        const lines = err.split('\n').filter(line => line.includes('is not checked'))
        expect(lines, args.join(' ')).toHaveLength(1)
        expect(lines[0]).toContain(
          cwd === folder ? 'certificate of one' : `certificate of ${new URL(address).host}`,
        )
      }
      writeFileSync(file, '')
      const checked = await runCommand(['diff', '--target', 'two'], { cwd: folder, env: own })
      expect(checked.err).not.toContain('is not checked')
    },
  )

  it('presents a certificate to a gateway that asks for one', async () => {
    const address = await gateway({ tls: true, asks: true })
    const trust = ['--kong-addr', address, '--ca-cert-file', 'certificate.pem', ...name]
    const without = await diff({}, ...trust)
    expect(without.err).toContain('--tls-client-cert-file')
    expect(without.code).toBe(1)
    const shown = ['--tls-client-cert-file', 'certificate.pem', '--tls-client-key-file', 'key.pem']
    expect((await diff({}, ...trust, ...shown)).code).toBe(0)
    const env = { DECK_TLS_CLIENT_CERT: certificate, DECK_TLS_CLIENT_KEY: key }
    expect((await diff(env, ...trust)).code).toBe(0)
  })

  it('works the same for a target of gatewatch.yaml', async () => {
    const folder = join(work, 'tls')
    mkdirSync(folder)
    const config = `version: 1
environments: [dev]
targets:
  one:
    environment: dev
    kong:
      address: ${await gateway({ tls: true, asks: true })}
      tls: { authorities: ../certificate.pem, server_name: gateway.internal, certificate: ../certificate.pem, key: ../key.pem }
    manifests: [../kong.yaml]
`
    writeFileSync(join(folder, 'gatewatch.yaml'), config)
    const run = () =>
      runCommand(['diff', '--trust'], { cwd: folder, env: { GATEWATCH_STATE_DIR: join(work, 'state') } })
    expect((await run()).code).toBe(0)
    writeFileSync(join(folder, 'gatewatch.yaml'), config.replace(', key: ../key.pem', ''))
    const ended = await run()
    expect(ended.err).toContain('gatewatch.yaml:8:')
    expect(ended.err).toContain('both certificate and key')
  })
})
