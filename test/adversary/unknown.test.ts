// What is unknown is not allowed: reading fails, in many ways and at each kind, while every command that writes is
// tried. What reached the gateway is seen in its own log of requests.
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Fault, launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { certificate, key } from '../certificates.ts'
import { runCommand } from '../command-run.ts'
import { Driver } from '../e2e/driver.ts'
import type { Ended } from '../program.ts'

let sandbox: RunningSandbox
let work: string
let tried = 0

beforeAll(async () => {
  sandbox = await launchSandbox({
    gateways: ['live', 'document'].map(name => ({
      name,
      dbless: name === 'document',
      proxyPort: false,
      faults: true,
    })),
  })
})
afterAll(async () => {
  await sandbox.stop()
  console.info(`what is unknown: ${tried} commands against gateways that could not be read completely`)
})
beforeEach(async () => {
  for (const name of ['live', 'document']) {
    await control(name).setFaults([])
    await control(name).setState({})
    await control(name).forgetRequests()
  }
  await empty()
  work = mkdtempSync(join(tmpdir(), 'gatewatch-unknown-'))
  configure()
  writeFileSync(join(work, 'elsewhere.yaml'), '_format_version: "3.0"\nupstreams:\n- name: elsewhere\n')
  return () => rm(work, { recursive: true })
})

/** Where there is no upstream, no list of targets is asked for: one is always there, and wanted. */
async function empty(): Promise<void> {
  const id = '0a0a0a0a-0000-4000-8000-0000000000ff'
  await control().setState({ upstreams: [{ id, name: 'elsewhere' }] })
  await control().forgetRequests()
}

const control = (name = 'live') => sandbox.control(name)

/** A protected target of production, with whatever else `governance` is to say. */
function configure(governance = '', gateway = 'live'): void {
  const address = sandbox.gateways.find(each => each.name === gateway)?.adminUrl
  writeFileSync(
    join(work, 'gatewatch.yaml'),
    `version: 1
environments: [dev, prod]
targets:
  prod-eu:
    environment: prod
    protected: true
    kong: { address: '${address}', timeout: 400ms }
    manifests: [kong.yaml, elsewhere.yaml]
governance: { builtin: [route-without-authentication]${governance} }
`,
  )
}

const wants = (manifest: string): void =>
  writeFileSync(join(work, 'kong.yaml'), `_format_version: "3.0"\n${manifest}`)

async function run(...args: string[]): Promise<Ended> {
  tried += 1
  return runCommand(args, { cwd: work, env: { GATEWATCH_STATE_DIR: join(work, 'state') } })
}

/** Nobody is asked, though the target is protected. */
const confirmed = ['--yes', '--confirm', 'prod-eu']

/** Writes that reached the gateway; the checks before a sync write nothing. */
async function writes(gateway = 'live'): Promise<readonly string[]> {
  return (await control(gateway).requests())
    .filter(({ method, path }) => method !== 'GET' && !path.startsWith('/schemas/'))
    .map(({ method, path }) => `${method} ${path}`)
}

/** Reading this kind fails. */
async function unreadable(list: string, fault: Fault = forbidden, gateway = 'live'): Promise<void> {
  await control(gateway).setFaults([{ ...fault, methods: ['GET'], kinds: [list] }])
}

const forbidden: Fault = { fault: 'status', status: 403 }

/** In which ways a list is not read. */
const faults: Readonly<Record<string, Fault>> = {
  'answers 403': forbidden,
  'answers 404, which says nothing of a kind that every gateway has': { fault: 'status', status: 404 },
  'answers 504': { fault: 'status', status: 504 },
  'breaks off': { fault: 'reset' },
  'breaks off half way': { fault: 'half' },
  'takes too long': { fault: 'slow', delayMs: 3_000 },
  'answers with a web page': { fault: 'html' },
}

const openRoute = `
services:
- name: payouts
  url: http://payouts.internal
  routes:
  - { name: payouts-list, paths: [/payouts] }
`
const withPlugin = (plugin: string): string =>
  `${openRoute}    plugins:\n    - ${plugin}\n`.replace(
    '- { name: payouts-list, paths: [/payouts] }',
    '- name: payouts-list\n    paths: [/payouts]',
  )
