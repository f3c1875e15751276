import { asString } from '../json.ts'
import type { SecretSink } from '../masking/secret-marks.ts'
import type { KindDefinition } from '../schema/kind-definition.ts'
import type { KnownKeys } from './known-keys.ts'
import type { UnbuiltEntity } from './state-input.ts'

/** What a gateway's entities are matched with. */
interface MatchedWith {
  readonly known?: KnownKeys
  readonly secrets: SecretSink
}

/**
 * The keys of a gateway's entities, in the order of the drafts: a known entity keeps its known key. An id has
 * precedence, then a name, then whatever else identifies a kind, and last the position of one with a generated value.
 * No two entities have the same key.
 */
export function matchedKeys(
  drafts: readonly UnbuiltEntity[],
  definition: KindDefinition,
  { known, secrets }: MatchedWith,
): readonly string[] {
  const keys: (string | undefined)[] = drafts.map(() => undefined)
  const taken = new Set<string>()
  const take = (i: number, key: string | undefined): void => {
    if (key === undefined || keys[i] !== undefined || taken.has(key)) return
    keys[i] = key
    taken.add(key)
  }
  if (known) {
    const {
      kind,
      identity: { alsoKnownBy },
    } = definition
    for (const [i, { entity }] of drafts.entries()) {
      if (entity.id !== undefined) take(i, known.byId(kind, entity.id))
    }
    for (const [i, { entity }] of drafts.entries()) {
      if (known.has(kind, entity.key)) take(i, entity.key)
    }
    if (alsoKnownBy !== undefined) {
      const hasMasked = known.maskedOf(kind).length > 0
      for (const [i, { entity }] of drafts.entries()) {
        const value = asString(entity.fields[alsoKnownBy])
        if (value === undefined || keys[i] !== undefined) continue
        take(
          i,
          known.byValue(kind, value) ?? (hasMasked ? known.byValue(kind, secrets.digest(value)) : undefined),
        )
      }
    }
    if (definition.identity.slot) takeSlots(drafts, definition, known, take)
  }
  for (const [i, { entity }] of drafts.entries()) take(i, entity.key)
  for (const [i, { entity }] of drafts.entries()) take(i, keyWithId(entity.key, entity.id ?? '?'))
  return keys.map((key, i) => key ?? drafts[i]?.entity.key ?? '')
}

/** The key of the nth entity of a slot. */
export function slotKey(slot: string, count: number): string {
  return `${slot} #${count}`
}

/** The oldest first, so that what a sync once created stays the one that is meant. */
function takeSlots(
  drafts: readonly UnbuiltEntity[],
  { kind }: KindDefinition,
  known: KnownKeys,
  take: (i: number, key: string) => void,
): void {
  const oldestFirst = [...drafts.entries()].toSorted(
    ([, a], [, b]) =>
      (a.entity.createdAt ?? 0) - (b.entity.createdAt ?? 0) ||
      ((a.entity.id ?? '') < (b.entity.id ?? '') ? -1 : 1),
  )
  for (const [i, { slot }] of oldestFirst) {
    if (slot === undefined) continue
    for (let count = 1; known.has(kind, slotKey(slot, count)); count++) take(i, slotKey(slot, count))
  }
}

/** The key of an entity whose own another one has. */
export function keyWithId(key: string, id: string): string {
  return `${key} (id ${id})`
}
