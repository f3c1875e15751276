import type { PluginOrigin } from '../../../model/routing/posture.ts'
import type { ScopedPlugin } from '../router/index.ts'

export function originOf(plugin: ScopedPlugin): PluginOrigin {
  return { plugin: plugin.name, id: plugin.id, scope: plugin.scope }
}
