import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { FleetStore } from '../../src/workflows/fleet/fleet.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import { typedConfirmation } from '../../src/workflows/syncing/confirmation.ts'
import { runCommand } from '../command-run.ts'
import { GatewayBed } from '../gateway-bed.ts'
import { GatewayFront } from '../gateway-front.ts'
import type { Ended } from '../program.ts'
import { type Way, ways } from './opening-ways.ts'

let work: string
let bed: GatewayBed
let dbless: GatewayBed
beforeAll(async () => {
  bed = await GatewayBed.start()
  dbless = await GatewayBed.start({ dbless: true })
})
afterAll(async () => {
  await bed[Symbol.asyncDispose]()
  await dbless[Symbol.asyncDispose]()
})
beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-no-moment-open-'))
  await bed.clear()
  return () => rm(work, { recursive: true })
})

const run = (...args: string[]): Promise<Ended> =>
  runCommand(args, { cwd: work, env: { GATEWATCH_STATE_DIR: join(work, 'state') } })

const at = (gateway: GatewayBed): readonly string[] => ['--kong-addr', gateway.address]

/** A manifest with so many services, routes of each and consumers. */
function manifest(services: number, { routes = 0, consumers = 0, tag = '' } = {}): string {
  const tags = tag === '' ? {} : { tags: [tag] }
  return JSON.stringify({
    _format_version: '3.0',
    services: Array.from({ length: services }, (_, s) => ({
      name: `s${s}`,
      host: 'h.example',
      ...tags,
      routes: Array.from({ length: routes }, (_, r) => ({
        name: `s${s}-r${r}`,
        paths: [`/${s}/${r}`],
        ...tags,
      })),
    })),
    consumers: Array.from({ length: consumers }, (_, c) => ({ username: `c${c}`, ...tags })),
  })
}

function write(text: string, name = 'kong.yaml'): string {
  writeFileSync(join(work, name), text)
  return name
}

const nothing = '_format_version: "3.0"\n'