const keyAuth = withPlugin('name: key-auth')
const joe = `
consumers:
- username: joe
  keyauth_credentials:
  - key: the-key-of-joe-0123456789
`
const lists = [
  'plugins',
  'routes',
  'services',
  'consumers',
  'key-auths',
  'basic-auths',
  'acls',
  'upstreams',
  'targets',
  'certificates',
  'snis',
  'ca_certificates',
  'vaults',
  'keys',
  'key-sets',
]

/** Those that bear, and of the others every third; all of them in the long suite. */
const triedFor = (bears: readonly string[]): readonly string[] =>
  lists.filter((list, i) => process.env.GATEWATCH_LONG || bears.includes(list) || i % 3 === 0)

/** Manifests, each with the lists that bear on what a first sync of it writes. */
const created: Readonly<Record<string, { readonly manifest: string; readonly bears: readonly string[] }>> = {
  'a route that nothing authenticates': { manifest: openRoute, bears: ['plugins', 'routes'] },
  'a route with key-auth': {
    manifest: keyAuth,
    bears: ['plugins', 'routes', 'consumers', 'key-auths'],
  },
  'a route with an ACL': {
    manifest: withPlugin('{ name: acl, config: { allow: [partners] } }'),
    bears: ['plugins', 'routes', 'consumers', 'acls'],
  },
  'a route that lets callers pass as a consumer': {
    manifest: withPlugin(
      '{ name: ldap-auth, config: { ldap_host: ldap.internal, ldap_port: 389, base_dn: dc=x, attribute: cn, anonymous: guest } }',
    ),
    bears: ['plugins', 'routes', 'consumers'],
  },
  'a route with a plugin that asks a vault': {
    manifest: withPlugin(
      '{ name: rate-limiting, config: { minute: 5, policy: redis, redis: { host: r, password: "{vault://mine/pw}" } } }',
    ),
    bears: ['plugins', 'routes', 'vaults'],
  },
  'a route with a plugin that asks the vault of the gateway’s own environment': {
    manifest: withPlugin(
      '{ name: rate-limiting, config: { minute: 5, policy: redis, redis: { host: r, password: "{vault://env/pw}" } } }',
    ),
    bears: ['plugins', 'routes'],
  },
  'a plugin for everything': {
    manifest: 'plugins:\n- name: cors\n',
    bears: ['routes', 'services'],
  },
  'a consumer with a key': { manifest: joe, bears: ['plugins', 'key-auths'] },
  'a consumer in a group': {
    manifest: 'consumers:\n- username: joe\n  acls:\n  - group: partners\n',
    bears: ['plugins', 'acls'],
  },
  'an upstream with a target': {
    manifest: 'upstreams:\n- name: pool.internal\n  targets:\n  - target: 10.0.0.1:80\n',
    bears: ['targets'],
  },
  'a service that an upstream serves': {
    manifest:
      'services:\n- { name: payouts, url: http://pool.internal }\nupstreams:\n- name: pool.internal\n',
    bears: ['plugins', 'upstreams'],
  },
  'a certificate with its name': {
    manifest: `certificates:\n- id: 0a0a0a0a-0000-4000-8000-000000000001\n  cert: ${JSON.stringify(certificate)}\n  key: ${JSON.stringify(key)}\n  snis:\n  - name: api.pay.example\n`,
    bears: ['snis'],
  },
  'a service that trusts an authority': {
    manifest: `ca_certificates:\n- id: 0a0a0a0a-0000-4000-8000-000000000002\n  cert: ${JSON.stringify(certificate)}\nservices:\n- name: payouts\n  url: https://payouts.internal\n  tls_verify: true\n  ca_certificates: [0a0a0a0a-0000-4000-8000-000000000002]\n`,
    bears: ['plugins', 'ca_certificates'],
  },
  'a vault': {
    manifest: 'vaults:\n- { name: env, prefix: my-env, config: { prefix: x } }\n',
    bears: [],
  },
}

