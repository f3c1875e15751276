import { type Entity, isSecretMark, type Kind } from '../entity.ts'
import { asString } from '../json.ts'
import type { State } from './state.ts'

/**
 * The keys of one state's entities, for another state in which the same entities may have other names: by id, by key,
 * and by whatever else identifies a kind.
 */
export class KnownKeys {
  readonly #state: State
  readonly #byId = new Map<Kind, Map<string, string>>()
  readonly #byValue = new Map<Kind, Map<string, string>>()
  readonly #masked = new Map<Kind, Entity[]>()

  constructor(state: State) {
    this.#state = state
    for (const [kind, entities] of state.entities) {
      const also = state.kinds.of(kind)?.identity.alsoKnownBy
      for (const entity of entities.values()) this.#add(entity, also)
    }
  }

  #add(entity: Entity, also: string | undefined): void {
    const { kind, id, key } = entity
    if (entity.masked) {
      const masked = this.#masked.get(kind)
      if (masked) masked.push(entity)
      else this.#masked.set(kind, [entity])
    }
    if (id !== undefined) {
      put(this.#byId, kind, id, key)
      return
    }
    // One with an id means exactly that entity and no other, whatever they have in common.
    const given = also === undefined ? undefined : entity.fields[also]
    const value = isSecretMark(given) ? given.$secret : asString(given)
    if (value !== undefined) put(this.#byValue, kind, value, key)
  }

  has(kind: Kind, key: string): boolean {
    return this.#state.entities.get(kind)?.has(key) ?? false
  }

  at(kind: Kind, key: string): Entity | undefined {
    return this.#state.entities.get(kind)?.get(key)
  }

  /** The entities of a kind with something masked that no schema declares secret. */
  maskedOf(kind: Kind): readonly Entity[] {
    return this.#masked.get(kind) ?? []
  }

  /** All entities of a kind. */
  of(kind: Kind): readonly Entity[] {
    return [...(this.#state.entities.get(kind)?.values() ?? [])]
  }

  byId(kind: Kind, id: string): string | undefined {
    return this.#byId.get(kind)?.get(id)
  }

  /** By the value of the field that a kind is also known by, or by its digest where it is masked. */
  byValue(kind: Kind, value: string): string | undefined {
    return this.#byValue.get(kind)?.get(value)
  }
}

function put(index: Map<Kind, Map<string, string>>, kind: Kind, name: string, key: string): void {
  const entries = index.get(kind) ?? new Map<string, string>()
  index.set(kind, entries)
  entries.set(name, key)
}
