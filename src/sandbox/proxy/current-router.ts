import { buildRouter, type Router, readConfig } from '../../providers/kong/router/index.ts'
import type { GatewayState } from '../gateway/gateway-state.ts'
import type { JsonObject } from '../json.ts'

const paths = [
  'routes',
  'services',
  'plugins',
  'consumers',
  'key-auths',
  'basic-auths',
  'hmac-auths',
  'jwts',
  'oauth2',
  'acls',
  'upstreams',
  'targets',
]

/** The routing model of a gateway's entities, rebuilt when they have changed. */
export class CurrentRouter {
  #router: Router | undefined
  #state: GatewayState | undefined
  #version = -1

  of(state: GatewayState): Router {
    const { version } = state.database
    if (this.#router === undefined || this.#state !== state || this.#version !== version) {
      const lists: Record<string, JsonObject[]> = {}
      for (const table of state.database.tables) {
        if (!paths.includes(table.kind.path)) continue
        lists[table.kind.path] = [...table.rows()].map(row => row.entity)
      }
      this.#router = buildRouter(readConfig(lists).config)
      this.#state = state
      this.#version = version
    }
    return this.#router
  }
}
