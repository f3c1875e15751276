import type { Kind, RawEntity } from '../entity.ts'
import { asString } from '../json.ts'
import type { Kinds } from '../schema/kinds.ts'

/**
 * The kinds that occur among entities, and which variants of them, such as plugins by their names: those whose schemas
 * are needed.
 */
export interface OccurringKinds {
  readonly kinds: readonly Kind[]
  readonly variants: ReadonlyMap<Kind, ReadonlySet<string>>
}

export function occurringKinds(
  entities: Iterable<Pick<RawEntity, 'kind' | 'fields'>>,
  kinds: Kinds,
): OccurringKinds {
  const occurring = new Set<Kind>()
  const variants = new Map<Kind, Set<string>>()
  let last: Kind | undefined
  let field: string | undefined
  for (const { kind, fields } of entities) {
    // Entities of a kind mostly come together.
    if (kind !== last) {
      occurring.add(kind)
      field = kinds.of(kind)?.fields?.variant
      last = kind
    }
    const name = field === undefined ? undefined : asString(fields[field])
    if (name === undefined) continue
    const names = variants.get(kind)
    if (names) names.add(name)
    else variants.set(kind, new Set([name]))
  }
  return { kinds: [...occurring], variants }
}
