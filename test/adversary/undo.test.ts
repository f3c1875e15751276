import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { GatewayFront } from '../gateway-front.ts'
import { gatewatch } from '../program.ts'
import { UndoBed } from './undo-bed.ts'

let bed: UndoBed
beforeAll(async () => {
  bed = await UndoBed.start()
})
afterAll(() => bed[Symbol.asyncDispose]())
beforeEach(() => bed.clear())

const service = (name: string, more = ''): string => `
- name: ${name}
  host: ${name}.internal
${more}`
const services = (...texts: readonly string[]): string => `_format_version: "3.0"\nservices:${texts.join('')}`

describe('the sync that undo takes back', () => {
  it('is the last one, even if it was a saved plan that was applied', async () => {
    await bed.sync(services(service('a')))
    const first = await bed.held()
    bed.write('next.yaml', services(service('a', '  retries: 3\n')))
    await bed.run(['plan', '--out', 'p.json', 'next.yaml'])
    expect((await bed.run(['apply', '--yes', 'p.json', 'next.yaml'])).code).toBe(0)
    expect(await bed.history()).toHaveLength(2)
    expect((await bed.undo(['next.yaml'])).code).toBe(0)
    expect(await bed.held()).toEqual(first)
  })

  it('is the last one, even if a tool reordered the plan before it was applied', async () => {
    await bed.sync(services(service('a')))
    bed.write('next.yaml', services(service('a', '  retries: 3\n')))
    await bed.run(['plan', '--out', 'p.json', 'next.yaml'])
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, item]) => [name, reversed(item)]),
      )
    }
    bed.write('q.json', JSON.stringify(reversed(JSON.parse(readFileSync(join(bed.work, 'p.json'), 'utf8')))))
    expect((await bed.run(['apply', '--yes', 'q.json', 'next.yaml'])).code).toBe(0)
    expect((await bed.undo(['next.yaml'])).err).toContain('retries  now 3 → then 5')
    bed.write('p.json', readFileSync(join(bed.work, 'q.json'), 'utf8').replace('"git":3', '"git":4'))
    expect((await bed.run(['apply', '--yes', 'p.json', 'next.yaml'])).err).toContain('was changed after')
  })

  it('is taken back once: a second undo says so, names an older one, and changes nothing', async () => {
    await bed.sync(services(service('a')))
    await bed.sync(services(service('a'), service('b')))
    const [second, first] = await bed.history()
    expect((await bed.undo()).code).toBe(0)
    expect(await bed.names('services')).toEqual(['a'])
    for (const _ of [1, 2]) {
      const again = await bed.undo()
      expect(again.code).toBe(1)
      expect(again.err).toContain(`the sync ${second?.id?.slice(0, 8)} was taken back`)
      expect(again.err).toContain(`gatewatch undo --sync ${first?.id?.slice(0, 8)}`)
      expect(await bed.names('services')).toEqual(['a'])
    }
    const named = await bed.undo(['--sync', second?.id?.slice(0, 8) ?? '', 'kong.yaml'])
    expect(named.err).toContain('was taken back')
    expect((await bed.undo(['--sync', first?.id?.slice(0, 10) ?? '', 'kong.yaml'])).code).toBe(0)
    expect(await bed.names('services')).toEqual([])
    expect((await bed.undo()).err).toContain('No other sync could be taken back')
  })

  it('is neither one that the gateway refused as a whole nor one that had nothing to do', async () => {
    await bed.sync(services(service('a')))
    await bed.sync(services(service('a')))
    await bed.control.setFaults([
      // The first is the check of its shape.
      { fault: 'status', status: 409, methods: ['POST'], kinds: ['services'], after: 1 },
    ])
    bed.write('kong.yaml', services(service('a'), service('b')))
    expect((await bed.run(['sync', '--yes', 'kong.yaml'])).code).toBe(1)
    await bed.control.setFaults([])
    const [refused, idle, first] = await bed.history()
    expect(refused).toMatchObject({ done: 0, failed: [{}] })
    expect(idle).toMatchObject({ done: 0, steps: 0 })
    const named = await bed.undo(['--sync', refused?.id ?? '', 'kong.yaml'])
    expect(named.err).toContain('had no effect, so there is nothing to take back')
    expect((await bed.undo()).err).toContain(`taking back the sync ${first?.id?.slice(0, 8)}`)
    expect(await bed.names('services')).toEqual([])
  })

  it('can be named by the beginning of its id, if that is unique', async () => {
    // Of 17 ids two begin with the same digit.
    for (let i = 1; i <= 17; i++) await bed.sync(services(service(`s${i}`)))
    const ids = (await bed.history()).map(each => each.id?.slice(0, 1) ?? '')
    const twice = ids.find((id, i) => ids.indexOf(id) !== i) ?? ''
    const ambiguous = await bed.undo(['--sync', twice, 'kong.yaml'])
    expect(ambiguous.code).toBe(1)
    expect(ambiguous.err).toMatch(new RegExp(`\\d syncs begin with ${twice}: ${twice}[0-9a-f]{7}, `))
    expect((await bed.undo(['--sync', '', 'kong.yaml'])).err).toContain('--sync names no sync: it is empty')
    expect(await bed.names('services')).toEqual(['s17'])
  })

  it('stays open to undo if a part could not be undone, which is reported', async () => {
    await bed.sync(services(service('a'), service('b')))
    await bed.sync(services(service('a', '  retries: 1\n'), service('b', '  retries: 1\n')))
    await bed.request('PATCH', '/services/a', { retries: 7 })
    const [sync] = await bed.history()
    const part = await bed.undo()
    expect(part.code).toBe(1)
    expect(part.err).toContain('stays    service a was changed since that sync, and stays as it is')
    expect(await bed.request('GET', '/services/b')).toMatchObject({ retries: 5 })
    const [, open] = await bed.history()
    expect(open).toMatchObject({ id: sync?.id, takenBack: 'part' })
    const nothing = await bed.undo()
    expect(nothing.code).toBe(1)
    expect(nothing.err).toContain('nothing could be taken back')
    await bed.request('PATCH', '/services/a', { retries: 1 })
    expect((await bed.undo()).code).toBe(0)
    expect(await bed.request('GET', '/services/a')).toMatchObject({ retries: 5 })
    expect((await bed.undo()).err).toContain(`the sync ${sync?.id?.slice(0, 8)} was taken back`)
  })
})

