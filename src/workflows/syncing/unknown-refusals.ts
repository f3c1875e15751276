import type { JournalEntry } from '../../ledger/journal-entry.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import { bearings, openOnes } from '../../reconcile/plan/bearing.ts'
import { unknownFor } from '../../reconcile/plan/make-plan.ts'
import type { Plan, UnknownKind } from '../../reconcile/plan/plan.ts'
import { refusalOfUnknown, unknownKinds } from '../../reconcile/plan/unknown-kinds.ts'
import { untellable } from '../../reconcile/undo/state-before.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import type { Compared } from '../reading/compare-target.ts'
import type { PlanChoice, UnknownRefusal } from './review.ts'

/** Whether the configuration lets a reason override unknowns at a target. */
function mayAcceptUnknown({ governance }: Project, { environment }: GatewayTarget): boolean {
  return governance.acceptUnknown.includes(environment)
}

/**
 * What is unknown, affects the changes of a plan that is about to be made, and isn't accepted; undefined: nothing. A
 * gateway that is written as a whole itself reports that nothing can be written then, whatever is accepted.
 */
export function unknownRefusal(
  project: Project,
  compared: Compared,
  choice: PlanChoice,
): UnknownRefusal | undefined {
  const untold = untoldRefusal(compared)
  if (untold) return untold
  if (compared.session.capabilities.write === 'document') return undefined
  // A kind that the gateway doesn't have at all is reported instead, at its line, by the maker of the plan.
  if (compared.drift.unknown.some(({ absent }) => absent)) return undefined
  return refusedFor(project, compared.target, unknownFor({ ...compared, ...choice }))
}

/** An undo covers everything that its sync did, or nothing: a part that can't be read can't be accepted either. */
function untoldRefusal({ drift, target }: Compared): UnknownRefusal | undefined {
  const untold = drift.blocked.filter(({ reason }) => reason.code === untellable)
  const [first] = untold
  if (!first) return undefined
  const more = untold.length > 1 ? `, and ${untold.length - 1} more are unknown` : ''
  const problem: Problem = {
    ...first.reason,
    target: target.name,
    message: `the effect of taking that sync back can’t be determined: ${first.reason.message}${more}; nothing was sent`,
  }
  return { problem, kinds: [...new Set(untold.map(({ entity }) => entity.kind))], mayAccept: false }
}

/** Why a plan is refused because of these kinds; undefined: each is accepted, and may be. */
function refusedFor(
  project: Project,
  target: GatewayTarget,
  unknown: readonly UnknownKind[] = [],
): UnknownRefusal | undefined {
  const mayAccept = mayAcceptUnknown(project, target)
  const problem =
    refusalOfUnknown(target.name, unknown, target.provider.kinds, mayAccept) ??
    (mayAccept ? undefined : notAllowed(target, unknown))
  return problem && { problem, kinds: unknown.map(({ kind }) => kind), mayAccept }
}

/**
 * Accepts a plan or refuses it: it is refused if something that affects what it writes is unknown in this reading and
 * nobody accepted that when the plan was made. What was accepted is returned as an entry for the journal. Both faces
 * use this.
 */
export async function passUnknown(
  project: Project,
  compared: Compared,
  plan: Plan,
): Promise<Result<readonly JournalEntry[]>> {
  const untold = untoldRefusal(compared)
  if (untold) return fail([untold.problem])
  const reasons = new Map((plan.unknown ?? []).map(({ kind, accepted }) => [kind, accepted]))
  const isDocument = compared.session.capabilities.write === 'document'
  // A document replaces everything: what is unknown would be deleted.
  const now = unknownKinds(
    isDocument
      ? openOnes(compared.drift.unknown).map(unknown => ({ unknown, changes: plan.changes }))
      : bearings(plan.changes, compared.drift.unknown, compared),
    compared.live.kinds,
    undefined,
  )
  const since = now.map(
    (each): UnknownKind => ({
      ...each,
      accepted: isDocument ? null : (reasons.get(each.kind) ?? null),
    }),
  )
  // What was not accepted then stays a reason, even if it can be read by now: the plan was made without it.
  const before = (plan.unknown ?? []).filter(({ kind }) => !since.some(each => each.kind === kind))
  const refusal = refusedFor(project, compared.target, [...since, ...before])
  if (refusal) return fail([refusal.problem])
  const [first] = plan.unknown ?? []
  if (!first) return succeed([])
  return succeed([
    {
      type: 'unknown-accepted',
      at: project.now().toISOString(),
      by: await project.user(),
      reason: first.accepted ?? '',
      kinds: (plan.unknown ?? []).map(({ kind }) => kind),
    },
  ])
}

function notAllowed(target: GatewayTarget, unknown: readonly UnknownKind[]): Problem | undefined {
  if (unknown.length === 0) return undefined
  return {
    code: 'accept-not-allowed',
    target: target.name,
    message: `${unknown.map(({ kind }) => target.provider.kinds.pluralOf(kind)).join(', ')} are unknown, and the configuration does not allow accepting that in ${target.environment}; nothing was sent`,
    hint: 'Make sure that they can be read, or add the environment to `governance.accept_unknown`.',
  }
}
