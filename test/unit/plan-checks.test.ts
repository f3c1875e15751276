import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openProject } from '../../src/workflows/project/open-project.ts'
import type { Project } from '../../src/workflows/project/project.ts'
import { type Compared, compareTarget } from '../../src/workflows/reading/compare-target.ts'
import { PlanChecks } from '../../src/workflows/syncing/steps/check-ahead.ts'
import { planFor } from '../../src/workflows/syncing/sync.ts'
import { GatewayBed } from '../gateway-bed.ts'

const manifest = `_format_version: "3.0"
services:
- name: payments
  host: payments.internal
  plugins:
  - name: rate-limiting
    config: {policy: local}
  - name: key-auth
`

let bed: GatewayBed
beforeAll(async () => {
  bed = await GatewayBed.start()
})
afterAll(() => bed[Symbol.asyncDispose]())
beforeEach(() => bed.clear())

const ever = AbortSignal.timeout(20_000)

async function compared(): Promise<{ readonly project: Project; readonly compared: Compared }> {
  const project = await openProject({
    cwd: bed.folder,
    kongAddr: bed.address,
    files: bed.files(manifest),
    stateFolder: bed.folder,
    env: {},
  })
  const [target] = project.ok ? project.value.targets : []
  if (!project.ok || !target) throw new Error('not opened')
  const result = await compareTarget(project.value, target, ever)
  if (!result.ok) throw new Error('not compared')
  await result.value.session[Symbol.asyncDispose]()
  return { project: project.value, compared: result.value }
}

const plugin = 'create plugin rate-limiting for service payments'

async function validations(): Promise<number> {
  const requests = await bed.control.requests()
  return requests.filter(({ path }) => path.endsWith('/validate')).length
}

test('a reviewed plan is checked, each step only once whatever is selected', async () => {
  const { project, compared: now } = await compared()
  const checks = new PlanChecks(project)
  const refused = async (...excluded: string[]) => {
    const plan = planFor(project, now, { excluded: new Set(excluded), deletes: true })
    if (!plan.ok) throw new Error('no plan')
    return checks.refusals(now, plan.value, ever)
  }
  expect(await refused(plugin)).toEqual([])
  expect(await validations()).toBe(2)
  const [{ change, problem } = {}, ...more] = (await refused()) ?? []
  expect([change, more]).toEqual([plugin, []])
  expect(problem).toMatchObject({ code: 'rejected', place: { line: 6 } })
  expect(problem?.message).toContain('rate-limiting for service payments')
  expect(await validations()).toBe(3)
  expect(await refused(plugin)).toEqual([])
  expect(await refused()).toHaveLength(1)
  expect(await validations()).toBe(3)
  expect(await bed.writes()).toEqual([])
})

test('nothing is known about a gateway that can’t be asked', async () => {
  const { project, compared: now } = await compared()
  const plan = planFor(project, now, { excluded: new Set(), deletes: true })
  if (!plan.ok) throw new Error('no plan')
  await bed.control.setFaults([{ fault: 'status', status: 401 }])
  expect(await new PlanChecks(project).refusals(now, plan.value, ever)).toBeNull()
})
