import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { project } from '../program.ts'
import { type Finding, type GovernedDemo, reportSchema, serveDemo } from './governed-demo.ts'

let demo: GovernedDemo
beforeAll(async () => {
  demo = await serveDemo()
})
afterAll(() => demo[Symbol.asyncDispose]())

/** A finding in one line: what is expected and what there is are compared by it. */
function lineOf(finding: Finding): string {
  const entity = `${finding.kind} ${finding.name}`.replace(/^key-auth \S+ for/, 'key-auth for')
  const where = finding.place
    ? `${finding.place.file}:${finding.place.line}:${finding.place.column}`
    : 'no file'
  const waived = finding.waived ? ' waived' : ''
  return `${finding.severity} ${finding.rule} ${finding.target ?? '-'} ${entity} ${where} ${finding.subjects.join('+')}${waived}`
}

const expectedSchema = z.object({
  findings: z.array(
    z.strictObject({
      rule: z.string(),
      entity: z.string(),
      at: z.tuple([z.string(), z.string()]).optional(),
      severity: z.union([z.string(), z.record(z.string(), z.string())]),
      targets: z.array(z.string()).optional(),
      found: z.enum(['manifest', 'live', 'both', 'specification']),
      waived: z.boolean().optional(),
    }),
  ),
})

const environments: Readonly<Record<string, readonly string[]>> = {
  dev: ['dev', 'dev-2'],
  staging: ['staging'],
  prod: ['prod-eu', 'prod-us', 'prod-ap'],
}

