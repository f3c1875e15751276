import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/model/json.ts'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { compareTarget } from '../../src/workflows/compare-target.ts'
import { previewFindings } from '../../src/workflows/governance-gate.ts'
import { builtinPolicies } from '../../src/workflows/governance-policies.ts'
import { planFor, sync } from '../../src/workflows/sync.ts'
import type { SyncOptions, SyncResult } from '../../src/workflows/values.ts'
import { openWorkspace } from '../../src/workflows/workspace.ts'
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

/** Syncs a manifest to the gateway, a production one unless told otherwise. */
async function synced(
  manifest: JsonObject,
  governance: string | null = 'builtin: true',
  options: SyncOptions & { readonly environment?: string } = {},
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
  const workspace = good(
    await openWorkspace({ cwd: work, env: {}, stateFolder: join(work, 'state'), user: 'tess' }),
  )
  const [target] = workspace.targets
  if (!target) throw new Error('no target')
  const compared = await compareTarget(workspace, target, signal)
  if (!compared.ok) throw new Error(JSON.stringify(compared.error))
  await compared.value.session[Symbol.asyncDispose]()
  const choice = { excluded: new Set<string>(), deletes: true, allowDeletes: 100 }
  const plan = good(planFor(workspace, compared.value, choice))
  const preview = await previewFindings(workspace, compared.value, plan)
  for await (const event of sync(workspace, plan, signal, options)) {
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

const blocking = builtinPolicies().filter(
  policy => policy.severity.production === 'block' && policy.select.subjects.has('live'),
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
})

describe.each(blocking.map(policy => [policy.id, policy] as const))('%s', (rule, policy) => {
  const passing = policy.examples.find(example => example.expect === 'pass')?.manifest ?? {}
  const only = `builtin: [${rule}]`
  const failing = policy.examples.flatMap((example, i) =>
    example.expect === 'fail' && example.manifest ? [[i + 1, example.manifest] as const] : [],
  )

  test.each(failing)(
    'a plan that introduces example %i is refused, and its inverse passes',
    async (_i, wrong) => {
      expect((await synced(passing, only)).result).toMatchObject(went)
      const refused = await synced(wrong, only)
      expect(refused.introduces).toContain(rule)
      expect(refused.refusal).toContain(rule)
      expect(refused.result).toMatchObject({ done: 0, failed: 0, journal: null })
      expect(refused.result.problems).toMatchObject([{ code: 'policy-refuses', message: refused.refusal }])
      // Nothing was sent: without policies the same plan still has all of it to do, and does it.
      const forced = await synced(wrong, 'builtin: []')
      expect(forced.result).toMatchObject({ ...went, done: refused.result.notSent })
      const inverse = await synced(passing, only)
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
  test('lets what was there before pass: only what a sync introduces is refused', async () => {
    await synced(open, 'builtin: []')
    const again = await synced({ services: [{ ...service, retries: 2 }] })
    expect(again.introduces).toEqual([])
    expect(again.result).toMatchObject({ ...went, done: 1 })
  })

  test('does not refuse where the configuration says nothing of policies', async () => {
    const { result, refusal } = await synced(open, null)
    expect(refusal).toBeNull()
    expect(result).toMatchObject(went)
  })

  test('does not refuse in an environment where the rule only warns', async () => {
    const { result, introduces } = await synced(open, 'builtin: true', { environment: 'dev' })
    expect(introduces).toContain('route-without-authentication')
    expect(result).toMatchObject(went)
  })

  test('refuses all where the policies can’t be read', async () => {
    const { result } = await synced(closed, 'builtin: [no-such-rule]')
    expect(result).toMatchObject({ done: 0, problems: [{ code: 'no-such-rule' }] })
  })

  test('is passed with a reason where the configuration allows it, and the journal says so', async () => {
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
  ])('is not passed %s', async (_name, governance, override, problem) => {
    const { result } = await synced(open, governance, { override })
    expect(result).toMatchObject({ done: 0, problems: [{ message: expect.stringMatching(problem) }] })
  })

  test('knows what a deletion takes along: the only authentication of a route', async () => {
    await synced(closed)
    const { result } = await synced(open)
    expect(result.done).toBe(0)
    expect(result.problems[0]?.message).toMatch(/route list: nothing authenticates its callers/)
  })
})