describe('a first sync', () => {
  it.each(Object.keys(created))(
    'of %s is refused where a list that bears on it can’t be read, and for no other',
    async name => {
      const { manifest, bears } = created[name] ?? { manifest: '', bears: [] }
      wants(manifest)
      const found: Record<string, string> = {}
      for (const list of triedFor(bears)) {
        await unreadable(list)
        const { code, err } = await run('sync', ...confirmed)
        const sent = await writes()
        const isRefused = err.includes('the effect of this sync can’t be determined')
        found[list] = isRefused ? 'refused' : sent.length > 0 ? 'written' : 'nothing to write'
        expect(sent.length === 0 || !isRefused, `${list}: ${sent.join(', ')}`).toBe(true)
        expect([list, code]).toEqual([list, 1])
        await empty()
      }
      expect(
        Object.keys(found)
          .filter(list => found[list] === 'refused')
          .sort(),
      ).toEqual([...bears].sort())
    },
  )
})

/** All of it at the gateway, to be changed and deleted. */
const everything = `
services:
- name: payouts
  url: http://pool.internal
  routes:
  - name: payouts-list
    paths: [/payouts]
    plugins:
    - name: key-auth
consumers:
- username: joe
  acls:
  - group: partners
  keyauth_credentials:
  - key: the-key-of-joe-0123456789
upstreams:
- name: pool.internal
  targets:
  - target: 10.0.0.1:80
certificates:
- id: 0a0a0a0a-0000-4000-8000-000000000001
  cert: ${JSON.stringify(certificate)}
  key: ${JSON.stringify(key)}
  snis:
  - name: api.pay.example
vaults:
- { name: env, prefix: my-env, config: { prefix: x } }
`

/** What is taken out of the manifest, each with the lists that bear on deleting it. */
const deleted: Readonly<Record<string, { readonly without: RegExp; readonly bears: readonly string[] }>> = {
  'a plugin': {
    without: / {4}plugins:\n {4}- name: key-auth\n/,
    bears: ['services', 'consumers', 'key-auths'],
  },
  'a route': {
    without: / {2}routes:[\s\S]*key-auth\n(?=consumers)/,
    bears: ['plugins', 'services', 'consumers', 'key-auths'],
  },
  'a service': {
    without: /services:[\s\S]*key-auth\n(?=consumers)/,
    // Without the services the plugin of the route would go, and the route stay.
    bears: ['plugins', 'routes', 'services', 'upstreams', 'consumers', 'key-auths'],
  },
  'a credential': {
    without: / {2}keyauth_credentials:\n.*\n/,
    bears: ['plugins', 'acls'],
  },
  'a group of a consumer': { without: / {2}acls:\n.*\n/, bears: ['plugins'] },
  'a consumer': {
    without: /consumers:[\s\S]*(?=upstreams)/,
    bears: ['plugins', 'acls', 'key-auths', 'basic-auths'],
  },
  'a target': { without: / {2}targets:\n.*\n/, bears: [] },
  'an upstream': { without: /upstreams:[\s\S]*(?=certificates)/, bears: ['services', 'targets'] },
  'a name of a certificate': { without: / {2}snis:\n.*\n/, bears: [] },
  'a certificate': {
    without: /certificates:[\s\S]*(?=vaults)/,
    bears: ['snis', 'services', 'upstreams'],
  },
  'a vault': { without: /vaults:[\s\S]*/, bears: ['plugins', 'certificates', 'keys'] },
}

describe('what is there already', () => {
  let state: Awaited<ReturnType<ReturnType<typeof control>['state']>>
  beforeEach(async () => {
    wants(everything)
    expect(await run('sync', ...confirmed)).toMatchObject({ code: 0 })
    state = await control().state()
    await control().forgetRequests()
  })

  it.each(Object.keys(deleted))(
    'is not deleted, as %s, where a list that bears on it can’t be read, and is where another',
    async name => {
      const { without, bears } = deleted[name] ?? { without: /^/, bears: [] }
      const less = everything.replace(without, '')
      expect(less).not.toBe(everything)
      wants(less)
      const refused: string[] = []
      for (const list of triedFor(bears)) {
        await unreadable(list)
        const { err } = await run('sync', ...confirmed, '--allow-deletes', '20')
        const sent = await writes()
        const isRefused = err.includes('the effect of this sync can’t be determined')
        if (isRefused) {
          refused.push(list)
          expect([list, sent]).toEqual([list, []])
        }
        await control().setState(state)
        await control().forgetRequests()
      }
      expect(refused.sort()).toEqual([...bears].sort())
    },
  )
})

