import type { Entity, EntityRef } from '../entity.ts'
import type { Facet } from '../schema/kind-meaning.ts'
import type { Kinds } from '../schema/kinds.ts'
import { entitiesOf, type State } from './state.ts'

/** All entities of a facet, kind by kind. */
export function entitiesAs(state: State, facet: Facet): readonly Entity[] {
  const [kind, ...more] = state.kinds.as(facet)
  if (kind === undefined) return []
  return more.length === 0
    ? entitiesOf(state, kind)
    : [kind, ...more].flatMap(each => entitiesOf(state, each))
}

/** Whether all entities of a facet were read; they were not where a provider has none of it. */
export function isReadAs({ kinds, coverage }: State, facet: Facet): boolean {
  const all = kinds.as(facet)
  return all.length > 0 && all.every(kind => coverage.get(kind)?.state === 'complete')
}

/** What an entity refers to of a facet, as a route to its service; undefined: nothing. */
export function refAs({ refs }: Entity, facet: Facet, kinds: Kinds): EntityRef | undefined {
  for (const field in refs) {
    const ref = refs[field]
    if (ref && kinds.facetOf(ref.kind) === facet) return ref
  }
  return undefined
}
