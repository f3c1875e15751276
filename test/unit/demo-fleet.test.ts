import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoSeeds } from '../../scripts/demo-seeds.ts'
import { readManifests } from '../../src/providers/kong/manifest/index.ts'
import { type Change, countChanges } from '../../src/reconcile/drift/drift.ts'
import { demoFixtures } from '../../src/sandbox/demo/fixtures.ts'
import { readHistory } from '../../src/sandbox/demo/history.ts'
import { type Demo, startDemo } from '../../src/sandbox/demo/index.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import type { Project } from '../../src/workflows/project/project.ts'
import type { Compared } from '../../src/workflows/reading/compare-target.ts'
import { compareTargets } from '../../src/workflows/reading/compare-targets.ts'
import { good } from './repo-scratch.ts'

const run = promisify(execFile)

describe('the fixtures', () => {
  test('seeds are up to date (scripts/demo-seeds.ts writes them)', async () => {
    const folder = join(demoFixtures(), 'seeds')
    const made = await demoSeeds()
    expect(readdirSync(folder).sort()).toEqual([...made.keys()].sort())
    for (const [name, text] of made) expect(readFileSync(join(folder, name), 'utf8'), name).toBe(text)
  })

  test('every commit of the history has manifests that can be read', () => {
    const commits = readHistory()
    expect(commits.length).toBeGreaterThanOrEqual(12)
    for (const { message, files } of commits) {
      const manifests = [...files].filter(([path]) => /^(?:kong|environments\/prod)/.test(path))
      const read = readManifests(
        manifests.map(([path, text]) => ({ path, text })),
        { env: {} },
      )
      expect(read.ok, message).toBe(true)
    }
  })

  test('hold no keys', () => {
    const consumers = readFileSync(join(demoFixtures(), 'repository/kong/consumers.yaml'), 'utf8')
    expect(consumers.match(/key: .*/g)?.every(line => /^key: "@key:[a-z-]+@"$/.test(line))).toBe(true)
  })
})

describe('the running demo', () => {
  const now = new Date()
  let demo: Demo
  let project: Project

  beforeAll(async () => {
    demo = await startDemo({ now })
    const options = {
      cwd: demo.folder,
      env: {},
      config: demo.fleetFile,
      stateFolder: demo.stateFolder,
      now: () => now,
    }
    project = good(await openProject(options))
  })
  afterAll(() => demo.stop())

  const compared = async (name: string): Promise<Compared> => {
    const target = project.targets.find(each => each.name === name)
    if (!target) throw new Error(`no target ${name}`)
    const [result] = await compareTargets(project, [target], new AbortController().signal)
    if (!result?.ok) throw new Error(JSON.stringify(result?.error))
    return result.value
  }
  const names = (changes: readonly Change[], cause: string) =>
    changes.filter(change => change.cause === cause).map(({ id }) => id)

  test('has six gateways that listen, in three environments', () => {
    expect(demo.gateways.map(gateway => gateway.name)).toEqual([
      'dev',
      'dev-2',
      'staging',
      'prod-eu',
      'prod-us',
      'prod-ap',
    ])
    expect(project.environments).toEqual(['dev', 'staging', 'prod'])
    for (const { labels } of project.targets)
      expect(Object.keys(labels)).toEqual(['cluster', 'cloud', 'region'])
  })

  test('has a history of several people, and a clean work tree', async () => {
    const { stdout } = await run('git', ['log', '--format=%an'], { cwd: demo.folder })
    expect(new Set(stdout.trim().split('\n'))).toEqual(new Set(['mira', 'jonas', 'aisha', 'ci']))
    expect((await run('git', ['status', '--porcelain'], { cwd: demo.folder })).stdout).toBe('')
  })

  test.each(['dev', 'dev-2'])('%s is in sync', async name => {
    const { drift } = await compared(name)
    expect(drift.changes).toEqual([])
    expect(drift.unknown).toEqual([])
  })

  test('staging was edited by hand, and Git is ahead', async () => {
    const { drift } = await compared('staging')
    expect(names(drift.changes, 'edited live')).toHaveLength(9)
    expect(names(drift.changes, 'git ahead')).toEqual([
      'create route reports-archive',
      'update plugin rate-limiting for route refunds-list',
    ])
    expect(drift.changes.find(change => change.cause === 'git ahead')?.commit?.author).toBe('jonas')
  })

  test('prod-eu lost key-auth on two routes, has a conflict, and entities that nobody manages', async () => {
    const { drift } = await compared('prod-eu')
    expect(names(drift.changes, 'edited live')).toEqual(
      expect.arrayContaining([
        'create plugin key-auth for route disputes-list',
        'create plugin key-auth for route refunds-list',
      ]),
    )
    const conflict = drift.changes.find(change => change.cause === 'conflict')
    expect(conflict).toMatchObject({
      id: 'update service batch',
      fields: [{ path: 'read_timeout', git: 30_000, live: 5000, base: 60_000 }],
      commit: { author: 'ci' },
    })
    const moved = drift.changes.find(change => change.id === 'update route disputes-list')
    expect(moved?.liveUpdatedAt).toBe(Math.floor(now.getTime() / 1000) - 14 * 60)
    expect(drift.notOurs.map(({ kind, key }) => `${kind} ${key}`).sort()).toEqual([
      'plugin ip-restriction for route legacy-export',
      'route legacy-export',
      'service legacy-export',
    ])
  })

  test('a sync of prod-us stopped half way', async () => {
    const { drift, ledger } = await compared('prod-us')
    expect(drift.changes.every(change => change.cause === 'git ahead')).toBe(true)
    expect(countChanges(drift.changes)).toEqual({ create: 1, update: 17, delete: 0 })
    expect(good(ledger.read()).lastSync).toEqual({
      at: new Date(Math.floor(now.getTime() / 1000) * 1000 - 2 * 3_600_000).toISOString(),
      by: 'mira',
      done: 10,
      total: 26,
    })
  })

  test('prod-ap does not answer, and its last sync is known', async () => {
    const target = project.targets.find(each => each.name === 'prod-ap')
    const address = target?.address ?? ''
    await expect(fetch(`${address}/status`, { signal: AbortSignal.timeout(300) })).rejects.toThrow(/timeout/i)
    const ledger = (await project.ledgers.read('prod-ap', project.providers.kinds)).ledger?.read()
    expect(ledger && good(ledger).lastSync).toMatchObject({ by: 'ci' })
  })

  test('is gone when it is stopped', async () => {
    const own = await startDemo({ now })
    const [first] = own.gateways
    await own.stop()
    expect(existsSync(dirname(own.folder))).toBe(false)
    await expect(fetch(first?.adminUrl ?? '')).rejects.toThrow()
  })
})
