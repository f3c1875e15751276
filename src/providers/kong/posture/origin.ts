import type { Scope, ScopedPlugin } from '../router/index.ts'

/** The plugin that something comes from, and the scope that won for it. */
export interface PluginOrigin {
  readonly plugin: string
  readonly id: string | null
  readonly scope: Scope
}

export function originOf(plugin: ScopedPlugin): PluginOrigin {
  return { plugin: plugin.name, id: plugin.id, scope: plugin.scope }
}
