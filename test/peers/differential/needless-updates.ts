import type { Json, JsonObject } from '../../../src/model/json.ts'
import type { DeckEvent } from './deck-changes.ts'

/** A field that differs in an update of decK's. */
interface FieldUpdate {
  readonly kind: string
  readonly field: string
  readonly old: Json | undefined
  readonly now: Json | undefined
  /** The entity as decK wants it. */
  readonly wanted: JsonObject
}

/** A difference in a field that decK sees and that the gateway does not keep. */
interface NeedlessField {
  readonly reason: string
  applies(update: FieldUpdate): boolean
}

/** Why decK updates what is already as the manifest wants it. */
export const needlessFields: readonly NeedlessField[] = [
  {
    reason:
      'decK updates every oauth2 credential for ever: it does not know which client_type and hash_secret the gateway fills in',
    applies: ({ kind, field, now }) =>
      kind === 'oauth2-cred' && (field === 'client_type' || field === 'hash_secret') && now === undefined,
  },
  {
    reason: 'decK takes an empty mapping or list for another value than none, and the gateway keeps none',
    applies: ({ old, now }) => isNothing(old) && isNothing(now),
  },
  {
    reason:
      'decK takes protocols, methods and SNIs of a route in another order for a difference, and the gateway keeps them as sets',
    applies: ({ field, old, now }) => sets.has(field) && isReordered(old, now),
  },
  {
    reason: 'decK does not know that hash_on changes the algorithm of an upstream',
    applies: ({ kind, field, old, now, wanted }) =>
      kind === 'upstream' &&
      field === 'algorithm' &&
      old === 'consistent-hashing' &&
      now === 'round-robin' &&
      !isNothing(wanted.hash_on) &&
      wanted.hash_on !== 'none',
  },
]

/** Whether each field that differs in an update of decK's is one that the gateway does not keep. */
export function isNeedlessUpdate(line: string, events: readonly DeckEvent[]): boolean {
  return events.some(({ operation, kind, name, body }) => {
    const { old, new: now } = body ?? {}
    if (operation !== 'update' || `update ${kind} ${name}` !== line || !old || !now) return false
    return [...new Set([...Object.keys(old), ...Object.keys(now)])]
      .filter(field => JSON.stringify(old[field]) !== JSON.stringify(now[field]))
      .map(field => ({ kind, field, old: old[field], now: now[field], wanted: now }))
      .every(update => needlessFields.some(each => each.applies(update)))
  })
}

/** Fields that are sets; decK itself takes tags for one, but shows them where something else differs. */
const sets: ReadonlySet<string> = new Set(['protocols', 'methods', 'snis', 'tags'])

function isReordered(old: Json | undefined, now: Json | undefined): boolean {
  const sorted = (value: Json | undefined) => JSON.stringify(Array.isArray(value) ? value.toSorted() : value)
  return sorted(old) === sorted(now)
}

function isNothing(value: Json | undefined): boolean {
  return (
    value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  )
}
