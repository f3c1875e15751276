import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { orThrow } from '../../src/model/problem.ts'
import { loadProviders } from '../../src/providers/index.ts'
import { Providers } from '../../src/providers/provider.ts'
import { FleetStore } from '../../src/workflows/fleet/fleet.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import { runCommand } from '../command-run.ts'
import { jsonFolder } from '../providers/json-folder.ts'
import { stage } from './console-stage.ts'

const providers = new Providers([...(await loadProviders()).all, jsonFolder])

const config = `version: 1
environments: [dev]
targets:
  shop:
    environment: dev
    protected: false
    folder: { path: live }
    manifests: [wanted.json]
`

const orders = '0a0a0a0a-0000-4000-8000-000000000001'

/** How long a console may take on a machine that does much else. */
const soon = { timeout: 20_000 }

/** What the manifests want: another address of one API, and a new one with a quota. */
const wanted = {
  entities: [
    { kind: 'api', name: 'orders', url: 'http://orders.new' },
    { kind: 'api', name: 'payments', url: 'http://payments' },
    { kind: 'quota', name: 'payments-limit', api: 'payments', per_minute: 5 },
  ],
}

describe('a provider whose gateways are folders of JSON files', () => {
  let work: string
  let env: Readonly<Record<string, string>>
  beforeEach(async () => {
    work = await mkdtemp(join(tmpdir(), 'gatewatch-folder-'))
    env = { GATEWATCH_STATE_DIR: join(work, 'state') }
    await mkdir(join(work, 'live'))
    const live = { id: orders, name: 'orders', url: 'http://orders', tags: ['old'] }
    await writeFile(join(work, 'live', `api.${orders}.json`), JSON.stringify(live))
    await writeFile(join(work, 'gatewatch.yaml'), config)
    await writeFile(join(work, 'wanted.json'), JSON.stringify(wanted))
  })
  afterEach(() => rm(work, { recursive: true }))

  const run = (...args: string[]) => runCommand(args, { cwd: work, env, providers: async () => providers })

  /** What the gateway holds, by the names of its entities. */
  async function held(): Promise<Readonly<Record<string, unknown>>> {
    const files = await readdir(join(work, 'live'))
    const texts = await Promise.all(files.map(file => readFile(join(work, 'live', file), 'utf8')))
    return Object.fromEntries(
      texts.map(text => JSON.parse(text)).map(({ id: _, name, ...rest }) => [name, rest]),
    )
  }

  test('has an inventory that marks what it can’t know as unknown', async () => {
    const { code, out } = await run('inventory', '--output', 'json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      apis: [{ target: 'shop', service: 'orders', route: null, authentication: null, managed: true }],
    })
  })

  test('reports how its gateways differ from the manifests, at their lines', async () => {
    const { code, out } = await run('diff', '--output', 'json')
    expect(code).toBe(2)
    expect(JSON.parse(out)).toMatchObject({
      changes: [
        { operation: 'update', kind: 'api', name: 'orders', source: { file: 'wanted.json', line: 1 } },
        { operation: 'create', kind: 'api', name: 'payments' },
        { operation: 'create', kind: 'quota', name: 'payments-limit' },
      ],
    })
  })

  test('plans, syncs in the order of its kinds, and takes a sync back', async () => {
    const before = await held()
    const plan = await run('plan')
    expect(plan.code).toBe(2)
    expect(plan.out).toMatch(/write api\.[\s\S]*write quota\./)
    expect(await held()).toEqual(before)
    const synced = await run('sync', '--yes')
    expect(synced.err).not.toContain('fault')
    expect(synced.code).toBe(0)
    expect(await held()).toEqual({
      orders: { url: 'http://orders.new', tags: null },
      payments: { url: 'http://payments', tags: null },
      'payments-limit': { api: 'payments', per_minute: 5, tags: null },
    })
    expect((await run('diff')).code).toBe(0)
    const undone = await run('undo', '--yes')
    expect(undone.code).toBe(0)
    expect(await held()).toEqual(before)
  })

  test('reports that it is unknown how requests are answered', async () => {
    const { code, out } = await run('explain', 'GET http://shop.example/', '--target', 'shop')
    expect(code).toBe(1)
    expect(out).toContain('not known from here')
  })

  test('is shown by the console, which sends a sync to it', async () => {
    const project = orThrow(await openProject({ cwd: work, env, providers }))
    const store = new FleetStore(project)
    await store.refresh()
    await using console = await stage(store)
    expect(console.screen()).toContain('shop')
    await console.type('s')
    await vi.waitFor(() => expect(console.screen()).toMatch(/api orders/), soon)
    await console.type('Y')
    await vi.waitFor(async () => expect(await held()).toHaveProperty('payments-limit'), soon)
    await store.close()
  })
})
