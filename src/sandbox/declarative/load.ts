import type { GatewayState } from '../gateway/gateway-state.ts'
import { transformed } from '../store/special-kinds.ts'
import type { Declared } from './parse-file.ts'

/**
 * Replaces everything that a gateway holds by the entities of a file; with `transform`, secrets are hashed as when they
 * are written one by one. Kong reads a `ttl` in a file as the time, in seconds since 1970, at which the entity expires.
 */
export function loadEntities(state: GatewayState, declared: Declared, transform: boolean): void {
  state.database.clear()
  for (const [kind, entities] of declared) {
    for (const [id, entity] of entities) {
      const { ttl, ...flat } = entity
      const expires = typeof ttl === 'number' && ttl > 0 ? ttl * 1000 : undefined
      state.database.restore(kind, { id, entity: transform ? transformed(kind, flat, flat) : flat, expires })
    }
  }
}