describe('a deletion by accident', () => {
  /** What is there, what is wanted, how many deletions that is, and why their number must be said; null: it need not. */
  const cases: readonly (readonly [string, string, string, number, string | null])[] = [
    [
      'everything of a target',
      manifest(4, { routes: 2, consumers: 7 }),
      nothing,
      19,
      '19 of 19 entities: everything',
    ],
    ['all of three entities', manifest(3), nothing, 3, '3 of 3 entities: everything'],
    [
      'all routes of a target',
      manifest(10, { consumers: 10, routes: 1 }),
      manifest(10, { consumers: 10 }),
      10,
      'all 10 routes',
    ],
    ['all three of a kind', manifest(30, { consumers: 3 }), manifest(30), 3, 'all 3 consumers'],
    ['half of a target', manifest(6), manifest(3), 3, 'half or more'],
    ['more than 20 and a tenth', manifest(60), manifest(39), 21, '21 of 60 entities'],
    ['20 of many', manifest(60), manifest(40), 20, null],
    ['less than half', manifest(7), manifest(4), 3, null],
    ['both entities of a small target', manifest(1, { routes: 1 }), nothing, 2, null],
  ]

  it.each(cases)(
    'of %s needs the number in a sync where that is much',
    async (_what, before, after, count, why) => {
      expect((await run('sync', '--yes', ...at(bed), write(before))).code).toBe(0)
      await bed.control.forgetRequests()
      const file = write(after)
      const ended = await run('sync', '--yes', ...at(bed), file)
      if (why === null) {
        expect(ended.code).toBe(0)
        return
      }
      expect(ended.code).toBe(1)
      expect(ended.err).toContain(why)
      expect(ended.err).toContain(`--allow-deletes ${count};`)
      expect((await run('plan', ...at(bed), file)).err).toContain(`--allow-deletes ${count};`)
      const fewer = await run('sync', '--yes', ...at(bed), '--allow-deletes', String(count - 1), file)
      expect(fewer.err).toContain(`deletes ${count} entities, but ${count - 1} are allowed`)
      expect(await bed.writes()).toEqual([])
      expect((await run('sync', '--yes', ...at(bed), '--allow-deletes', String(count), file)).code).toBe(0)
    },
  )

  it('by cascade counts like any other', async () => {
    await bed.request('POST', '/consumers', { username: 'joe', tags: ['ours'] })
    for (const key of ['k-1', 'k-2', 'k-3']) await bed.request('POST', '/consumers/joe/key-auth', { key })
    for (let i = 0; i < 10; i += 1)
      await bed.request('POST', '/consumers', { username: `c${i}`, tags: ['ours'] })
    const file = write(manifest(0, { consumers: 10, tag: 'ours' }))
    const ended = await run('sync', '--yes', '--exclude', 'delete key-auth x', ...at(bed), file)
    expect(ended.err).toContain('all 3 keyauth credentials')
    expect(ended.err).toContain('--allow-deletes 4;')
  })

  it('is measured by what the manifests own, not by what others have there', async () => {
    for (let i = 0; i < 40; i += 1)
      await bed.request('POST', '/services', { name: `x${i}`, host: 'h', tags: ['theirs'] })
    expect((await run('sync', '--yes', ...at(bed), '--select-tag', 'ours', write(manifest(4)))).code).toBe(0)
    for (const command of ['sync', 'undo']) {
      const ended = await run(command, '--yes', ...at(bed), '--select-tag', 'ours', write(nothing))
      expect(ended.err).toContain('4 of 4 entities: everything')
      expect(ended.code).toBe(1)
    }
  })

  it('needs the number in an undo and in a reset too', async () => {
    expect((await run('sync', '--yes', ...at(bed), write(manifest(3, { routes: 1 })))).code).toBe(0)
    await bed.control.forgetRequests()
    for (const command of [
      ['undo', '--yes'],
      ['reset', '--force'],
    ]) {
      const ended = await run(...command, ...at(bed))
      expect(ended.code).toBe(1)
      expect(ended.err).toContain('6 of 6 entities: everything')
      expect(ended.err).toContain('--allow-deletes 6;')
    }
    expect(await bed.writes()).toEqual([])
    expect((await run('undo', '--yes', '--allow-deletes', '6', ...at(bed))).code).toBe(0)
    expect((await bed.writes()).length).toBe(6)
  })

  it('needs the number at a gateway that is written as one document too', async () => {
    expect((await run('sync', '--yes', ...at(dbless), write(manifest(3)))).code).toBe(0)
    const ended = await run('sync', '--yes', ...at(dbless), write(nothing))
    expect(ended.err).toContain('3 of 3 entities: everything')
    expect(ended.code).toBe(1)
    expect(JSON.stringify(await dbless.request('GET', '/services'))).toContain('s2')
    expect((await run('sync', '--yes', '--allow-deletes', '3', ...at(dbless), write(nothing))).code).toBe(0)
  })

  it('is not a deletion if an entity is only recreated under another id', async () => {
    const withIds = (end: string) =>
      JSON.stringify({
        _format_version: '3.0',
        consumers: [1, 2, 3].map(n => ({
          username: `c${n}`,
          id: `00000000-0000-4000-8000-0000000000${n}${end}`,
        })),
      })
    expect((await run('sync', '--yes', ...at(bed), write(withIds('0')))).code).toBe(0)
    expect((await run('sync', '--yes', ...at(bed), write(withIds('1')))).code).toBe(0)
  })

  it('does not result from an empty tag, wherever it is', async () => {
    expect((await run('sync', '--yes', ...at(bed), write(manifest(2)))).code).toBe(0)
    await bed.control.forgetRequests()
    const file = write(nothing)
    for (const tag of ['', ',', ' ', 'a,', 'a,,b']) {
      for (const args of [
        ['sync', '--yes', '--select-tag', tag, file],
        ['reset', '--force', '--select-tag', tag],
      ]) {
        const ended = await run(...args, ...at(bed))
        expect(ended.code).toBe(1)
        expect(ended.err).toMatch(/empty tag|tag must not be empty/)
      }
    }
    const tagged = write('_format_version: "3.0"\n_info:\n  select_tags:\n  - ""\n')
    const ended = await run('sync', '--yes', ...at(bed), tagged)
    expect(ended.err).toMatch(/kong\.yaml:4:5: .*must be a tag, but is empty/)
    expect(ended.code).toBe(1)
    expect(await bed.writes()).toEqual([])
  })
})

