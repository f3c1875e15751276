import type { EntityRef } from '../../../model/entity.ts'
import type { Problem } from '../../../model/problem.ts'
import { entityAt, type State } from '../../../model/state/state.ts'
import type { Refusal } from '../../../providers/session.ts'

/** What a gateway would not accept, with the lines of the manifests that say it. */
export function problemsOfRefusals(
  refusals: readonly Refusal[],
  changes: readonly (EntityRef & { readonly id: string })[],
  desired: State,
): readonly Problem[] {
  const byId = new Map(changes.map(change => [change.id, change]))
  return refusals.map(({ problem, change: id, fields }) => {
    const change = id === null ? undefined : byId.get(id)
    const place = change && entityAt(desired, change)?.source?.place(fields[0])
    return place ? { ...problem, place } : problem
  })
}