/** What the seeds say, with lines and columns taken from the files themselves. */
function expected(): readonly string[] {
  const fixtures = join(project, 'fixtures', 'demo')
  const seeds = expectedSchema.parse(load(readFileSync(join(fixtures, 'findings.yaml'), 'utf8')))
  return seeds.findings.flatMap(({ rule, entity, at, severity, targets, found, waived }) => {
    let where = 'no file'
    if (at) {
      const text = readFileSync(join(fixtures, 'repository', at[0]), 'utf8')
      const before = text.slice(0, text.indexOf(at[1])).split('\n')
      where = `${at[0]}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
    }
    if (typeof severity === 'string') return [`${severity} ${rule} - ${entity} ${where} ${found}`]
    return Object.entries(severity).flatMap(([environment, word]) =>
      (environments[environment] ?? [])
        .filter(target => !targets || targets.includes(target))
        .map(target => {
          const subjects = found !== 'both' ? found : target === 'prod-ap' ? 'manifest' : 'live+manifest'
          return `${word} ${rule} ${target} ${entity} ${where} ${subjects}${waived ? ' waived' : ''}`
        }),
    )
  })
}

describe('gatewatch check on the demo fleet', () => {
  test('finds exactly the seeded problems, at the right lines, and reports gateways that do not answer', async () => {
    const ended = await demo.run('check', '--output', 'json')
    const report = reportSchema.parse(JSON.parse(ended.out))
    expect(report.findings.map(lineOf).sort()).toEqual([...expected()].sort())
    expect(report.problems).toHaveLength(1)
    expect(ended.err).toMatch(/^gatewatch: prod-ap: .* did not answer within 2 s/)
    expect(ended.code).toBe(1)
  })

  test('traces a finding from the specification through the manifest to the gateway, and names the policy’s commit', async () => {
    const all = await demo.findings('--target', 'prod-eu')
    const open = all.find(finding => finding.name === 'disputes-list')
    expect(open?.trace).toMatchObject({
      specification: { operation: 'GET /disputes', place: { file: 'specs/disputes.yaml', line: 13 } },
      manifest: { file: 'kong/disputes.yaml', line: 33 },
      live: { target: 'prod-eu', id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    })
    expect(all.find(finding => finding.rule === 'timeouts')?.policy.commit).toBe(
      demo.git('rev-parse', 'HEAD'),
    )
  })

  test('needs no gateway for specifications and manifests, and finds the same', async () => {
    const offline = await demo.run('check', '--no-live', '--output', 'json')
    expect(offline.err).toBe('')
    expect(offline.code).toBe(0)
    const alone = reportSchema.parse(JSON.parse(offline.out)).findings.map(lineOf)
    const both = expected().filter(line => line.includes('manifest'))
    expect(alone.sort()).toEqual(both.map(line => line.replace('live+manifest', 'manifest')).sort())
  })

  test('exits 2 from the given severity upwards', async () => {
    expect((await demo.run('check', '--target', 'prod-eu')).code).toBe(2)
    expect((await demo.run('check', '--target', 'prod-us')).code).toBe(0)
    expect((await demo.run('check', '--target', 'prod-us', '--fail-on', 'warn')).code).toBe(2)
    expect((await demo.run('check', '--environment', 'dev', '--fail-on', 'warn')).code).toBe(2)
  })

  test('checks the files of a commit', async () => {
    const before = await demo.findings('--no-live', '--ref', 'HEAD~5')
    expect(before.some(finding => finding.name === 'fx-rates-latest')).toBe(false)
    expect((await demo.findings('--no-live')).some(finding => finding.name === 'fx-rates-latest')).toBe(true)
  })

  test('prints a line for each finding, as compilers do', async () => {
    const { out } = await demo.run('check', '--target', 'prod-eu')
    expect(out).toContain(
      'kong/disputes.yaml:33:9: block route-without-authentication: route disputes-list: nothing authenticates its callers [prod-eu; live]\n',
    )
    expect(out).toMatch(
      /waived block route-without-authentication: route legacy-export: .*\n {4}until 20.*, by @aisha, approved by @jonas: /,
    )
    expect(out).toMatch(/warn timeouts: service reports: .*approval unverified\]/)
    expect(out).toMatch(
      /^1 target, 5 specifications, policies of [0-9a-f]{7}: 2 block, 2 error, .*1 waived\n$/m,
    )
  })
})

describe('a waiver', () => {
  const waiver = (expires: string) => `waivers:
  - rule: route-without-authentication
    entity: route refunds-list
    target: prod-eu
    reason: The partner signs requests itself until May
    owner: "@mira"
    approved_by: "@jonas"
    expires: ${expires}
`
  const inDays = (days: number) => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`
  const open = (all: readonly Finding[]) =>
    all.filter(finding => finding.severity === 'block' && !finding.waived).map(finding => finding.name)

  test('removes a finding, and its expiry brings it back', async () => {
    expect(open(await demo.findings('--target', 'prod-eu'))).toEqual(['disputes-list', 'refunds-list'])
    await demo.withFiles({ 'waivers/refunds.yaml': waiver(inDays(30)) }, async () => {
      expect(open(await demo.findings('--target', 'prod-eu'))).toEqual(['disputes-list'])
    })
    await demo.withFiles({ 'waivers/refunds.yaml': waiver(inDays(-1)) }, async () => {
      const all = await demo.findings('--target', 'prod-eu')
      expect(open(all)).toEqual(['disputes-list', 'refunds-list'])
      expect(all.filter(finding => finding.rule === 'waiver-expired').map(lineOf)).toEqual([
        'warn waiver-expired - waiver route-without-authentication: route refunds-list waivers/refunds.yaml:2:5 governance',
      ])
    })
  })

  test('that its own author approves changes nothing, and is reported', async () => {
    await demo.withFiles(
      { 'waivers/refunds.yaml': waiver(inDays(30)).replace('@jonas', '@mira') },
      async () => {
        const all = await demo.findings('--target', 'prod-eu')
        expect(open(all)).toEqual(['disputes-list', 'refunds-list'])
        expect(all.map(finding => finding.rule)).toContain('waiver-not-approved')
      },
    )
  })
})

describe('a sync that would remove the only authentication of a production route', () => {
  const manifest = () => readFileSync(join(demo.folder, 'kong/payouts.yaml'), 'utf8')
  const without = () =>
    manifest().replace(
      / {4}plugins:\n {6}- name: key-auth\n {8}config:\n {10}key_names: .*\n {10}hide_credentials: true\n/,
      '',
    )

  test('is refused headless, before anything is sent', async () => {
    expect(without()).not.toBe(manifest())
    await demo.withFiles({ 'kong/payouts.yaml': without() }, async () => {
      const planned = await demo.run('plan', '--target', 'prod-eu')
      expect(planned.out).toMatch(
        /policy {3}introduces block route-without-authentication: route payouts-list: .* \(specs\/payouts\.yaml:13 → kong\/payouts\.yaml:21\)/,
      )
      expect(planned.out).toContain('REFUSED')
      const synced = await demo.run('sync', '--target', 'prod-eu', '--yes', '--output', 'json')
      expect(synced.code).toBe(1)
      expect(JSON.parse(synced.out)).toMatchObject({ done: 0, failed: 0, journal: null })
      expect(synced.err).toMatch(
        /policies refuse this sync.*route payouts-list: nothing authenticates its callers/,
      )
      const overridden = await demo.run('sync', '--target', 'prod-eu', '--yes', '--override', 'I say so')
      expect(overridden.code).toBe(1)
      expect(overridden.err).toMatch(/an override is not allowed in prod/)
    })
    const { out } = await demo.run('diff', '--target', 'prod-eu', '--output', 'json')
    expect(out).not.toContain('payouts')
  })

  test('is refused as a saved plan too', async () => {
    await demo.withFiles({ 'kong/payouts.yaml': without() }, async () => {
      const saved = join(demo.state, 'plan.json')
      await demo.run('plan', '--target', 'prod-eu', '--out', saved)
      const applied = await demo.run('apply', saved, '--yes')
      expect(applied.code).toBe(1)
      expect(applied.err).toMatch(/policies refuse this sync/)
    })
  })

  test('is refused if policies can’t be read, whatever it does', async () => {
    await demo.withFiles({ 'policies/timeouts.yaml': 'id: timeouts\n' }, async () => {
      const synced = await demo.run('sync', '--target', 'prod-eu', '--yes')
      expect(synced.code).toBe(1)
      expect(synced.err).toMatch(/policies\/timeouts\.yaml:1:1: title is missing/)
      expect(synced.out).toMatch(/0 done/)
    })
  })
})
