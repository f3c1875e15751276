import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Finding } from '../../src/governance/finding.ts'
import { type Demo, startDemo } from '../../src/sandbox/demo/index.ts'
import { FleetStore } from '../../src/workflows/fleet/fleet.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import type { Project } from '../../src/workflows/project/project.ts'
import { good } from './repo-scratch.ts'

const now = new Date()
let demo: Demo
let project: Project
let store: FleetStore

beforeAll(async () => {
  demo = await startDemo({ now })
  const options = {
    env: {},
    config: demo.fleetFile,
    stateFolder: demo.stateFolder,
    now: () => now,
    user: 'kim',
  }
  project = good(await openProject({ cwd: demo.folder, ...options }))
  const targets = project.targets.filter(target => target.name !== 'prod-ap')
  store = new FleetStore(project, targets)
})
afterAll(async () => {
  await store.close()
  await demo.stop()
})

const found = (target: string): readonly Finding[] | null | undefined =>
  store.fleet().targets.find(each => each.name === target)?.findings

describe('the fleet as the console sees it', () => {
  test('findings are unknown before a reading, and are then those of each target', async () => {
    expect(found('prod-eu')).toBeNull()
    expect(store.fleet().governance).toBeNull()
    await store.refresh()
    const blocking = found('prod-eu')?.filter(finding => finding.severity === 'block')
    expect(blocking?.map(finding => [finding.name, finding.waived !== null])).toEqual([
      ['disputes-list', false],
      ['refunds-list', false],
      ['legacy-export', true],
    ])
    expect(found('dev')?.every(finding => finding.severity !== 'block')).toBe(true)
  })

  test('policies, waivers, coverage and findings in specifications are included too', () => {
    const view = store.fleet().governance
    expect(view?.enforced).toBe(true)
    expect(view?.problems).toEqual([])
    expect(view?.policies.find(policy => policy.id === 'timeouts')).toMatchObject({
      state: 'approved',
      approval: { state: 'unverified' },
      place: { file: 'policies/timeouts.yaml', line: 2 },
      found: { findings: 6, waived: 0 },
    })
    expect(view?.waivers).toMatchObject([{ entity: 'route legacy-export', state: 'active', covers: 1 }])
    expect(view?.findings.map(finding => finding.name)).toEqual(['GET /reports/archive'])
    expect(view?.coverage.map(each => each.environment)).toEqual(['dev', 'staging', 'prod'])
  })

  test('a finding that fails a check needs attention, unless an exposure already reports it', () => {
    const needs = store.needs().filter(need => need.kind === 'findings')
    expect(needs.map(need => [need.target, need.title])).toEqual([['prod-eu', '2 findings: shadow-api']])
    expect(needs[0]?.details.map(detail => detail.text)).toContain(
      'route legacy-export: is at the gateway, but in no manifest',
    )
  })

  test('a plan’s findings tell what the sync introduces and resolves', async () => {
    const review = store.review('prod-eu', { excluded: new Set(), deletes: true })
    if (!('plan' in review)) throw new Error(review.message)
    const findings = await store.planFindings(review.plan)
    expect(findings?.introduces).toEqual([])
    expect(findings?.resolves.map(finding => finding.name)).toEqual(['disputes-list', 'refunds-list'])
    expect(findings?.refusal).toBeNull()
  })

  test('impact shows a rule’s findings across the fleet, waived or not', async () => {
    const found = await store.impact('route-without-authentication')
    expect(found.map(finding => [finding.target, finding.name])).toEqual([
      ['prod-eu', 'disputes-list'],
      ['prod-eu', 'refunds-list'],
      ['prod-eu', 'legacy-export'],
    ])
    expect(await store.impact('no-such-rule')).toEqual([])
  })

  test('a proposed waiver has its line, and is immediately shown as not approved', async () => {
    const finding = found('prod-eu')?.find(each => each.name === 'refunds-list')
    if (!finding) throw new Error('no finding')
    const expires = new Date(now.getTime() + 30 * 86_400_000)
    const place = good(await store.waive(finding, { reason: 'Until the partner has moved', expires }))
    expect(place).toMatchObject({ file: 'waivers/waivers.yaml', line: 2 })
    expect(readFileSync(join(demo.folder, place.file), 'utf8')).toContain('owner: kim\n')
    const view = store.fleet().governance
    expect(view?.waivers.map(waiver => [waiver.entity, waiver.state, waiver.covers])).toEqual([
      ['route legacy-export', 'active', 1],
      ['route refunds-list', 'not approved', 1],
    ])
    expect(view?.findings.map(each => each.rule)).toContain('waiver-not-approved')
    expect(found('prod-eu')?.find(each => each.name === 'refunds-list')?.waived).toBeNull()
  })
})
