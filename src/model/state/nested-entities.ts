import { type Entity, type EntityRef, refText } from '../entity.ts'
import type { State } from './state.ts'

/** An entity that points to another, and what happens to it when that one is deleted. */
export interface NestedEntity {
  readonly entity: Entity
  readonly onDelete: 'cascade' | 'refuse'
}

const none: readonly NestedEntity[] = []

/** The entities of a state by what they point to; computed on first use. */
export class Children {
  readonly #state: State
  #index: Map<string, NestedEntity[]> | undefined

  constructor(state: State) {
    this.#state = state
  }

  /** The entities that point to this one. */
  of(parent: EntityRef): readonly NestedEntity[] {
    this.#index ??= indexOf(this.#state)
    return this.#index.get(refText(parent)) ?? none
  }
}

function indexOf(state: State): Map<string, NestedEntity[]> {
  const index = new Map<string, NestedEntity[]>()
  for (const {
    kind,
    references: { foreign },
  } of state.kinds.all) {
    const fields = Object.entries(foreign)
    if (fields.length === 0) continue
    for (const entity of state.entities.get(kind)?.values() ?? []) {
      for (const [field, { onDelete }] of fields) {
        const ref = entity.refs[field]
        if (!ref) continue
        const text = refText(ref)
        const there = index.get(text)
        if (there) there.push({ entity, onDelete })
        else index.set(text, [{ entity, onDelete }])
      }
    }
  }
  return index
}
