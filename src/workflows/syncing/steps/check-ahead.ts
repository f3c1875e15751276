import type { State } from '../../../model/state/state.ts'
import type { Refusal } from '../../../providers/session.ts'
import type { Plan, PlanStep } from '../../../reconcile/plan/plan.ts'
import type { Project } from '../../project/project.ts'
import type { Compared } from '../../reading/compare-target.ts'
import type { RefusedChange } from '../review.ts'
import { problemsOfRefusals } from './step-refusals.ts'

/**
 * Has the gateway check steps while the preview of their plan is being made, so that nobody is asked to confirm what
 * can't be done. Undefined if the gateway can't be asked: the sync asks again, and reports why.
 */
export async function checkAhead(
  project: Project,
  { target, manifest }: Compared,
  { steps }: Pick<Plan, 'steps'>,
  signal: AbortSignal,
): Promise<readonly Refusal[] | undefined> {
  const connection = target.connection()
  if (!connection.ok) return undefined
  const inWorkspace = connection.value.workspace ?? manifest.workspace
  const session = await target.provider.connect(
    { ...connection.value, ...(inWorkspace === undefined ? {} : { workspace: inWorkspace }) },
    signal,
  )
  if (!session.ok) return undefined
  try {
    const refusals = await session.value.validate(steps, project.digests.resolve, signal)
    return refusals.ok ? refusals.value : undefined
  } finally {
    await session.value[Symbol.asyncDispose]()
  }
}

/** Has gateways check plans that are being reviewed. A step is asked about once, as long as its target is not read again. */
export class PlanChecks {
  readonly #project: Project
  /** What the gateway objects to, by its state and by step. */
  readonly #known = new WeakMap<State, Map<string, readonly Refusal[]>>()

  constructor(project: Project) {
    this.#project = project
  }

  /** What the gateway would not accept of a plan, with the lines of the manifests; null: it can't be asked. */
  async refusals(
    compared: Compared,
    plan: Plan,
    signal: AbortSignal,
  ): Promise<readonly RefusedChange[] | null> {
    const known = this.#known.get(compared.live) ?? new Map<string, readonly Refusal[]>()
    this.#known.set(compared.live, known)
    const steps = plan.steps.filter(step => !known.has(keyOf(step)))
    if (steps.length > 0) {
      const found = await checkAhead(this.#project, compared, { steps }, signal)
      if (!found) return null
      for (const step of steps)
        known.set(
          keyOf(step),
          found.filter(({ change }) => change !== null && step.covers.includes(change)),
        )
    }
    const refusals = plan.steps.flatMap(step => known.get(keyOf(step)) ?? [])
    const problems = problemsOfRefusals(refusals, plan.changes, compared.desired)
    return refusals.map(({ change, problem }, i) => ({ change, problem: problems[i] ?? problem }))
  }
}

function keyOf({ id, preview }: PlanStep): string {
  return `${id} ${preview}`
}
