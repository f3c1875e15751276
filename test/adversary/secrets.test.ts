import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateIdentity } from 'age-encryption'
import { describe, expect, it } from 'vitest'
import { openSealed } from '../../src/ledger/sealing.ts'
import { isArray, isObject, type Json } from '../../src/model/json.ts'
import { runCommand } from '../command-run.ts'
import type { Driver } from '../e2e/driver.ts'
import { CanaryBed, searched } from './canary-bed.ts'
import { shownOnRequest } from './canary-manifest.ts'
import { TalkativeGateway } from './talkative-gateway.ts'

const long = process.env.GATEWATCH_LONG !== undefined
const forms = (command: readonly string[], ...names: readonly string[]) =>
  names.map(form => [...command, '--output', form])

/** What there is beside differences, each in every form. */
async function lookAtAll(bed: CanaryBed): Promise<void> {
  for (const args of [
    ...forms(['fleet'], 'text', 'json', 'yaml'),
    ...forms(['inventory'], 'text', 'json', 'yaml'),
    ...forms(['check'], 'text', 'json', 'yaml', 'junit', 'sarif', 'github'),
    ...forms(['coverage'], 'text', 'json', 'markdown', 'html'),
    ...forms(['validate'], 'text', 'json'),
    ...forms(['validate', '--online'], 'text', 'json'),
    ...forms(['doctor'], 'text', 'json'),
    ['diff', '--debug'],
    ['journal', 'verify'],
    ['explain', 'GET http://other.example/x'],
    ['explain', 'GET http://other.example/x', '--output', 'json'],
    ['explain', 'GET http://other.example/x', 'kong.yaml'],
  ])
    await bed.run(...args)
}

/** What differs, in every form. */
async function lookAround(bed: CanaryBed, round: string): Promise<void> {
  const plan = `plan-${round}.json`
  for (const args of [
    ...forms(['diff'], 'text', 'json', 'yaml', 'markdown'),
    ...forms(['plan'], 'text', 'json', 'yaml', 'markdown'),
    ['plan', '--out', plan, '--allow-deletes', '60'],
    ...forms(['plan', 'show', plan], 'text', 'json', 'yaml', 'markdown'),
    ...forms(['traffic', '--plan', plan], 'text', 'json'),
    ...forms(['history'], 'text', 'json'),
    // Elsewhere than on a terminal, values of variables stay masked whatever is asked for.
    ['diff', '--no-mask-deck-env-vars-value'],
    ['diff', '--output', 'json', '--no-mask-deck-env-vars-value'],
    ['plan', '--output', 'markdown', '--no-mask-deck-env-vars-value'],
  ])
    await bed.run(...args)
}

