import { isObject, type Json } from '../../../src/model/json.ts'
import { kinds } from '../../../src/providers/kong/kinds/index.ts'
import type { Change, Drift } from '../../../src/reconcile/drift/drift.ts'
import type { DeckEvent } from './deck-changes.ts'

/** Whether an entity keeps its key and is to have another id: it is deleted and created. */
export function isMadeAnew({ operation, kind, key }: Change, drift: Drift): boolean {
  return (
    operation === 'delete' &&
    drift.changes.some(each => each.operation === 'create' && each.kind === kind && each.key === key)
  )
}

/**
 * Kinds and names of all that hangs on an entity that is made anew under another id, or on what decK deletes and creates
 * together with it.
 */
export function hangingOnMadeAnew(drift: Drift, events: readonly DeckEvent[]): ReadonlySet<string> {
  const roots = drift.changes.filter(each => isMadeAnew(each, drift))
  const along = events.filter(each => each.operation !== 'update')
  return new Set([...hangingInDrift(roots, drift, along), ...hangingInEvents(roots, along)])
}

const nameOf = ({ kind, name }: Pick<Change, 'kind' | 'name'>): string => `${kind} ${name}`
const refOf = ({ kind, key }: Pick<Change, 'kind' | 'key'>): string => `${kind} ${key}`

/** By the keys that references in changes go from or to. */
function hangingInDrift(
  roots: readonly Change[],
  { changes }: Drift,
  along: readonly DeckEvent[],
): readonly string[] {
  const named = new Set(along.map(nameOf))
  return reached(new Set(roots.map(refOf)), changes, {
    refersTo: (change, above) =>
      change.fields.some(({ path, git, live }) => {
        const kind = kinds.of(change.kind)?.references.foreign[path]?.kind
        return [git, live].some(value => above.has(`${kind} ${String(value).replace(/ \(id .*\)$/, '')}`))
      }),
    known: change => (named.has(nameOf(change)) ? refOf(change) : undefined),
  }).map(nameOf)
}

/** By the ids in what decK deletes and creates; it lists what did not change too, for it goes with what it hangs on. */
function hangingInEvents(roots: readonly Change[], along: readonly DeckEvent[]): readonly string[] {
  const named = new Set(roots.map(nameOf))
  const ids = along.filter(each => named.has(nameOf(each))).flatMap(each => idsIn(each.body?.new))
  return reached(new Set([...ids, ...roots.flatMap(({ liveId }) => liveId ?? [])]), along, {
    refersTo: ({ body }, above) =>
      Object.values(body?.new ?? {}).some(value => idsIn(value).some(id => above.has(id))),
    known: ({ body }) => idsIn(body?.new)[0],
  }).map(nameOf)
}

const idsIn = (value: Json | undefined): readonly string[] =>
  isObject(value) && typeof value.id === 'string' ? [value.id] : []

/** The items that refer to one of those above, or to another such item. */
function reached<T>(
  above: ReadonlySet<string>,
  items: readonly T[],
  by: {
    readonly refersTo: (item: T, above: ReadonlySet<string>) => boolean
    readonly known: (item: T) => string | undefined
  },
): readonly T[] {
  const found = items.filter(item => by.refersTo(item, above))
  const all = new Set([...above, ...found.flatMap(item => by.known(item) ?? [])])
  return all.size === above.size ? found : reached(all, items, by)
}
