import { type EntityRef, refText } from '../../model/entity.ts'
import type { Problem } from '../../model/problem.ts'
import type { State } from '../../model/state/state.ts'
import type { Change, Drift } from '../drift/drift.ts'

/** The changes that a plan is about to be made from, and what they are checked against. */
export interface Guarded {
  readonly drift: Drift
  readonly desired: State
  readonly live: State
  /** The changes that the plan takes in. */
  readonly taken: readonly Change[]
  /** What the gateway deletes together with entities, and no change of the plan deletes. */
  readonly cascades: readonly EntityRef[]
  /**
   * The maximum number of deletions; `asked`: a person types their number before anything is sent; undefined: as many
   * as need no confirmation.
   */
  readonly allowDeletes: number | 'asked' | undefined
}

type Guard = (guarded: Guarded) => readonly Problem[]

/** What prevents making a plan, in the order of reporting: the first match ends the check. */
const guards: readonly Guard[] = [lackingKinds, tooManyDeletions]

/** Why no plan may be made from these changes; empty: one may. */
export function refusalsOf(guarded: Guarded): readonly Problem[] {
  for (const guard of guards) {
    const problems = guard(guarded)
    if (problems.length > 0) return problems
  }
  return []
}

function lackingKinds({ drift }: Guarded): readonly Problem[] {
  return drift.unknown.flatMap(({ reason, absent }) => (absent ? [reason] : []))
}

/** Fewer deletions than this never count as a large share: a small gateway doesn't ask about each of its entities. */
const fewestDeletions = 3
/** More deletions than this are guarded where they are also more than that share. */
const manyDeletions = 20
const manyShare = 0.1

/** Deletions of so many that their number must be said. */
export interface GuardedDeletions {
  readonly count: number
  /** Such as `19 of 19 entities: everything there is`. */
  readonly text: string
}

/**
 * Whether a plan deletes so much that its number must be confirmed: everything of a target or of a kind, half of a
 * target, or more than 20 that are more than a tenth. What is deleted with an entity counts, what is recreated doesn't.
 */
export function guardedDeletions({
  drift,
  desired,
  live,
  taken,
  cascades,
}: Omit<Guarded, 'allowDeletes'>): GuardedDeletions | undefined {
  const lost = lostOf(taken, cascades)
  if (lost.length < fewestDeletions) return undefined
  const owned = ownedByKind(drift, desired, live)
  const total = [...owned.values()].reduce((sum, count) => sum + count, 0)
  const text = `${lost.length} of ${total} entities`
  if (lost.length >= total) return { count: lost.length, text: `${text}: everything there is` }
  for (const [kind, { length }] of Map.groupBy(lost, ref => ref.kind)) {
    if (length < fewestDeletions || length < (owned.get(kind) ?? 0)) continue
    const plural = live.kinds.pluralOf(kind)
    return { count: lost.length, text: `${text}, among them all ${length} ${plural}` }
  }
  if (lost.length * 2 >= total) return { count: lost.length, text: `${text}, half or more of them` }
  if (lost.length > manyDeletions && lost.length > total * manyShare) return { count: lost.length, text }
  return undefined
}

function tooManyDeletions({ allowDeletes, ...guarded }: Guarded): readonly Problem[] {
  if (allowDeletes === 'asked') return []
  const refused = (message: string, count: number): readonly Problem[] => [
    {
      code: 'too-many-deletes',
      target: guarded.drift.target,
      message,
      hint: `If you mean it, say --allow-deletes ${count}; first check whether a manifest or a tag is missing.`,
    },
  ]
  if (allowDeletes !== undefined) {
    const { length } = lostOf(guarded.taken, guarded.cascades)
    return length <= allowDeletes
      ? []
      : refused(`the plan deletes ${length} entities, but ${allowDeletes} are allowed`, length)
  }
  const found = guardedDeletions(guarded)
  return found ? refused(`the plan deletes ${found.text}`, found.count) : []
}

/** What is gone after a plan: what it deletes and doesn't recreate, and what is deleted with that. */
function lostOf(taken: readonly Change[], cascades: readonly EntityRef[]): readonly EntityRef[] {
  const made = new Set(taken.filter(change => change.operation === 'create').map(refText))
  const deleted = taken.filter(change => change.operation === 'delete')
  return [...deleted, ...cascades].filter(ref => !made.has(refText(ref)))
}

/** How many entities of each kind are at the gateway, without those of others. */
function ownedByKind(drift: Drift, desired: State, live: State): ReadonlyMap<string, number> {
  const apart = new Set([
    ...drift.notOurs.map(refText),
    // A field that is ignored leaves the entity ours.
    ...drift.ignored.flatMap(each => (each.rule.field === undefined ? [refText(each)] : [])),
  ])
  const owned = new Map<string, number>()
  for (const [kind, entities] of live.entities) {
    const onlyWith = live.kinds.of(kind)?.manifest?.onlyWith
    const isCompared = onlyWith === undefined || (desired.entities.get(onlyWith)?.size ?? 0) > 0
    if (!isCompared || live.coverage.get(kind)?.state !== 'complete') continue
    const count =
      apart.size === 0
        ? entities.size
        : [...entities.values()].filter(entity => !apart.has(refText(entity))).length
    if (count > 0) owned.set(kind, count)
  }
  return owned
}
