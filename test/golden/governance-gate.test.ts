import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/model/json.ts'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { FleetStore } from '../../src/workflows/fleet/fleet.ts'
import { previewFindings } from '../../src/workflows/governance/gate.ts'
import type { PlanFindings } from '../../src/workflows/governance/plan-findings.ts'
import { builtinPolicies } from '../../src/workflows/governance/policies/read-policies.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import type { Project } from '../../src/workflows/project/project.ts'
import { compareTarget } from '../../src/workflows/reading/compare-target.ts'
import { planFor, sync } from '../../src/workflows/syncing/sync.ts'
import type { SyncEvent, SyncOptions, SyncResult } from '../../src/workflows/syncing/sync-events.ts'
import { providers } from '../known-providers.ts'
import { good } from '../unit/repo-scratch.ts'

let sandbox: RunningSandbox
let work: string
const { signal } = new AbortController()

beforeAll(async () => {
  sandbox = await launchSandbox({ gateways: [{ name: 'one', proxyPort: false }] })
})
afterAll(() => sandbox.stop())
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'gatewatch-gate-'))
})
afterEach(async () => {
  await synced({}, 'builtin: []')
  await rm(work, { recursive: true })
})

interface Synced {
  readonly result: SyncResult
  /** What the preview said that it introduces and resolves, by rule. */
  readonly introduces: readonly string[]
  readonly resolves: readonly string[]
  readonly refusal: string | null
}

/** Which face a sync is asked for through. */
const faces = ['headless', 'console'] as const
type Face = (typeof faces)[number]

/** Syncs a manifest to the gateway, a production one unless told otherwise. */
async function synced(
  manifest: JsonObject,
  governance: string | null = 'builtin: true',
  options: SyncOptions & { readonly environment?: string; readonly face?: Face } = {},
): Promise<Synced> {
  const address = sandbox.gateways[0]?.adminUrl ?? ''
  writeFileSync(join(work, 'kong.json'), JSON.stringify({ _format_version: '3.0', ...manifest }))
  const config = `version: 1
name: gate
environments: [dev, prod]
targets:
  one: { environment: ${options.environment ?? 'prod'}, kong: { address: "${address}" }, manifests: [kong.json] }
${governance === null ? '' : `governance: { ${governance} }\n`}`
  writeFileSync(join(work, 'gatewatch.yaml'), config)
  const project = good(
    await openProject({ cwd: work, env: {}, stateFolder: join(work, 'state'), user: 'tess' }),
  )
  if (options.face === 'console') return syncedInConsole(project, options)
  const [target] = project.targets
  if (!target) throw new Error('no target')
  const compared = await compareTarget(project, target, signal)
  if (!compared.ok) throw new Error(JSON.stringify(compared.error))
  await compared.value.session[Symbol.asyncDispose]()
  const choice = { excluded: new Set<string>(), deletes: true, allowDeletes: 100 }
  const plan = good(planFor(project, compared.value, choice))
  const preview = await previewFindings(project, compared.value, plan)
  return ended(sync(project, plan, signal, options), preview)
}

/** The same through what the console calls: a fleet that was read, the review of a plan, and its confirmation. */
async function syncedInConsole(project: Project, options: SyncOptions): Promise<Synced> {
  const store = new FleetStore(project)
  try {
    await store.refresh()
    const review = store.review('one', { excluded: new Set<string>(), deletes: true })
    if (!('plan' in review)) throw new Error(review.message)
    return await ended(store.apply(review.plan, signal, options), await store.planFindings(review.plan))
  } finally {
    await store.close()
  }
}

async function ended(events: AsyncIterable<SyncEvent>, preview: PlanFindings | null): Promise<Synced> {
  for await (const event of events) {
    if (event.type !== 'ended') continue
    return {
      result: event.result,
      introduces: preview?.introduces.map(finding => finding.rule) ?? [],
      resolves: preview?.resolves.map(finding => finding.rule) ?? [],
      refusal: preview?.refusal?.message ?? null,
    }
  }
  throw new Error('the sync did not end')
}

const went = { failed: 0, notSent: 0, problems: [] }

/** Every rule that blocks anywhere, in whatever environment. */
const blocking = (await builtinPolicies(providers)).filter(policy =>
  Object.values(policy.severity).includes('block'),
)

test('the rules that block are those that open a production gateway', () => {
  expect(blocking.map(policy => policy.id).sort()).toEqual([
    'admin-api-exposed',
    'admin-path-unprotected',
    'anonymous-fallback',
    'cors-any-origin-with-credentials',
    'route-without-authentication',
    'upstream-metadata-address',
  ])
  // A rule that could never be asked of a gateway would refuse no plan.
  for (const policy of blocking) {
    expect(policy.select.subjects).toContain('live')
    expect(policy.examples.some(example => example.expect === 'fail' && example.manifest)).toBe(true)
    expect(policy.examples.some(example => example.expect === 'pass' && example.manifest)).toBe(true)
  }
})

