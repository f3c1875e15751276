import type { JournalEntry } from '../ledger/journal-entry.ts'
import { fail, type Problem, type Result, succeed } from '../model/problem.ts'
import { bearings } from '../reconcile/bearing.ts'
import { unknownFor } from '../reconcile/make-plan.ts'
import type { Plan, UnknownKind } from '../reconcile/plan.ts'
import { pluralOf, refusalOfUnknown, unknownKinds } from '../reconcile/unknown-kinds.ts'
import type { Compared } from './compare-target.ts'
import type { PlanChoice, UnknownRefusal } from './values.ts'
import type { TargetSettings, Workspace } from './workspace.ts'

/** Whether the configuration lets a reason pass what is not known at a target. */
function mayAcceptUnknown({ governance }: Workspace, { environment }: TargetSettings): boolean {
  return governance.acceptUnknown.includes(environment)
}

/**
 * What is not known, bears on the changes of a plan that is about to be made, and is not accepted; undefined: nothing.
 * A gateway that is written as a whole says itself that nothing can be written then, whatever is accepted.
 */
export function unknownRefusal(
  workspace: Workspace,
  compared: Compared,
  choice: PlanChoice,
): UnknownRefusal | undefined {
  if (compared.session.capabilities.write === 'document') return undefined
  return refusedFor(workspace, compared.target, unknownFor({ ...compared, ...choice }))
}

/** The same for a plan that is made. */
export function refusedFor(
  workspace: Workspace,
  target: TargetSettings,
  unknown: readonly UnknownKind[] = [],
): UnknownRefusal | undefined {
  const mayAccept = mayAcceptUnknown(workspace, target)
  const problem =
    refusalOfUnknown(target.name, unknown, mayAccept) ?? (mayAccept ? undefined : notAllowed(target, unknown))
  return problem && { problem, kinds: unknown.map(({ kind }) => kind), mayAccept }
}

/**
 * Lets a plan pass, or refuses it: when something that bears on what it writes is not known at this reading, and nobody
 * accepted that when the plan was made. What was accepted comes back as an entry for the journal. Both faces come
 * through here.
 */
export async function passUnknown(
  workspace: Workspace,
  compared: Compared,
  plan: Plan,
): Promise<Result<readonly JournalEntry[]>> {
  const reasons = new Map((plan.unknown ?? []).map(({ kind, accepted }) => [kind, accepted]))
  const now = unknownKinds(bearings(plan.changes, compared.drift.unknown, compared), undefined)
  const since = now.map((each): UnknownKind => ({ ...each, accepted: reasons.get(each.kind) ?? null }))
  // What was not accepted then stays a reason, though it can be read by now: the plan was made without it.
  const before = (plan.unknown ?? []).filter(({ kind }) => !since.some(each => each.kind === kind))
  const refusal = refusedFor(workspace, compared.target, [...since, ...before])
  if (refusal) return fail([refusal.problem])
  const [first] = plan.unknown ?? []
  if (!first) return succeed([])
  return succeed([
    {
      type: 'unknown-accepted',
      at: workspace.now().toISOString(),
      by: await workspace.user(),
      reason: first.accepted ?? '',
      kinds: (plan.unknown ?? []).map(({ kind }) => kind),
    },
  ])
}

function notAllowed(target: TargetSettings, unknown: readonly UnknownKind[]): Problem | undefined {
  if (unknown.length === 0) return undefined
  return {
    code: 'accept-not-allowed',
    target: target.name,
    message: `${unknown.map(({ kind }) => pluralOf(kind)).join(', ')} are not known, and the configuration does not let that be accepted in ${target.environment}; nothing was sent`,
    hint: 'See to it that they can be read, or have `governance.accept_unknown` name the environment.',
  }
}