describe('a journal that can’t be relied on', () => {
  beforeEach(async () => {
    await bed.sync(services(service('a')))
    await bed.sync(services(service('a'), service('b')))
  })

  const damages: readonly (readonly [string, () => void, string])[] = [
    [
      'was edited by hand',
      () => edit(-1, text => text.replace('"type":"done"', '"type":"failed"')),
      'this line does not match those before it',
    ],
    [
      'lost its end',
      () => edit(-1, text => `${text.split('\n').slice(0, 2).join('\n')}\n`),
      'entries are missing',
    ],
    ['is missing', () => rmSync(bed.journals().at(-1) ?? ''), 'is missing'],
    ['is no JSON any more', () => edit(-1, text => text.replace('{', '')), 'this line does not match'],
  ]
  it.each(damages)(
    'stops undo where it %s, and shows in history and journal verify',
    async (_, damage, why) => {
      const file = bed.journals().at(-1) ?? ''
      expect((await bed.run(['journal', 'verify'])).code).toBe(0)
      damage()
      const undone = await bed.undo()
      expect(undone.code).toBe(1)
      expect(undone.err).toContain(file)
      expect(undone.err).toContain(why)
      expect(await bed.names('services')).toEqual(['a', 'b'])
      const history = await bed.run(['history'])
      expect(history.code).toBe(1)
      expect(history.out).toContain(`can't be relied on  ${file}`)
      const verified = await bed.run(['journal', 'verify', '--output', 'json'])
      expect(verified.code).toBe(1)
      expect(verified.out).toContain(file)
      // Whoever looked at it may name a sync whose journal is whole.
      const older = (await bed.history()).find(each => each.id !== null)
      const named = await bed.undo(['--sync', older?.id ?? '', 'kong.yaml'])
      expect(named.err).toContain('gatewatch: warning: ')
      expect(await bed.names('services')).toEqual(['b'])
    },
  )

  it('does not affect a later sync', async () => {
    edit(-1, text => text.replace('"type":"done"', '"type":"failed"'))
    await bed.sync(services(service('a'), service('b'), service('c')))
    expect((await bed.undo()).code).toBe(0)
    expect(await bed.names('services')).toEqual(['a', 'b'])
  })
})