/** A manifest among services that no rule has anything against. */
function among(manifest: JsonObject, services: number): JsonObject {
  const others = Array.from({ length: services }, (_, i) => ({
    name: `other-${i}`,
    url: `https://other-${i}.internal`,
    plugins: [{ name: 'key-auth' }],
    routes: [{ name: `other-route-${i}`, paths: [`/other-${i}`], protocols: ['https'] }],
  }))
  const own = Array.isArray(manifest.services) ? manifest.services : []
  return { ...manifest, services: [...others, ...own] }
}

describe.each(blocking.map(policy => [policy.id, policy] as const))('%s', (rule, policy) => {
  const passing = policy.examples.find(example => example.expect === 'pass')?.manifest ?? {}
  const only = `builtin: [${rule}]`
  const failing = policy.examples.flatMap((example, i) =>
    example.expect === 'fail' && example.manifest ? [[i + 1, example.manifest] as const] : [],
  )

  const cases = faces.flatMap(face => failing.map(([i, wrong]) => [face, i, wrong] as const))

  test.each(cases)(
    '%s: a plan that introduces example %i is refused, and its inverse passes',
    async (face, _i, example) => {
      // Among others, none of which it may be taken for.
      const [right, wrong] = [among(passing, 5), among(example, 5)]
      expect((await synced(right, only, { face })).result).toMatchObject(went)
      const refused = await synced(wrong, only, { face })
      expect(refused.introduces).toContain(rule)
      expect(refused.refusal).toContain(rule)
      expect(refused.result).toMatchObject({ done: 0, failed: 0, journal: null })
      expect(refused.result.problems).toMatchObject([{ code: 'policy-refuses', message: refused.refusal }])
      // Nothing was sent: without policies the same plan still has all of it to do, and does it.
      const forced = await synced(wrong, 'builtin: []', { face })
      expect(forced.result).toMatchObject({ ...went, done: refused.result.notSent })
      const inverse = await synced(right, only, { face })
      expect(inverse.resolves).toContain(rule)
      expect(inverse.introduces).toEqual([])
      expect(inverse.result).toMatchObject(went)
    },
  )
})

const open = {
  services: [
    { name: 'payouts', url: 'https://payouts.internal', routes: [{ name: 'list', paths: ['/payouts'] }] },
  ],
}
const service = open.services[0]
const closed = { services: [{ ...service, plugins: [{ name: 'key-auth' }] }] }

describe('the gate', () => {
  test('accepts existing findings: only what a sync introduces is refused', async () => {
    await synced(open, 'builtin: []')
    const again = await synced({ services: [{ ...service, retries: 2 }] })
    expect(again.introduces).toEqual([])
    expect(again.result).toMatchObject({ ...went, done: 1 })
  })

  test('does not refuse if the configuration does not mention policies', async () => {
    const { result, refusal } = await synced(open, null)
    expect(refusal).toBeNull()
    expect(result).toMatchObject(went)
  })

  test('does not refuse in an environment where the rule only warns', async () => {
    const { result, introduces } = await synced(open, 'builtin: true', { environment: 'dev' })
    expect(introduces).toContain('route-without-authentication')
    expect(result).toMatchObject(went)
  })

  test('refuses everything if the policies can’t be read', async () => {
    const { result } = await synced(closed, 'builtin: [no-such-rule]')
    expect(result).toMatchObject({ done: 0, problems: [{ code: 'no-such-rule' }] })
  })

  test('can be overridden with a reason if the configuration allows it, and the journal says so', async () => {
    const { result } = await synced(open, 'override: [prod]', { override: 'the partner tests tonight' })
    expect(result).toMatchObject(went)
    const entries = readFileSync(result.journal ?? '', 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(entries.map(entry => entry.type).slice(0, 3)).toEqual(['plan', 'override', 'sending'])
    expect(entries[1]).toMatchObject({
      by: 'tess',
      reason: 'the partner tests tonight',
      findings: ['route-without-authentication one route list'],
    })
  })

  test.each([
    ['where it is not allowed', 'override: [dev]', 'a reason', /an override is not allowed in prod/],
    ['without a reason', 'override: [prod]', ' ', /an override needs a reason/],
  ])('is not overridden %s', async (_name, governance, override, problem) => {
    const { result } = await synced(open, governance, { override })
    expect(result).toMatchObject({ done: 0, problems: [{ message: expect.stringMatching(problem) }] })
  })

  test('knows what a deletion cascades to: the only authentication of a route', async () => {
    await synced(closed)
    const { result } = await synced(open)
    expect(result.done).toBe(0)
    expect(result.problems[0]?.message).toMatch(/route list: nothing authenticates its callers/)
  })
})