const refusal = /can’t be determined: (?=.*payouts-list).*plugins are unknown \(.*\).*; nothing was sent/

describe('where the plugins of a target can’t be read', () => {
  it.each(Object.keys(faults))(
    'because reading them %s, no command writes anything, and each says why',
    async name => {
      const fault = faults[name] ?? forbidden
      wants(keyAuth)
      expect(await run('sync', ...confirmed)).toMatchObject({ code: 0 })
      wants(keyAuth.replace('/payouts]', '/v2/payouts]'))
      expect(await run('plan', '--out', 'made-before.json')).toMatchObject({ code: 2 })
      await control().forgetRequests()
      await unreadable('plugins', fault)
      const commands = {
        sync: ['sync', ...confirmed],
        plan: ['plan', '--out', 'made.json'],
        apply: ['apply', 'made-before.json', ...confirmed],
        undo: ['undo', ...confirmed],
        reset: ['reset', ...confirmed],
      }
      for (const [command, args] of Object.entries(commands)) {
        const { code, out, err } = await run(...args)
        expect([command, code, await writes()]).toEqual([command, 1, []])
        expect(`${command}: ${err}`).toMatch(refusal)
        // The plan that reset makes is of every entity: none of them is shown as harmless.
        expect(out).not.toContain('in sync')
      }
      expect(existsSync(join(work, 'made.json'))).toBe(false)
    },
  )

  it('consumers that are left out on purpose are not requested, and bear on nothing', async () => {
    wants(keyAuth)
    await control().setFaults([{ ...forbidden, methods: ['GET'], kinds: ['consumers', 'acls'] }])
    expect((await run('sync', ...confirmed)).err).toContain('are unknown')
    expect(await run('sync', ...confirmed, '--skip-consumers')).toMatchObject({ code: 0 })
    expect((await writes()).length).toBeGreaterThan(2)
  })

  it('nothing is sent either if only the reading before the write fails', async () => {
    wants(keyAuth)
    expect(await run('sync', ...confirmed)).toMatchObject({ code: 0 })
    wants(keyAuth.replace('/payouts]', '/v2/payouts]'))
    await control().forgetRequests()
    await run('plan')
    const asked = (await control().requests()).filter(({ path }) => path.split(/[/?]/).includes('plugins'))
    await control().forgetRequests()
    await control().setFaults([{ ...forbidden, methods: ['GET'], kinds: ['plugins'], after: asked.length }])
    const ended = await run('sync', ...confirmed)
    expect(ended.code).toBe(1)
    // The preview knew all: it is the second reading that does not.
    expect(ended.err).toContain('1 to update')
    expect(ended.err).toMatch(refusal)
    expect(await writes()).toEqual([])
  })

  it('without a database nothing is written at all, whatever a person accepts', async () => {
    configure(', accept_unknown: [prod]', 'document')
    writeFileSync(join(work, 'elsewhere.yaml'), '_format_version: "3.0"\n')
    wants(openRoute)
    for (const list of ['plugins', 'vaults', 'consumers']) {
      await unreadable(list, forbidden, 'document')
      const accept = ['--accept-unknown', list, '--reason', 'it hurries']
      const { code, err } = await run('sync', ...confirmed, ...accept)
      expect([list, code, await writes('document')]).toEqual([list, 1, []])
      expect(err).toContain('written as a whole')
    }
    await control('document').setFaults([])
    expect(await run('plan', '--out', 'made.json')).toMatchObject({ code: 2 })
    for (const list of ['plugins', 'vaults']) {
      await unreadable(list, forbidden, 'document')
      const { code, err } = await run('apply', 'made.json', ...confirmed)
      expect([list, code, await writes('document')]).toEqual([list, 1, []])
      expect(err).toContain(`${list} are unknown`)
    }
  })
})