describe('a review in the console', () => {
  it('of a sync, or of an undo, that deletes everything has the number typed', async () => {
    expect((await run('sync', '--yes', ...at(bed), write(manifest(3)))).code).toBe(0)
    const opened = await openProject({
      cwd: work,
      kongAddr: bed.address,
      files: [join(work, write(nothing))],
      stateFolder: join(work, 'state'),
      env: {},
    })
    if (!opened.ok) throw new Error('no workspace')
    const store = new FleetStore(opened.value)
    const target = opened.value.targets[0]?.name ?? ''
    await store.refresh()
    const all = { excluded: new Set<string>(), deletes: true }
    const synced = store.review(target, all)
    const [item] = await store.history()
    if (item?.type !== 'sync') throw new Error('no sync')
    const { sync } = item
    expect((await store.prepareUndo(sync)).ok).toBe(true)
    const undone = store.review(target, { ...all, undoes: sync.plan.id })
    for (const review of [synced, undone]) {
      expect(review).toMatchObject({
        meaning: { guarded: { count: 3, text: '3 of 3 entities: everything there is' } },
      })
      expect('meaning' in review && typedConfirmation(target, review.meaning)).toBe('delete 3')
    }
    await store.close()
  })
})

describe('--yes', () => {
  const open = {
    _format_version: '3.0',
    services: [{ name: 's', host: 'h.example', routes: [{ name: 'r', paths: ['/r'] }] }],
  }
  const closed = { ...open, plugins: [{ name: 'key-auth', config: { hide_credentials: true } }] }
  const limited = { ...closed, consumers: [{ username: 'joe' }] }

  beforeEach(() => {
    const target = (environment: string) => `
    environment: ${environment}
    kong: {address: "${bed.address}"}
    manifests: [kong.yaml]`
    const text = `version: 1
environments: [dev, prod]
targets:
  dev-eu:${target('dev')}
  prod-eu:${target('prod')}
`
    write(text, 'gatewatch.yaml')
  })

  const kong = (value: object): string => write(JSON.stringify(value))

  it('does not replace the name of a protected target that loses an entity or a protection', async () => {
    kong(limited)
    expect((await run('sync', '--yes', '--target', 'prod-eu')).code).toBe(0)
    await bed.control.forgetRequests()
    for (const wanted of [
      closed,
      { ...limited, plugins: [] },
      { ...limited, plugins: [{ ...closed.plugins[0], enabled: false }] },
    ]) {
      kong(wanted)
      const ended = await run('sync', '--yes', '--target', 'prod-eu')
      expect(ended.code).toBe(1)
      expect(ended.err).toContain('--confirm prod-eu')
      expect(await bed.writes()).toEqual([])
      const wrong = await run('sync', '--yes', '--confirm', 'dev-eu', '--target', 'prod-eu')
      expect(wrong.code).toBe(1)
      expect(wrong.err).toContain('--confirm names dev-eu')
    }
    expect((await run('sync', '--yes', '--confirm', 'prod-eu', '--target', 'prod-eu')).code).toBe(0)
  })

  it('is enough if nothing is lost, and at targets that are not protected', async () => {
    kong(closed)
    expect((await run('sync', '--yes', '--target', 'prod-eu')).code).toBe(0)
    kong(limited)
    expect((await run('sync', '--yes', '--target', 'prod-eu')).code).toBe(0)
    kong(open)
    expect((await run('sync', '--yes', '--target', 'dev-eu')).code).toBe(0)
  })

  it('is not enough for a saved plan, an undo or a reset either', async () => {
    kong(limited)
    expect((await run('sync', '--yes', '--target', 'prod-eu')).code).toBe(0)
    kong(closed)
    expect((await run('plan', '--out', 'plan.json', '--target', 'prod-eu')).code).toBe(2)
    await bed.control.forgetRequests()
    for (const command of [
      ['apply', 'plan.json', '--yes'],
      ['undo', '--yes', '--target', 'prod-eu', '--allow-deletes', '4'],
      ['reset', '--force', '--target', 'prod-eu', '--allow-deletes', '4'],
    ]) {
      const ended = await run(...command)
      expect([command, ended.code]).toEqual([command, 1])
      expect(ended.err).toContain('--confirm prod-eu')
    }
    expect(await bed.writes()).toEqual([])
    expect((await run('apply', 'plan.json', '--yes', '--confirm', 'prod-eu')).code).toBe(0)
    expect((await bed.writes()).length).toBe(1)
  })

  it('is not enough for a loss in a saved plan, whatever the manifest says by now', async () => {
    kong(closed)
    expect((await run('sync', '--yes', '--target', 'prod-eu')).code).toBe(0)
    kong({ ...open, plugins: [{ ...closed.plugins[0], enabled: false }] })
    expect((await run('plan', '--out', 'plan.json', '--target', 'prod-eu')).code).toBe(2)
    kong(closed)
    await bed.control.forgetRequests()
    const ended = await run('apply', 'plan.json', '--yes')
    expect(ended.err).toContain('LOSES AUTHENTICATION')
    expect(ended.err).toContain('--confirm prod-eu')
    expect(ended.code).toBe(1)
    expect(await bed.writes()).toEqual([])
  })
})

