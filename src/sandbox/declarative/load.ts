import type { GatewayState } from '../gateway-state.ts'
import { transformed } from '../store/special-kinds.ts'
import type { Declared } from './parse-file.ts'

/** Puts the entities of a file in place of all that a gateway holds. */
export function loadEntities(state: GatewayState, declared: Declared, transform = true): void {
  state.database.clear()
  for (const [kind, entities] of declared) {
    for (const [id, entity] of entities) {
      const { ttl, ...flat } = entity
      const expires = typeof ttl === 'number' && ttl > 0 ? Date.now() + ttl * 1000 : undefined
      state.database.restore(kind, { id, entity: transform ? transformed(kind, flat, flat) : flat, expires })
    }
  }
}