describe('what is not known can be accepted', () => {
  const accept = ['--accept-unknown', 'plugins', '--reason', 'the list is being repaired']
  beforeEach(async () => {
    wants(openRoute)
    await unreadable('plugins')
  })
  const allow = () => configure(', severity: { route-without-authentication: off }, accept_unknown: [prod]')

  it('only if the configuration allows it, and only with a reason', async () => {
    const refused = await run('sync', ...confirmed, ...accept)
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.err).toContain('the configuration does not allow accepting that in prod')
    allow()
    for (const half of [accept.slice(0, 2), accept.slice(2), [...accept.slice(0, 2), '--reason', ' ']]) {
      const { code, err } = await run('sync', ...confirmed, ...half)
      expect(code).toBe(1)
      expect(err).toContain('--accept-unknown and --reason must be given together')
    }
    const other = await run('sync', ...confirmed, '--accept-unknown', 'consumer', '--reason', 'another kind')
    expect(other.err).toMatch(refusal)
    expect((await run('sync', ...confirmed, '--accept-unknown', 'plugs', '--reason', 'x')).err).toContain(
      'The kinds are',
    )
    expect(await writes()).toEqual([])
  })

  it('with a reason, which is in the plan, the journal and the history', async () => {
    allow()
    const planned = await run('plan', '--output', 'json', ...accept)
    expect(JSON.parse(planned.out).unknown).toEqual([
      {
        kind: 'plugin',
        why: 'reading plugins is not allowed (403)',
        concerns: [
          { kind: 'route', name: 'payouts-list' },
          { kind: 'service', name: 'payouts' },
        ],
        accepted: 'the list is being repaired',
      },
    ])
    const ended = await run('sync', ...confirmed, ...accept)
    expect(ended.err).toContain('accepted: the list is being repaired')
    expect(ended.err).toContain('posture  ? unknown')
    expect(await writes()).toEqual(['POST /services', 'POST /routes'])
    const journal = readFileSync(/journal (.*)$/m.exec(ended.out)?.[1] ?? '', 'utf8')
    const types = journal
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).type)
    expect(types.indexOf('unknown-accepted')).toBeGreaterThan(0)
    expect(types.indexOf('unknown-accepted')).toBeLessThan(types.indexOf('sending'))
    expect((await run('history')).out).toContain('without knowing plugin: the list is being repaired')
  })

  it('in a saved plan, which shows it, and which is refused once the configuration no longer allows it', async () => {
    allow()
    expect(await run('plan', '--out', 'made.json', ...accept)).toMatchObject({ code: 2 })
    expect((await run('plan', 'show', 'made.json')).out).toContain('accepted: the list is being repaired')
    configure(', severity: { route-without-authentication: off }')
    const refused = await run('apply', 'made.json', ...confirmed)
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.err).toContain('the configuration does not allow accepting that in prod')
    expect(await writes()).toEqual([])
    allow()
    const applied = await run('apply', 'made.json', ...confirmed)
    expect(applied.err).toContain('accepted: the list is being repaired')
    expect(await writes()).toEqual(['POST /services', 'POST /routes'])
  })

  it('but that overrides no blocking policy', async () => {
    configure(', severity: { route-without-authentication: block }, accept_unknown: [prod], override: [prod]')
    const refused = await run('sync', ...confirmed, ...accept)
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.err).toContain('REFUSED: this plan will not be applied')
    expect(refused.err).toContain('blocking rules can’t be evaluated: route-without-authentication for 1')
    expect(await writes()).toEqual([])
    await run('sync', ...confirmed, ...accept, '--override', 'agreed with the owner')
    expect(await writes()).toEqual(['POST /services', 'POST /routes'])
  })
})

