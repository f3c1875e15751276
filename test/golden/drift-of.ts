import type { Problem } from '../../src/model/problem.ts'
import type { SecretResolver } from '../../src/providers/session.ts'
import type { Drift } from '../../src/reconcile/drift/drift.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import type { Project } from '../../src/workflows/project/project.ts'
import { type Compared, compareTarget, problemsOf } from '../../src/workflows/reading/compare-target.ts'
import { problemsOfRefusals } from '../../src/workflows/syncing/steps/step-refusals.ts'
import { planFor } from '../../src/workflows/syncing/sync.ts'

/** What was found: a drift with the clear values of its digests, or the problems that stand against one. */
export type Found =
  | { readonly drift: Drift; readonly resolve: SecretResolver }
  | { readonly problems: readonly Problem[] }

type Opened =
  | { readonly compared: Compared; readonly project: Project }
  | { readonly problems: readonly Problem[] }

async function open(address: string, file: string, work: string, cwd: string): Promise<Opened> {
  const project = await openProject({
    cwd,
    env: {},
    kongAddr: address,
    files: [file],
    stateFolder: work,
  })
  if (!project.ok) return { problems: project.error }
  const [target] = project.value.targets
  if (!target) throw new Error('no target')
  const compared = await compareTarget(project.value, target, AbortSignal.timeout(20_000))
  if (!compared.ok) return { problems: problemsOf(compared.error) }
  return { compared: compared.value, project: project.value }
}

/** Compares a manifest file with a gateway, by the way that `gatewatch diff --kong-addr` takes. */
export async function driftOf(address: string, file: string, work: string, cwd = work): Promise<Found> {
  const opened = await open(address, file, work, cwd)
  if ('problems' in opened) return opened
  await opened.compared.session[Symbol.asyncDispose]()
  return { drift: opened.compared.drift, resolve: opened.project.digests.resolve }
}

/** All that stands against a sync of a manifest file, the gateway's own checks included; nothing is written. */
export async function checkByGateway(
  address: string,
  file: string,
  work: string,
  cwd = work,
): Promise<readonly Problem[]> {
  const opened = await open(address, file, work, cwd)
  if ('problems' in opened) return opened.problems
  const { compared, project } = opened
  await using session = compared.session
  const plan = planFor(project, compared, { excluded: new Set(), deletes: true })
  if (!plan.ok) return plan.error
  const refused = await session.validate(
    plan.value.steps,
    project.digests.resolve,
    AbortSignal.timeout(20_000),
  )
  if (!refused.ok) return refused.error
  return problemsOfRefusals(refused.value, plan.value.changes, compared.desired)
}
