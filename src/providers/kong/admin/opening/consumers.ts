import type { EntityRef } from '../../../../model/entity.ts'
import { entityAt, type State } from '../../../../model/state/state.ts'
import { uniqueValuesOf } from '../../../../model/state/unique-values.ts'
import type { Change } from '../../../../reconcile/drift/drift.ts'
import { kinds } from '../../kinds/index.ts'
import { credentials, goesToAnother, memberships, plugins, stages } from './stages.ts'

/**
 * The consumers whose requests are refused for the time of a sync, by key, each with the changes that make it necessary:
 * those whose groups or plugins go to another consumer, or to the same one under another id, while a credential of theirs
 * does so too or goes for good; and those that are without a group for a moment, because its membership makes room for
 * another. What is denied to a group would be allowed to them. `orders`: when each change is made.
 */
export function closedConsumers(
  changes: readonly Change[],
  desired: State,
  live: State,
  orders: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly string[]> {
  const isFirst = (change: Change): boolean => (orders.get(change.id) ?? 0) < stages.parking
  /** Consumers who call as somebody else afterwards, or not at all; and those who are gone before anything else. */
  const [leaving, gone] = [new Set<string>(), new Set<string>()]
  for (const change of changes) {
    if (change.kind === 'consumer' && change.operation === 'delete')
      (isFirst(change) ? gone : leaving).add(change.key)
    const consumer = credentials.has(change.kind) ? consumerOf(change, live) : undefined
    if (consumer && (change.operation === 'delete' || goesToAnother(change))) leaving.add(consumer.key)
  }
  /** By membership: the change that brings it. */
  const comeBack = new Map(changes.map(change => [membershipOf(change, desired), change.id]))
  const closed = new Map<string, string[]>()
  for (const change of changes) {
    if (!memberships.has(change.kind) && !plugins.has(change.kind)) continue
    const consumer = consumerOf(change, live)
    if (!consumer || gone.has(consumer.key)) continue
    const isAway =
      memberships.has(change.kind) &&
      (change.operation === 'delete'
        ? isFirst(change)
        : (comeBack.get(membershipOf(change, live)) ?? change.id) !== change.id)
    if (!isAway && !(goesToAnother(change) && leaving.has(consumer.key))) continue
    const because = closed.get(consumer.key)
    if (because) because.push(change.id)
    else closed.set(consumer.key, [change.id])
  }
  return closed
}

/** A membership as a text, with who is a member; empty: it is none. */
function membershipOf(change: Change, state: State): string {
  const kind = memberships.has(change.kind) ? kinds.of(change.kind) : undefined
  const entity = entityAt(state, change)
  return (kind && entity && uniqueValuesOf(entity, kind)[0]?.text) ?? ''
}

/** The consumer at the gateway that an entity there belongs to. */
function consumerOf(change: Change, live: State): EntityRef | undefined {
  const consumer = entityAt(live, change)?.refs.consumer
  return consumer && entityAt(live, consumer)
}
