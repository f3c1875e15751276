import { type EntityRef, refText } from '../../../../model/entity.ts'
import { entityAt, type State } from '../../../../model/state/state.ts'
import type { IdOf } from './step-bodies.ts'

/** What ids are taken from. */
export interface Ids {
  readonly desired: State
  readonly live: State
  readonly newId: (ref: EntityRef) => string
  /** Entities that are about to be created, by `refText`. */
  readonly created: ReadonlySet<string>
}

/** Ids as they are at the gateway now: for what is changed or deleted. */
export function liveIds({ live }: Pick<Ids, 'live'>): IdOf {
  return ref => entityAt(live, ref)?.id ?? ref.key
}

/** Ids as they will be: the manifest's, the one that an entity is about to get, or the gateway's. */
export function writtenIds({ desired, live, created, newId }: Ids): IdOf {
  return ref => {
    const wanted = entityAt(desired, ref)?.id
    if (created.has(refText(ref))) return wanted ?? newId(ref)
    return entityAt(live, ref)?.id ?? wanted ?? ref.key
  }
}
