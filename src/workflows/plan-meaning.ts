import { countChanges } from '../reconcile/drift.ts'
import type { Plan } from '../reconcile/plan.ts'
import type { Compared } from './compare-target.ts'
import { countKinds, type PlanMeaning } from './values.ts'
import type { Workspace } from './workspace.ts'

/** What a plan means for requests and protection. */
export function meaningOf(compared: Compared, plan: Plan): PlanMeaning {
  const deletes = countChanges(plan.changes).delete
  return {
    posture: [],
    reaches: reachesText(plan),
    traffic: [],
    onlyTheFix: [],
    confirmByName: deletes > 0 && compared.target.protected,
  }
}

/** As `45 changes: 39 routes, 3 plugins`. */
export function reachesText(plan: Plan): string {
  const n = plan.changes.length
  return `${n} change${n === 1 ? '' : 's'}: ${countKinds(plan.changes) || 'nothing'}`
}

/** What a person is asked before a plan is applied. */
export function confirmationFor(
  workspace: Workspace,
  plan: Plan,
): { readonly question: string; readonly typed: string | null } {
  const counts = countChanges(plan.changes)
  const target = workspace.targets.find(each => each.name === plan.target)
  const n = plan.steps.length
  const deletes = counts.delete > 0 ? `, and deletes ${counts.delete} of its entities` : ''
  return {
    question: `This sends ${n} request${n === 1 ? '' : 's'} to ${plan.target}${deletes}.`,
    typed: target?.protected && counts.delete > 0 ? plan.target : null,
  }
}