/** Sealed secrets of all journals. */
function sealedIn(bed: CanaryBed): readonly { readonly to: readonly string[]; readonly text: string }[] {
  const found: { to: readonly string[]; text: string }[] = []
  const look = (value: Json): void => {
    if (isArray(value)) for (const item of value) look(item)
    else if (isObject(value)) {
      if (typeof value.text === 'string' && value.text.includes('BEGIN AGE'))
        found.push({ to: [], text: value.text })
      for (const item of Object.values(value)) look(item)
    }
  }
  for (const entry of readdirSync(bed.state, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('l')) continue
    for (const line of readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n'))
      if (line.includes('BEGIN AGE')) look(JSON.parse(line))
  }
  return found
}

describe('no canary is found in any output, file or object of Git', () => {
  it('when everything is new, before and after a sync', async () => {
    await using bed = await CanaryBed.start()
    await bed.manifests('one')
    await lookAround(bed, 'one')
    await lookAtAll(bed)
    const synced = await bed.run('sync', '--yes')
    expect(synced.err).not.toContain('refuses')
    expect(synced.code).toBe(0)
    expect((await bed.run('diff')).code).toBe(0)
    // Hidden is not lost: a file or a pipe gets what a sync of it needs.
    const dumped = await bed.runUnsearched('dump', '--target', 'one')
    const there = new Set(bed.canaries.in(dumped.out).map(({ kind }) => kind))
    for (const kind of [
      ...shownOnRequest.filter(each => each !== 'a path from a variable'),
      'a header that is added',
      'the password of a log',
      'code',
      'a token that no schema hides',
      'a field of a plugin of one’s own',
      'a key',
      'a secret of jwt',
    ])
      expect(there, kind).toContain(kind)
    await lookAtAll(bed)
    expect(bed.finds()).toEqual([])
  }, 120_000)

  it('when all of it becomes another, is taken back and deleted, and what is sealed opens with the user’s key alone', async () => {
    await using bed = await CanaryBed.start()
    await bed.manifests('one')
    expect((await bed.run('sync', '--yes')).code).toBe(0)
    expect((await bed.run('init', '--key')).code).toBe(0)
    await bed.manifests('two')
    await lookAround(bed, 'two')
    expect((await bed.run('sync', '--yes', '--allow-deletes', '60')).code).toBe(0)
    // The journal holds what was overwritten, for whoever has the key.
    const sealed = sealedIn(bed)
    const own = readFileSync(join(bed.state, 'keys', 'age-identity.txt'), 'utf8')
    const identity = /AGE-SECRET-KEY-\S+/.exec(own)?.[0] ?? ''
    const opened = JSON.stringify([...(await openSealed(sealed, [identity])).values()])
    const kinds = new Set(bed.canaries.in(opened).map(({ kind }) => kind))
    for (const kind of ['a key', 'a secret of hmac', 'a secret of jwt', 'a secret of oauth2', 'a key of AWS'])
      expect(kinds, kind).toContain(kind)
    expect((await openSealed(sealed, [await generateIdentity()])).size).toBe(0)
    for (const output of ['text', 'json', 'markdown'])
      await bed.run('undo', '--yes', '--allow-deletes', '60', '--output', output)
    expect((await bed.run('sync', '--yes', '--output', 'json', '--allow-deletes', '60')).code).toBe(0)
    await bed.manifests('two', '_format_version: "3.0"\nconsumers: [{username: joe}]\n')
    await lookAround(bed, 'two')
    expect((await bed.run('sync', '--yes', '--allow-deletes', '100')).code).toBe(0)
    await bed.run('undo', '--yes')
    await bed.run('reset', '--force', '--target', 'one', '--allow-deletes', '100')
    await bed.run('history')
    expect(bed.finds()).toEqual([])
  }, 120_000)

  it.each([
    ['with a database', false],
    ['without one', true],
  ])(
    'when a gateway %s quotes all that it is sent as it refuses, headers too',
    async (_name, dbless) => {
      await using bed = await CanaryBed.start({ dbless })
      await bed.manifests('one')
      await using gateway = await TalkativeGateway.before(bed.address)
      const token = bed.env.GATEWATCH_TOKEN ?? ''
      const at = ['--kong-addr', gateway.address, '--headers', `Kong-Admin-Token: Bearer ${token}`]
      const all = async () => {
        for (const args of [
          ['sync', '--yes', '--debug', ...at, 'kong.yaml'],
          ['sync', '--yes', '--output', 'json', ...at, 'kong.yaml'],
          ['plan', '--out', 'refused.json', ...at, 'kong.yaml'],
          ['apply', '--yes', 'refused.json', ...at],
          ...forms(['validate', '--online', ...at, 'kong.yaml'], 'text', 'json'),
        ])
          await run(...args)
      }
      // The token stands in the arguments here.
      const run = async (...args: readonly string[]) => {
        const { code, out, err } = await bed.runUnsearched(...args)
        bed.search(`${args[0]} that is refused`, out + err)
        return { code, said: out + err }
      }
      let refused = 0
      for (const status of long ? [400, 404, 409, 413, 500] : [400, 409])
        for (const lists of [true, false]) {
          gateway.says = ({ method, path, body, headers }, answer) => {
            if (method === 'GET' && path !== '/consumers?size=1000') return undefined
            if (method === 'GET' && !lists) return undefined
            if (!lists && path.endsWith('/validate')) return undefined
            refused += 1
            const quoted = `no: ${body} ${JSON.stringify(headers)} ${bodyIn(body)}`
            return {
              status: method === 'GET' ? 400 : status,
              body: {
                ...(isObject(answer.body) ? answer.body : {}),
                message: quoted,
                name: 'x',
                fields: { config: quoted, '@entity': [quoted] },
                flattened_errors: [
                  { entity_type: 'plugin', entity_name: 'x', errors: [{ field: 'config', message: quoted }] },
                ],
              },
            }
          }
          await all()
        }
      expect(refused).toBeGreaterThan(10)
      // Lua's errors quote the beginning of code, as far as there is room.
      const line = `local secret = "${bed.canaries.text('code', 'one')}"`
      gateway.says = ({ path, body }) =>
        path.endsWith('/validate') && body.includes('pre-function')
          ? {
              status: 400,
              body: { message: `schema violation (access.1: [string "${line.slice(0, 40)}..."]:1)` },
            }
          : undefined
      await all()
      // What a sync that is cut off left there is in no manifest afterwards.
      gateway.says = ({ method, path }) =>
        (method === 'POST' && path === '/plugins') || path.startsWith('/config')
          ? { status: 500, body: { message: 'gone' } }
          : undefined
      await run('sync', '--yes', ...at, 'kong.yaml')
      gateway.says = () => undefined
      await bed.manifests('one', '_format_version: "3.0"\nconsumers: [{username: joe}]\n')
      for (const form of ['text', 'json', 'markdown']) await run('diff', '--output', form, ...at, 'kong.yaml')
      expect((await run('sync', '--yes', '--allow-deletes', '60', ...at, 'kong.yaml')).code).toBe(0)
      await run('undo', '--yes', '--allow-deletes', '60', ...at)
      await bed.manifests('one')
      const synced = await run('sync', '--yes', ...at, 'kong.yaml')
      expect(synced.code).toBe(0)
      await bed.manifests('two')
      expect((await run('sync', '--yes', '--allow-deletes', '60', ...at, 'kong.yaml')).code).toBe(0)
      await run('undo', '--yes', '--allow-deletes', '60', '--debug', ...at)
      expect(bed.finds()).toEqual([])
    },
    120_000,
  )

  it('when the input is wrong and errors report it', async () => {
    await using bed = await CanaryBed.start()
    await bed.manifests('one')
    const at = (kind: string) => bed.canaries.text(`${kind} that is wrong`, 'one')
    const wrong = [
      `consumers:\n- username: joe\n  keyauth_credentials:\n  - key: "${at('a key')}\n  x: [`,
      `consumers:\n- {username: joe, keyauth_credentials: [{key: {a: ${at('a key in a mapping')}}}]}`,
      `consumers:\n- {username: joe, keyauth_credentials: [{key: ${at('one key')}}, {key: ${at('one key')}}]}`,
      `consumers:\n- {username: joe, keyauth_credentials: {key: ${at('a key without a list')}}}`,
      `plugins: [{name: key-auth, config: {key_names: '\${{ env "DECK_MESSAGE" }}', hide_credentials: '\${{ env "DECK_TAG" }}'}}]`,
      `plugins: [{name: rate-limiting, config: {minute: '\${{ env "DECK_KEY" | toInt }}'}}]`,
      `plugins: [{name: rate-limiting, config: {minute: \${{ env "DECK_TAG" }}, policy: '\${{ env "DECK_KEY" }}'}}]`,
      `plugins: [{name: rate-limiting, config: {minute: \${{ env "DECK_CODE" }}}}]`,
      `plugins: [{name: rate-limiting, config: {minute: 1, limit_by: '\${{ env "DECK_MAP" }}'}, protocols: ['\${{ env "DECK_TAG" }}']}]`,
      `services: [{name: s, url: '\${{ env "DECK_TAG" }}://\${{ env "DECK_HOST_HEADER" }}:x'}]`,
      `services: [{name: s, host: h, protocol: '\${{ env "DECK_TAG" }}', routes: [{name: r, paths: ['\${{ env "DECK_TAG" }}'], methods: ['\${{ env "DECK_TAG" }}']}]}]`,
      `routes: [{name: r, paths: ['~/(\${{ env "DECK_TAG" }}'], service: {name: unknown}, protocols: ['\${{ env "DECK_MAP" }}']}]`,
      `certificates: [{cert: x, key: ${at('a key of a certificate')}}]`,
      `consumers: [{username: joe, jwt_secrets: [{key: i, algorithm: ${at('an algorithm')}, secret: ${at('a secret')}}], basicauth_credentials: [{username: joe, password: [${at('a password in a list')}]}]}]`,
      `plugins: [{name: pre-function, config: {access: ["local x = '${at('code')}' -- Authorization\\nthis is no code '"]}}]`,
      `plugins: [{name: http-log, config: {http_endpoint: "no url https://u:${at('the password of a URL')}@x", headers: {Authorization: [${at('a header')}]}}}]`,
      `vaults: [{name: env, prefix: my-env, config: {prefix: ['\${{ env "DECK_MESSAGE" }}']}}]`,
    ]
    for (const [i, text] of wrong.entries()) {
      writeFileSync(join(bed.work, 'kong.yaml'), `_format_version: "3.0"\n${text}\n`)
      const ended = []
      for (const args of [
        ['validate'],
        ['validate', '--online', '--output', 'json'],
        ['diff', '--debug'],
        ['plan', '--output', 'markdown'],
        ['sync', '--yes'],
      ])
        ended.push((await bed.run(...args)).code)
      // Only a real gateway knows that what stands for code is none.
      if (!text.includes('pre-function')) expect(ended, `manifest ${i}`).toContain(1)
    }
    await bed.manifests('one')
    for (const variables of [
      { DECK_HEADERS: at('headers without a colon') },
      { DECK_KONG_ADDR: `htp://u:${at('the password of an address')}@x` },
      { GATEWATCH_TRUST: at('a digest of trust') },
      { GATEWATCH_DIGEST_KEY: at('a key of digests') },
      { GATEWATCH_TOKEN: `${at('a token')}\n${at('its second line')}` },
      { DECK_TLS_CLIENT_KEY: at('a client key'), DECK_TLS_CLIENT_CERT: at('a client certificate') },
    ])
      for (const args of [
        ['diff'],
        ['diff', 'kong.yaml'],
        ['sync', '--yes'],
        ['doctor'],
        ['fleet'],
        ['trust', '--print'],
      ]) {
        const { out, err } = await runCommand(args, { cwd: bed.work, env: { ...bed.env, ...variables } })
        bed.search(`${args.join(' ')} with ${Object.keys(variables)[0]}`, out + err)
      }
    // What gatewatch itself keeps, damaged.
    expect((await bed.run('init', '--key')).code).toBe(0)
    await bed.manifests('two')
    expect((await bed.run('plan', '--out', 'plan.json', '--allow-deletes', '60')).code).toBe(2)
    expect((await bed.run('sync', '--yes', '--allow-deletes', '60')).code).toBe(0)
    writeFileSync(
      join(bed.work, 'plan.json'),
      readFileSync(join(bed.work, 'plan.json'), 'utf8').replace('"', `"${'x'.repeat(3)}`),
    )
    writeFileSync(join(bed.state, 'keys', 'age-identity.txt'), 'AGE-SECRET-KEY-NONE\n')
    for (const args of [
      ['plan', 'show', 'plan.json'],
      ['apply', 'plan.json'],
      ['undo', '--yes'],
      ['history'],
    ])
      await bed.run(...args)
    expect(bed.finds()).toEqual([])
  }, 120_000)

  it('when it crashes, with everything that it and its console then print', async () => {
    await using bed = await CanaryBed.start()
    await bed.manifests('one')
    const trap = join(bed.base, 'trap.mjs')
    writeFileSync(
      trap,
      `let n = 0
const { groupBy } = Map
Map.groupBy = (...given) => {
  n += 1
  if (n > Number(process.env.CALLS)) throw Object.assign(new Error('the pen broke'), { given })
  return groupBy.call(Map, ...given)
}
process.on('SIGUSR2', () => {
  String.prototype.repeat = () => { throw new Error('the pen broke') }
})
`,
    )
    let crashed = 0
    for (const [command = '', calls] of [
      ['diff', 0],
      ['diff', 3],
      ['plan', 3],
      ['sync', 5],
      ['check', 3],
      ['inventory', 3],
    ] as const) {
      const args = [command, ...(command === 'sync' ? ['--yes'] : []), '--debug']
      const { err } = await bed.runProgram(args, { NODE_OPTIONS: `--import ${trap}`, CALLS: String(calls) })
      if (err.includes('the pen broke')) crashed += 1
    }
    expect(crashed).toBeGreaterThan(2)
    await using driver = bed.console({
      columns: 200,
      rows: 50,
      env: { NODE_OPTIONS: `--import ${trap}`, CALLS: '1000000' },
    })
    await driver.waitFor(/\+ \d+|changes|36/)
    driver.press('2')
    await driver.waitFor(/Drift/)
    driver.signal('SIGUSR2')
    driver.resize(150, 40)
    expect(await driver.exited).toBe(1)
    const text = driver.screen()
    expect(text).toContain('the console crashed')
    bed.search('the console’s last words', text)
    const log = /details are in (\S+)/.exec(text)?.[1] ?? ''
    bed.search('the console’s log', readFileSync(log, 'utf8'))
    expect(bed.finds()).toEqual([])
  }, 120_000)

  it('on a terminal, except for the values of variables that a person asks for', async () => {
    await using bed = await CanaryBed.start()
    await bed.manifests('one')
    expect((await bed.run('sync', '--yes')).code).toBe(0)
    // With the variables of the last sync, as they are at the gateway.
    for (const args of [
      ['dump'],
      ['dump', '--with-id', '--format', 'json'],
      ['inventory'],
      ['fleet'],
      ['diff'],
    ])
      bed.search(`${args.join(' ')} on a terminal`, await bed.onTerminal(args))
    await bed.manifests('two')
    for (const args of [['diff'], ['plan', '--allow-deletes', '60'], ['dump'], ['check'], ['doctor']])
      bed.search(`${args.join(' ')} on a terminal`, await bed.onTerminal(args))

    // What variables gave is shown, of both sides: but no secret of the schema, and no credential by its name.
    const shows = (text: string) => [...new Set(bed.canaries.in(text).map(({ kind }) => kind))].toSorted()
    const ask = '--no-mask-deck-env-vars-value'
    expect(shows(await bed.onTerminal(['diff', ask]))).toEqual(shownOnRequest.toSorted())
    expect(shows(await bed.onTerminal(['plan', '--allow-deletes', '60', ask]))).toEqual(
      shownOnRequest.toSorted(),
    )
    for (const form of ['json', 'markdown'])
      bed.search(`diff in ${form} on a terminal`, await bed.onTerminal(['diff', '--output', form, ask]))
    const synced = await bed.onTerminal(['sync', '--yes', '--allow-deletes', '60', ask])
    expect(shows(synced)).toEqual(shownOnRequest.toSorted())
    expect((await bed.run('diff')).code).toBe(0)
    // What a person was shown is in no journal, ledger or log.
    expect(bed.finds()).toEqual([])
  }, 120_000)

  it('on the screens of the console, and on its clipboard', async () => {
    await using bed = await CanaryBed.start()
    await bed.manifests('one')
    expect((await bed.run('sync', '--yes')).code).toBe(0)
    await bed.manifests('two')
    await using driver = bed.console({ columns: 250, rows: 60 })
    const copied: string[] = []
    driver.terminal.parser.registerOscHandler(52, data => {
      copied.push(Buffer.from(data.split(';')[1] ?? '', 'base64').toString('utf8'))
      return true
    })
    const screens = new Set<string>()
    driver.terminal.onWriteParsed(() => screens.add(driver.screen()))
    await walk(driver)
    expect(screens.size).toBeGreaterThan(30)
    for (const screen of screens) bed.search('a screen', screen)
    bed.search('the arguments of the console', readFileSync(`/proc/${driver.pid}/cmdline`, 'utf8'))
    for (const text of copied) bed.search('the clipboard', text)
    expect(new Set(copied).size).toBeGreaterThan(15)
    expect(bed.finds()).toEqual([])
  }, 120_000)

  it('when manifests of two commits are compared', async () => {
    await using bed = await CanaryBed.start()
    await bed.manifests('one')
    // These objects hold what their author put in: only outputs are searched.
    const folder = join(bed.base, 'kong-commits')
    mkdirSync(folder)
    const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: folder })
    git('init', '-q')
    const text = readFileSync(join(bed.work, 'kong.yaml'), 'utf8')
    for (const round of [text, text.replaceAll('cAnArY', 'cAnArYx'), '_format_version: "3.0"\n']) {
      writeFileSync(join(folder, 'kong.yaml'), round)
      git('add', '.')
      git('-c', 'user.name=M', '-c', 'user.email=m@x.example', 'commit', '-q', '-m', 'x')
    }
    for (const range of [
      ['HEAD~2', 'HEAD~1'],
      ['HEAD~1', 'HEAD'],
      ['HEAD', 'HEAD~2'],
    ] as const)
      for (const form of ['text', 'json', 'yaml', 'markdown']) {
        const args = ['diff', '--base', range[0], '--head', range[1], '--output', form, 'kong.yaml']
        const { code, out, err } = await runCommand(args, { cwd: folder, env: bed.env })
        expect(code, err).toBe(2)
        bed.search(args.join(' '), out + err)
      }
    rmSync(folder, { recursive: true })
    expect(bed.finds()).toEqual([])
  }, 120_000)
})