function edit(index: number, change: (text: string) => string): void {
  const file = bed.journals().at(index) ?? ''
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}

describe('what the gateway made up', () => {
  it.each([
    ['a secret', 'plugins:\n- name: session\n'],
    ['a key', 'plugins:\n- name: oauth2\n  config: {enable_client_credentials: true}\n'],
    [
      'a client secret',
      'consumers:\n- username: joe\n  oauth2_credentials:\n  - {name: app, client_id: app, redirect_uris: ["https://a.example"]}\n',
    ],
    [
      'defaults of others',
      'services:\n- name: g\n  url: grpc://g.example:9000\n  routes:\n  - name: gr\n    protocols: [grpc]\n    paths: [/pkg.Svc/]\n',
    ],
  ])('is not an edit: what came with %s is removed', async (_, text) => {
    await bed.sync(`_format_version: "3.0"\n${text}`)
    expect(await bed.held()).not.toEqual({})
    const undone = await bed.undo()
    expect(undone.err).not.toContain('changed since')
    expect(undone.code).toBe(0)
    expect(await bed.held()).toEqual({})
  })

  it('is not an edit if the gateway chooses another default at each start', async () => {
    await using front = await GatewayFront.start(bed.address)
    bed.write('kong.yaml', '_format_version: "3.0"\nplugins:\n- name: session\n')
    const at = ['--kong-addr', front.address, 'kong.yaml']
    const run = (...args: readonly string[]) =>
      gatewatch([...args, ...at], { cwd: bed.work, env: { GATEWATCH_STATE_DIR: bed.state } })
    expect((await run('sync', '--yes')).code).toBe(0)
    expect(await bed.names('plugins')).toEqual(['session'])
    front.intercept = ({ url = '' }, response) => {
      if (!url.startsWith('/schemas/plugins/session')) return false
      void fetch(bed.address + url).then(async answer => {
        const text = await answer.text()
        // The schema's field, as a worker of Kong's that was started anew tells it.
        const told = text.replace(/("secret":\{[^}]*"default":")[^"]*"/, '$1canary-of-another-start"')
        expect(told).not.toBe(text)
        response.writeHead(200, { 'content-type': 'application/json' }).end(told)
      })
      return true
    }
    const undone = await run('undo', '--yes')
    expect(undone.err).not.toContain('changed since')
    expect(undone.code).toBe(0)
    expect(await bed.names('plugins')).toEqual([])
  })

  it('is an edit once somebody else sets it', async () => {
    await bed.sync('_format_version: "3.0"\nplugins:\n- name: session\n')
    const { plugins = [] } = await bed.control.state()
    await bed.request('PATCH', `/plugins/${plugins[0]?.id}`, { config: { secret: 'canary-set-by-hand' } })
    const undone = await bed.undo()
    expect(undone.err).toContain('plugin session (global) was changed since that sync')
    expect(undone.code).toBe(1)
    expect(await bed.names('plugins')).toEqual(['session'])
  })
})

it('only what a sync wrote is put back: what others wrote to other fields stays', async () => {
  await bed.sync(services(service('a', '  retries: 1\n  path: /x\n')))
  await bed.sync(services(service('a', '  retries: 2\n')))
  await bed.request('PATCH', '/services/a', { connect_timeout: 7000 })
  expect((await bed.undo()).code).toBe(0)
  expect(await bed.request('GET', '/services/a')).toMatchObject({
    retries: 1,
    path: '/x',
    connect_timeout: 7000,
  })
})

const oauth2 = `
    plugins:
    - name: oauth2
      config: {enable_client_credentials: true, provision_key: canary-provision-key, scopes: [a]}
`
const withRoute = (plugins = '', ofService = ''): string =>
  services(`
- name: a
  host: a.internal
  routes:
  - name: r
    paths: [/r]${plugins}${ofService}`)
const key = (text: string): string =>
  `_format_version: "3.0"\nconsumers:\n- username: joe\n  keyauth_credentials:\n  - key: ${text}\n`

describe('what belongs together', () => {
  const protections: readonly (readonly [string, string])[] = [
    ['its route', withRoute(oauth2)],
    ['its service', withRoute('', oauth2.replaceAll('\n    ', '\n  '))],
    [
      'everything',
      `${withRoute()}\nplugins:${oauth2.replace('\n    plugins:', '').replaceAll('\n    ', '\n')}`,
    ],
  ]
  it.each(protections)(
    'is not restored without the authentication of %s, whose secret is lost',
    async (_, before) => {
      await bed.sync(before)
      await bed.sync('_format_version: "3.0"\nservices:\n- name: other\n  host: o\n')
      const undone = await bed.undo()
      expect(undone.code).toBe(1)
      expect(undone.err).toMatch(/plugin oauth2 .* can’t be restored: one of its secrets is kept nowhere/)
      expect(undone.err).toContain('route r is not restored without')
      expect(await bed.names('routes')).toEqual([])
      expect(await bed.names('plugins')).toEqual([])
    },
  )

  it('is restored together if it can be', async () => {
    await bed.makeKey()
    await bed.sync(withRoute(oauth2))
    const first = await bed.held()
    await bed.sync('_format_version: "3.0"\n')
    expect((await bed.undo()).code).toBe(0)
    expect(await bed.held()).toEqual(first)
  })

  it('stays in part if a person leaves its protection out of the plan', async () => {
    await bed.makeKey()
    await bed.sync(withRoute(oauth2))
    await bed.sync('_format_version: "3.0"\n')
    const undone = await bed.undo(['--exclude', 'create plugin oauth2 for route r', 'kong.yaml'])
    expect(undone.err).toContain('left out: create route r (needs create plugin oauth2 for route r)')
    expect(await bed.names('routes')).toEqual([])
  })

  it('is one key or the other: the new one stays if the old one is lost', async () => {
    await bed.sync(key('canary-key-old-0001'))
    await bed.sync(key('canary-key-new-0002'))
    const undone = await bed.undo()
    expect(undone.code).toBe(1)
    expect(undone.err).toMatch(
      /key-auth #\d of consumer \w+ stays, because key-auth #\d of consumer \w+, which was there before it, can’t be restored/,
    )
    const { 'key-auths': keys = [] } = await bed.control.state()
    expect(keys.map(each => each.key)).toEqual(['canary-key-new-0002'])
  })

  it('includes keys deleted with their consumer, named by number and not by digest', async () => {
    await bed.makeKey()
    const two = ['canary-key-old-0001', 'canary-key-old-0002'].map(each => `{key: ${each}}`).join(', ')
    await bed.sync(
      `_format_version: "3.0"\nconsumers: [{username: u, keyauth_credentials: [${two}]}, {username: other}]\n`,
    )
    await bed.sync('_format_version: "3.0"\nconsumers: [{username: other}]\n')
    const undone = await bed.undo()
    expect(undone.code).toBe(0)
    for (const n of [1, 2]) expect(undone.err).toContain(`+ key-auth #${n} of consumer u`)
    expect(undone.err + undone.out).not.toMatch(/key-auth [0-9a-f]{24}/)
  })

  it('is one key or the other: the old one is back if it was sealed', async () => {
    await bed.makeKey()
    await bed.sync(key('canary-key-old-0001'))
    await bed.sync(key('canary-key-new-0002'))
    expect((await bed.undo()).code).toBe(0)
    const { 'key-auths': keys = [] } = await bed.control.state()
    expect(keys.map(each => each.key)).toEqual(['canary-key-old-0001'])
  })

  it('is one authentication or the other, whatever their scopes', async () => {
    await bed.sync(withRoute(oauth2))
    await bed.sync(withRoute('', '\n  plugins:\n  - name: key-auth\n'))
    const undone = await bed.undo()
    expect(undone.code).toBe(1)
    expect(undone.err).toContain('plugin key-auth for service a stays')
    expect(await bed.names('plugins')).toEqual(['key-auth'])
  })
})