const resultSchema = z.looseObject({
  notSent: z.number(),
  halfWay: z.array(z.object({ kind: z.string(), name: z.string(), state: z.string() })),
})

describe('no moment open', () => {
  let gateway: GatewayBed
  let upstream: Server
  /** What the upstream was asked for since it was last looked at. */
  let reached: string[] = []
  beforeAll(async () => {
    gateway = await GatewayBed.start({ proxyPort: 0 })
    upstream = createServer((request, response) => {
      reached.push(request.url ?? '')
      response.end('upstream')
    })
    await new Promise<void>(resolve => upstream.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    upstream.close()
    await gateway[Symbol.asyncDispose]()
  })

  const port = (): number => {
    const address = upstream.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** What comes through to the upstream of requests without any credential. */
  async function openPaths(way: Way): Promise<readonly string[]> {
    const open: string[] = []
    for (const path of way.probes) {
      reached = []
      const answer = await fetch(gateway.proxy + path)
      await answer.arrayBuffer()
      open.push(...reached.map(url => `${path} to ${url}`))
    }
    return open
  }

  const kong = (content: object): string => write(JSON.stringify({ _format_version: '3.0', ...content }))
  const syncTo = (content: object): Promise<Ended> =>
    run('sync', '--yes', '--allow-deletes', '100', '--output', 'json', ...at(gateway), kong(content))

  /** All that it holds, but when that was written. */
  async function held(): Promise<string> {
    const state = await gateway.control.state()
    const lists = Object.entries(state).map(([name, list]) => [
      name,
      list.map(({ updated_at: _, created_at: __, ...rest }) => JSON.stringify(rest)).toSorted(),
    ])
    return JSON.stringify(lists)
  }

  const isWrite = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
    method !== 'GET' && !path.endsWith('/validate')

  it.each(ways(0).map(({ name }) => name))(
    'when %s, and any of its requests fails, nothing answers that answers neither before nor after',
    async name => {
      const way = ways(port()).find(each => each.name === name)
      if (!way) throw new Error(name)
      await gateway.clear()
      expect((await syncTo(way.before)).code).toBe(0)
      const first = await gateway.control.state()
      const before = await held()
      const openBefore = await openPaths(way)
      await gateway.control.forgetRequests()
      expect((await syncTo(way.after)).code).toBe(0)
      const openAfter = await openPaths(way)
      const allowed = new Set([...openBefore, ...openAfter])
      const posts = (await gateway.control.requests()).filter(({ method }) => method !== 'GET')
      const checks = posts.filter(each => !isWrite(each)).length
      const writes = posts.length - checks
      let halfWay = 0
      for (let failing = 0; failing < writes; failing += 1) {
        for (const fault of ['status', 'reset'] as const) {
          await gateway.control.setFaults([])
          await gateway.control.setState(first)
          const methods = ['POST', 'PUT', 'PATCH', 'DELETE']
          const times = fault === 'status' ? 1 : 2
          await gateway.control.setFaults([{ fault, status: 500, methods, after: checks + failing, times }])
          const ended = await syncTo(way.after)
          await gateway.control.setFaults([])
          const open = (await openPaths(way)).filter(each => !allowed.has(each))
          expect([failing, fault, open]).toEqual([failing, fault, []])
          const result = resultSchema.parse(JSON.parse(ended.out))
          if (result.notSent > 0) halfWay += result.halfWay.length
          // Of two in turn one goes on, and one is taken back.
          if (fault === 'status') {
            expect((await syncTo(way.after)).code).toBe(0)
            expect(await openPaths(way)).toEqual(openAfter)
            expect((await run('diff', ...at(gateway), kong(way.after))).code).toBe(0)
          } else if (failing > 0) {
            const undone = await run(
              'undo',
              '--yes',
              '--allow-deletes',
              '100',
              ...at(gateway),
              kong(way.before),
            )
            expect([failing, undone.err, undone.code]).toEqual([failing, undone.err, 0])
            expect(await held()).toBe(before)
          }
        }
      }
      console.info(`${name}: ${writes} requests, each failed twice; ${halfWay} entities told as half way`)
    },
  )

  it('a preview says what is opened last, in text, JSON and Markdown; a failed sync says what it left closed and what to do', async () => {
    await gateway.clear()
    const one = { name: 'a', host: 'one.internal', routes: [{ name: 'public', paths: ['/public'] }] }
    expect((await syncTo({ services: [one] })).code).toBe(0)
    const guarded = { name: 'r', paths: ['/r'], plugins: [{ name: 'key-auth' }] }
    const file = kong({
      services: [
        { ...one, routes: [...one.routes, guarded] },
        {
          name: 'b',
          host: 'two.internal',
          plugins: [{ name: 'key-auth' }],
          routes: [{ name: 's', paths: ['/s'] }],
        },
      ],
    })
    const line = 'request by request, opened last: service b; route r'
    expect((await run('plan', ...at(gateway), file)).out).toContain(`order    ${line}`)
    expect((await run('plan', '--output', 'markdown', ...at(gateway), file)).out).toContain(line)
    const plan = JSON.parse((await run('plan', '--output', 'json', ...at(gateway), file)).out)
    expect(plan.allOrNothing).toBe(false)
    expect(plan.openedLast).toEqual([
      { kind: 'service', name: 'b' },
      { kind: 'route', name: 'r' },
    ])
    await gateway.control.setFaults([{ fault: 'status', status: 500, methods: ['PATCH'] }])
    const failed = await run('sync', '--yes', ...at(gateway), file)
    await gateway.control.setFaults([])
    expect(failed.code).toBe(1)
    expect(failed.out).toContain('left disabled: service b; the next sync ends that')
    expect(failed.out).toContain('left closed, so that no request matches: route r; the next sync ends that')
    const again = await run('sync', '--yes', ...at(gateway), file)
    expect(again.out).not.toContain('left ')
    expect(again.code).toBe(0)
    expect((await run('diff', ...at(gateway), file)).code).toBe(0)
  })

  it('a preview says of a single request that it is all or nothing', async () => {
    await bed.clear()
    const file = kong({ services: [{ name: 'a', host: 'one.internal' }] })
    expect((await run('plan', ...at(bed), file)).out).toContain('order    all or nothing: it is one request')
    await dbless.clear()
    const document = await run('plan', ...at(dbless), write(manifest(2, { routes: 2 })))
    expect(document.out).toContain('order    all or nothing: it is one request')
  })

  it('a service and routes without plugins need no additional request', async () => {
    await bed.clear()
    expect((await run('sync', '--yes', ...at(bed), write(manifest(3, { routes: 2 })))).code).toBe(0)
    expect((await bed.writes()).filter(each => !each.startsWith('POST'))).toEqual([])
    expect(await bed.writes()).toHaveLength(9)
  })
})

describe('a Kong whose workers act late by what is written', () => {
  /** How long its workers take, in milliseconds. */
  const updateMs = 1_200
  const wanted = {
    _format_version: '3.0',
    services: [
      {
        name: 'a',
        host: 'one.internal',
        plugins: [{ name: 'key-auth' }],
        routes: [{ name: 'r', paths: ['/r'] }],
      },
    ],
  }
  let front: GatewayFront
  /** What was asked or written, and when, in milliseconds. */
  let calls: { readonly call: string; readonly at: number }[]
  beforeEach(async () => {
    calls = []
    front = await GatewayFront.start(bed.address)
    front.intercept = ({ method, url }, response) => {
      calls.push({ call: `${method} ${url}`, at: performance.now() })
      if (method !== 'GET' || url !== '/') return false
      const configuration = {
        database: 'postgres',
        router_flavor: 'traditional_compatible',
        worker_consistency: 'eventual',
        worker_state_update_frequency: updateMs / 1000,
      }
      response.writeHead(200, { 'content-type': 'application/json', server: 'kong/3.9.1' })
      response.end(JSON.stringify({ version: '3.9.1', edition: 'community', configuration }))
      return true
    }
    write(JSON.stringify(wanted))
    return () => front[Symbol.asyncDispose]()
  })

  function fleet(settle: string | undefined, isProtected: boolean): void {
    const kong = { address: front.address, ...(settle === undefined ? {} : { settle }) }
    const target = { environment: 'prod', protected: isProtected, kong, manifests: ['kong.yaml'] }
    write(
      JSON.stringify({ version: 1, name: 'f', environments: ['prod'], targets: { a: target } }),
      'gatewatch.yaml',
    )
  }

  /** How long after the plugin was written its service was opened, in milliseconds. */
  function pauseBeforeOpening(): number {
    const time = (call: RegExp): number => calls.find(each => call.test(each.call))?.at ?? Number.NaN
    return time(/^PATCH \/services\//) - time(/^POST \/plugins/)
  }

  it.each([
    ['as long as it says, at a protected target', undefined, true],
    ['as long as the configuration says, at any', '1500ms', false],
  ] as const)('is given time before a route is opened: %s', async (_how, settle, isProtected) => {
    fleet(settle, isProtected)
    const { code, err } = await run('sync', '--yes')
    expect(code).toBe(0)
    expect(pauseBeforeOpening()).toBeGreaterThanOrEqual(settle === undefined ? updateMs : 1_500)
    expect(err).toContain('the gateway takes over what protects before routes are opened; going on in 2 s')
  })

  it.each([
    ['the configuration says so', '0s', true],
    ['the target is not protected', undefined, false],
  ] as const)('is given none where %s', async (_why, settle, isProtected) => {
    fleet(settle, isProtected)
    const { code, err } = await run('sync', '--yes')
    expect(code).toBe(0)
    expect(pauseBeforeOpening()).toBeGreaterThan(0)
    expect(err).not.toContain('going on in')
  })

  it('gets no more writes if the sync is stopped while it waits', async () => {
    fleet('30s', true)
    const stop = new AbortController()
    front.intercept = ({ method, url }) => {
      if (method === 'POST' && url === '/plugins') setTimeout(() => stop.abort(), 500)
      return false
    }
    const { code, err } = await runCommand(['sync', '--yes'], {
      cwd: work,
      env: { GATEWATCH_STATE_DIR: join(work, 'state') },
      signal: stop.signal,
    })
    expect(code).not.toBe(0)
    expect(err).toContain('not sent')
    expect(await bed.request('GET', '/services/a')).toMatchObject({ enabled: false })
  })
})