/** The text of a body as a gateway's database, or a log, might write it. */
function bodyIn(body: string): string {
  return body === '' ? '' : `${JSON.stringify(body)} ${encodeURIComponent(body)}`
}

/** Goes through the screens, and copies what can be copied on each of their rows. */
async function walk(driver: Driver): Promise<void> {
  await driver.waitFor(/\d+ changes/)
  for (const [name, title] of [
    ['2', /Drift/],
    ['t', /Timeline/],
    ['3', /Inventory/],
    ['4', /Governance/],
    ['2', /Drift/],
  ] as const) {
    driver.press(name)
    await driver.waitFor(title)
    await rows(driver, long ? 60 : 12)
  }
  driver.press('<', 's')
  await driver.waitFor(/review/i)
  await rows(driver, long ? 100 : 50)
}

/** Copies row after row. The help is waited for, so that every frame was drawn. */
async function rows(driver: Driver, count: number): Promise<void> {
  driver.press('<', 'right')
  for (let i = 0; i < count; i += 1) driver.press('down', 'y')
  driver.press('?')
  await driver.waitFor(/Keys of /)
  driver.press('esc')
  await driver.waitFor(screen => !screen.includes('Keys of '))
}

it('there are at least 40 kinds of canaries, and enough output was searched', () => {
  const { kinds, outputs, files, objects, calls, found } = searched
  console.info(
    `canaries: ${kinds} kinds, ${outputs} outputs and screens, ${files.size} files, ${objects.size} git objects, ${calls} calls of git: ${found === 0 ? 'nothing' : found} found`,
  )
  expect(kinds).toBeGreaterThanOrEqual(40)
  expect(outputs).toBeGreaterThan(300)
  expect(files.size).toBeGreaterThan(50)
  expect(objects.size).toBeGreaterThan(20)
})
