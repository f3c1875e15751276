import type { Entity } from '../entity.ts'
import type { KindDefinition } from '../schema/kind-definition.ts'
import type { KnownKeys } from '../state/known-keys.ts'
import type { UnbuiltEntity } from '../state/state-input.ts'

/**
 * Names of entities whose names show at most a part of a secret, in the order of the drafts: a known entity has the
 * same name on both sides, and no two share a name. If nothing may be shown, or two ends are the same, it is the number
 * among those of one owner: manifests count first, from the top.
 */
export function shownNames(
  drafts: readonly UnbuiltEntity[],
  keys: readonly string[],
  { kind, identity: { numberedUnder } }: KindDefinition,
  known: KnownKeys | undefined,
): readonly string[] {
  const taken = new Set<string>()
  const counts = new Map<string, number>()
  const ownerOf = ({ refs }: Entity): string => {
    const owner = numberedUnder === undefined ? undefined : refs[numberedUnder]
    return owner ? ` of ${owner.kind} ${owner.key}` : ''
  }
  const count = (owner: string): number => {
    const n = (counts.get(owner) ?? 0) + 1
    counts.set(owner, n)
    return n
  }
  for (const entity of known?.of(kind) ?? []) {
    taken.add(entity.name)
    count(ownerOf(entity))
  }
  return drafts.map(({ entity }, i) => {
    const same = known?.at(kind, keys[i] ?? entity.key)?.name
    if (same !== undefined) return same
    const owner = ownerOf(entity)
    const n = count(owner)
    const name = entity.name === '' || taken.has(entity.name) ? `#${n}${owner}` : entity.name
    taken.add(name)
    return name
  })
}