describe('what is not known is shown as not known', () => {
  beforeEach(async () => {
    wants(keyAuth)
    expect(await run('sync', ...confirmed)).toMatchObject({ code: 0 })
    // Somebody opens the route: that is what nobody may be told not to be so.
    const [plugin] = (await control().state()).plugins ?? []
    await fetch(`${sandbox.gateways[0]?.adminUrl}/plugins/${String(plugin?.id)}`, { method: 'DELETE' })
  })

  it.each(Object.keys(faults))('by fleet, where reading plugins %s', async name => {
    expect((await run('fleet')).out).toMatch(/EXPOSED +prod-eu +1 route/)
    await unreadable('plugins', faults[name])
    const { code, out } = await run('fleet')
    expect(code).toBe(1)
    expect(out).toMatch(/UNSEEN +prod-eu +not known: plugins/)
    // No count of it is given as if it were one.
    expect(out).toMatch(/^prod-eu +prod +\d+ms +\? +\? +\? +\? +\? +\? /m)
    expect(out).toContain('1 kind unknown')
    const { targets, needs } = JSON.parse((await run('fleet', '--output', 'json')).out)
    expect(targets[0]).toMatchObject({ open: null, unknown: [{ kind: 'plugin' }] })
    expect(needs).toContainEqual(expect.objectContaining({ kind: 'unseen', title: 'not known: plugins' }))
  })

  it('by fleet, which fails where no target was reached and where a manifest can’t be read', async () => {
    await control().setFaults([{ fault: 'refused' }])
    const unreached = await run('fleet')
    expect(unreached.code).toBe(1)
    expect(unreached.out).toMatch(/^prod-eu +prod +refused +\? +\? +\? +\? +\? +\? +\?/m)
    await control().setFaults([])
    wants('services: [')
    const broken = await run('fleet')
    expect(broken).toMatchObject({ code: 1 })
    expect(broken.err).toContain('kong.yaml:')
    expect(broken.out).toContain('manifest can’t be read')
  })

  it.each([
    ['plugins', /^prod-eu +payouts +payouts-list .* \? +in Git/m, /^prod-eu: plugins not known, /m],
    ['routes', /^0 rows$/m, /^prod-eu: routes not known, /m],
    ['services', / payouts-list /, /^prod-eu: services not known, /m],
  ])('by inventory, where %s can’t be read', async (list, row, line) => {
    await unreadable(list)
    const { code, out } = await run('inventory')
    expect(code).toBe(1)
    expect(out).toMatch(row)
    expect(out).toMatch(line)
    expect(out).not.toMatch(/\bopen\b|no route\)/)
    const { unknown } = JSON.parse((await run('inventory', '--output', 'json')).out)
    expect(unknown).toMatchObject([{ target: 'prod-eu', what: list }])
  })

  it('by diff, in every form, check, coverage, doctor and explain', async () => {
    await unreadable('plugins')
    const said: Readonly<Record<string, RegExp>> = {
      diff: /no difference in what could be compared[\s\S]*\? plugin: not known/,
      'diff --output markdown': /Nothing differs in what could be compared\./,
      'diff --output json': /"unknown": \[\s*\{\s*"kind": "plugin"/,
      check: /^\? route-without-authentication: unknown for 1, /m,
      'check --output junit':
        /<testsuite name="what could not be read" tests="1"[\s\S]*<error type="forbidden"/,
      'check --output sarif': /"executionSuccessful": false/,
      'check --output github': /^::error title=not known::/m,
      doctor: /^wrong +prod-eu gateway +prod-eu: reading plugins/m,
      'explain http://api/payouts': /unknown +which plugins run, and whether they end the request/,
    }
    for (const [command, pattern] of Object.entries(said)) {
      const { code, out } = await run(...command.split(' '))
      expect([command, code]).toEqual([command, 1])
      expect(out).toMatch(pattern)
    }
    await unreadable('routes')
    expect(await run('explain', 'http://api/payouts')).toMatchObject({ code: 1, out: '' })
    await unreadable('upstreams')
    expect((await run('coverage')).out).toContain('not read: upstreams of prod-eu')
  })

  it('by traffic, for a plan that was made when everything could be read', async () => {
    expect(await run('plan', '--out', 'made.json')).toMatchObject({ code: 2 })
    await unreadable('plugins')
    const { code, out, err } = await run('traffic', 'made.json')
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('it is unknown which requests are answered differently')
  })

  it('by undo, which does not treat unreadable entities as deleted', async () => {
    await unreadable('plugins')
    const { code, err } = await run('undo', ...confirmed)
    expect(code).toBe(1)
    expect(err).not.toContain('since that sync')
    // It was not taken back by that, and still can be.
    await control().setFaults([])
    const again = await run('undo', ...confirmed)
    expect(again.err).not.toContain('taken back')
    expect(await writes()).not.toEqual([])
  })

  it('by undo of a sync that wrote nothing else, which stays open to undo', async () => {
    expect(await run('sync', ...confirmed)).toMatchObject({ code: 0 })
    await control().forgetRequests()
    await unreadable('plugins')
    const { code, err } = await run('undo', ...confirmed)
    expect(code).toBe(1)
    expect(err).toContain(
      'the effect of taking that sync back can’t be determined: that sync wrote plugin key-auth',
    )
    expect(await writes()).toEqual([])
    expect((await run('history')).out).not.toContain('taken back')
    await control().setFaults([])
    configure(', severity: { route-without-authentication: off }')
    expect(await run('undo', ...confirmed)).toMatchObject({ code: 0 })
    expect(await writes()).toEqual([expect.stringMatching(/^DELETE \/plugins\//)])
  })

  it('after a sync, if the gateway can no longer be read', async () => {
    const asked = async (): Promise<number> =>
      (await control().requests()).filter(({ path }) => path.split(/[/?]/).includes('plugins')).length
    await control().forgetRequests()
    await run('sync', ...confirmed)
    const whole = await asked()
    const [plugin] = (await control().state()).plugins ?? []
    await fetch(`${sandbox.gateways[0]?.adminUrl}/plugins/${String(plugin?.id)}`, { method: 'DELETE' })
    await control().forgetRequests()
    // All readings of the sync but the last are answered.
    await control().setFaults([{ ...forbidden, methods: ['GET'], kinds: ['plugins'], after: whole - 3 }])
    const { code, out, err } = await run('sync', ...confirmed)
    expect(await writes()).toEqual(['POST /plugins'])
    expect(code).toBe(1)
    expect(out).toContain('it is unknown whether anything is still open')
    expect(out).not.toContain('CLOSED')
    expect(err).toContain('reading plugins is not allowed')
  })
})

describe('in the console, in a terminal', () => {
  it('a review is refused if it depends on unknowns, and sent with a reason where they may be accepted', async () => {
    wants(openRoute)
    await unreadable('plugins')
    const open = (): Driver =>
      Driver.start(['--config', join(work, 'gatewatch.yaml')], {
        columns: 150,
        rows: 40,
        cwd: work,
        env: { GATEWATCH_STATE_DIR: join(work, 'state') },
      })
    {
      await using console = open()
      await console.waitFor(/UNSEEN +PROD prod-eu +not known: plugins/)
      console.press('2')
      console.press('s')
      await console.waitFor('REFUSED because plugins are unknown')
      console.press('Y')
      await console.waitFor(/plugins are unknown \(reading plugins is not allowed/)
      expect(await writes()).toEqual([])
    }
    configure(', severity: { route-without-authentication: off }, accept_unknown: [prod]')
    await using console = open()
    await console.waitFor('not known: plugins')
    console.press('2')
    console.press('s')
    await console.waitFor('REFUSED because plugins are unknown')
    console.press('Y')
    await console.waitFor('why do it anyway')
    console.type('the list is being repaired')
    console.press('enter')
    await console.waitFor('type prod-eu and enter to send')
    expect(await writes()).toEqual([])
    console.type('prod-eu')
    console.press('enter')
    await console.waitFor(/ DONE\b/)
    expect(await writes()).toEqual(['POST /services', 'POST /routes'])
    expect((await run('history')).out).toContain('without knowing plugin: the list is being repaired')
  })
})
