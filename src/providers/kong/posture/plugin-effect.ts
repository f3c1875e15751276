import type { Entity } from '../../../model/entity.ts'
import { type GatewayConfig, readConfig } from '../router/index.ts'
import { comparePosture } from './compare.ts'
import { posture } from './posture.ts'

/** Whether one plugin protects more than another of its name in its place, or less; `other`: neither can be said. */
export type ReplacementEffect = 'stronger' | 'weaker' | 'other'

/** What it means that one plugin acts in place of another of its name. */
export function effectOfPlugin(before: Entity, after: Entity): ReplacementEffect {
  const effects = new Set(
    comparePosture(posture(gatewayWith(before)), posture(gatewayWith(after))).map(each => each.effect),
  )
  const [only] = effects
  return effects.size === 1 && only !== undefined ? only : 'other'
}

/** A gateway with one route, which has this plugin alone. */
function gatewayWith(plugin: Entity): GatewayConfig {
  const lists = {
    services: [{ id: 'service', name: 'service', host: 'upstream' }],
    routes: [{ id: 'route', name: 'route', paths: ['/'], service: { id: 'service' } }],
    plugins: [{ ...plugin.fields, id: 'plugin' }],
  }
  return readConfig(lists).config
}
