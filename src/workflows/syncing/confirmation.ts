import { counted } from '../../model/counted.ts'
import { countChanges } from '../../reconcile/drift/drift.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import type { PlanMeaning } from '../meaning/plan-view.ts'

/**
 * What a person types before a plan is sent: the name of a protected target that loses something, or the number of
 * deletions if it must be confirmed. Null: nothing.
 */
export function typedConfirmation(
  target: string,
  { confirmByName, guarded }: Pick<PlanMeaning, 'confirmByName' | 'guarded'>,
): string | null {
  const words = [...(confirmByName ? [target] : []), ...(guarded ? [`delete ${guarded.count}`] : [])]
  return words.length === 0 ? null : words.join(' ')
}

/** The effect of a plan in a sentence, and what a target loses by it. */
export function consequences(
  plan: Plan,
  { posture }: Pick<PlanMeaning, 'posture'>,
): { readonly sentence: string; readonly loses: string } {
  const n = plan.steps.length
  const deleted = countChanges(plan.changes).delete + plan.cascades.length
  const deletes = deleted > 0 ? `deletes ${deleted} of its entities` : ''
  const weaker = posture.filter(line => line.weaker).length
  const weakens = weaker > 0 ? `weakens ${counted(weaker, 'protection')}` : ''
  const loses = [deletes, weakens].filter(part => part !== '').join(' and ')
  return {
    sentence: `This sends ${counted(n, 'request')} to ${plan.target}${loses === '' ? '' : `, and ${loses}`}.`,
    loses: loses === '' ? 'may weaken its protection, which can’t be determined' : loses,
  }
}
