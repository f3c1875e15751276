import { counts } from '../../governance/finding.ts'
import type { Cause } from '../../reconcile/drift/causes.ts'
import type { TargetView } from './fleet-view.ts'

/** How much of something there is, as far as it was read; null: nothing about it is known. */
export interface FleetCount {
  readonly n: number | null
  /** Whether there may be more, because something could not be read. */
  readonly orMore: boolean
}

/** A count for people: `?` if it is unknown whether there is any, `3+` if there may be more. */
export function countText({ n, orMore }: FleetCount): string {
  if (n === null || (n === 0 && orMore)) return '?'
  return `${n}${orMore ? '+' : ''}`
}

/** Whether something of a target could not be read, so that counts may be too low. */
export function isPartlyKnown({ drift }: TargetView): boolean {
  return drift !== null && drift.unknown.length > 0
}

/** How many changes have that cause. */
export function causeCount(target: TargetView, cause: Cause): FleetCount {
  const n = target.drift?.changes.filter(change => change.cause === cause).length ?? null
  return { n, orMore: isPartlyKnown(target) }
}

/** How many findings fail a check. */
export function findingCount(target: TargetView): FleetCount {
  const n = target.findings?.filter(finding => counts(finding, 'error')).length ?? null
  return { n, orMore: isPartlyKnown(target) }
}

/** How many routes are open against Git. */
export function openCount({ exposures }: TargetView): FleetCount {
  return { n: exposures?.reduce((sum, each) => sum + each.routes.length, 0) ?? null, orMore: false }
}

/**
 * Whether a report on a fleet is empty or incomplete: no target was reached, a manifest can't be read, or something of
 * a target that answers could not be read. A target that doesn't answer is what such a report is meant to show.
 */
export function isFleetUnknown(targets: readonly TargetView[]): boolean {
  const reached = targets.filter(target => target.reach.state === 'reached')
  return (
    (targets.length > 0 && reached.length === 0) ||
    targets.some(target => target.manifestProblems.length > 0 || isPartlyKnown(target))
  )
}
