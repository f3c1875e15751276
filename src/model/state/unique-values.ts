import { type Entity, isSecretMark, type Kind } from '../entity.ts'
import type { Json } from '../json.ts'
import type { KindDefinition } from '../schema/kind-definition.ts'
import type { State } from './state.ts'

/** A value that no other entity of a kind may have. */
export interface UniqueValue {
  /** The fields and their values as one text, for maps. */
  readonly text: string
  /** The first of its fields, which can be parked if the kind says so. */
  readonly field: string
}

/** The values of an entity that no other of its kind may have. References count by their keys. */
export function uniqueValuesOf(entity: Entity, definition: KindDefinition): readonly UniqueValue[] {
  return definition.identity.unique.flatMap(fields => {
    const parts = fields.map(field => entity.refs[field]?.key ?? partOf(entity.fields[field]))
    const [first] = fields
    // A missing value is never a duplicate; but having no scope is a scope too, and so is no set.
    if (first === undefined || parts[0] === undefined) return []
    return [{ text: JSON.stringify([fields, parts.map(part => part ?? null)]), field: first }]
  })
}

function partOf(value: Json | undefined): string | undefined {
  if (isSecretMark(value)) return value.$secret
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The entities of a state by their unique values; kinds are looked through when they are first asked for. */
export class UniqueIndex {
  readonly #state: State
  readonly #owners = new Map<Kind, Map<string, Entity>>()

  constructor(state: State) {
    this.#state = state
  }

  /** Whoever has a unique value now. */
  owner(definition: KindDefinition, value: UniqueValue): Entity | undefined {
    let owners = this.#owners.get(definition.kind)
    if (!owners) {
      owners = new Map()
      for (const entity of this.#state.entities.get(definition.kind)?.values() ?? []) {
        for (const { text } of uniqueValuesOf(entity, definition)) owners.set(text, entity)
      }
      this.#owners.set(definition.kind, owners)
    }
    return owners.get(value.text)
  }
}
