import { type Problem, problemText } from '../../model/problem.ts'
import { groupFaults } from '../../model/problems/shared-faults.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { TargetView } from '../fleet/fleet-view.ts'

/** A part of the inventory that is unknown. */
export interface InventoryGap {
  readonly target: string
  /** Such as `routes`, or `routes, plugins` if one fault affected both; null: nothing about the target is known. */
  readonly what: string | null
  readonly reason: string
}

/** What is missing from the targets' inventory because it could not be read. */
export function inventoryGaps(targets: readonly TargetView[], kinds: Kinds): readonly InventoryGap[] {
  return targets.flatMap((target): readonly InventoryGap[] => {
    const { name, apis, drift } = target
    if (apis === null) return [{ target: name, what: null, reason: whyUnread(target) }]
    const unread = (drift?.unknown ?? []).filter(
      ({ kind, entities }) => kinds.facetOf(kind) !== undefined && entities === undefined,
    )
    return groupFaults(unread, ({ reason }) => reason).map(({ items, problem }) => ({
      target: name,
      what: items.map(({ kind }) => kinds.pluralOf(kind)).join(', '),
      reason: sentence(problem),
    }))
  })
}

/** The targets for which it is unknown how their routers answer requests. */
export function unmodelledGaps(targets: readonly TargetView[]): readonly InventoryGap[] {
  return targets.flatMap(({ name, unmodelled }) =>
    unmodelled === null
      ? []
      : [{ target: name, what: 'what protects routes and how requests are answered', reason: unmodelled }],
  )
}

function whyUnread({ reach, manifestProblems }: TargetView): string {
  const problems = reach.state === 'failed' ? [reach.problem] : manifestProblems
  return problems.map(sentence).join(' ') || 'not read'
}

/** Without the target, which is already named. */
function sentence({ target: _, ...problem }: Problem): string {
  return problemText(problem)
}
