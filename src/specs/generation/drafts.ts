import { compareCodePoints } from '../../model/compare-texts.ts'
import { canonicalText, type Json, type JsonObject } from '../../model/json.ts'
import type { Draft, Origin } from '../manifest.ts'
import type { PluginSource } from './extensions.ts'
import { uuidOf } from './names.ts'

/** What plugins are added to. */
export interface PluginOwner {
  readonly draft: Draft
  readonly kind: 'service' | 'route'
  readonly name: string
  /** What the ids of the plugins are made from. */
  readonly idBase: string
  /** Whether plugins that go without id elsewhere have one here. */
  readonly idForAll?: boolean
}

/** The entities of a manifest while it is being made, with ids and tags. */
export class Drafts {
  readonly services: Draft[] = []
  readonly upstreams: Draft[] = []
  readonly plugins: Draft[] = []
  readonly tags: readonly string[]
  readonly #withIds: boolean

  constructor(tags: readonly string[], withIds: boolean) {
    this.tags = tags
    this.#withIds = withIds
  }

  /** The field `id` made from a name, or none. */
  id(name: string): { readonly id?: string } {
    return this.#withIds ? { id: uuidOf(name) } : {}
  }

  addService(fields: JsonObject, name: string, origin: Origin): Draft {
    const children = { plugins: [], routes: [] }
    const draft = { fields: { ...fields, ...this.id(`${name}.service`) }, origin, children }
    this.services.push(draft)
    return draft
  }

  addUpstream(fields: JsonObject, origin: Origin): void {
    this.upstreams.push({ fields: { ...fields, ...this.id(String(fields.name)) }, origin, children: {} })
  }

  /** A route with its plugins, at the end of a service's routes. */
  addRoute(fields: Record<string, Json>, service: Draft, origin: Origin): Draft {
    const draft = { fields, origin, children: { plugins: [] } }
    service.children.routes?.push(draft)
    return draft
  }

  /**
   * Adds plugins to an entity. A plugin that is also bound to a consumer is placed at the top level of the manifest
   * instead, with a reference to the entity.
   */
  attach(plugins: readonly PluginSource[], owner: PluginOwner): void {
    for (const plugin of plugins) {
      const fields = this.#pluginFields(plugin, owner)
      const origin = { ...owner.draft.origin, place: plugin.place ?? owner.draft.origin.place }
      const isBound = (fields.consumer ?? null) !== null
      if (isBound)
        this.plugins.push({ fields: { ...fields, [owner.kind]: owner.name }, origin, children: {} })
      else owner.draft.children.plugins?.push({ fields, origin, children: {} })
    }
  }

  #pluginFields(plugin: PluginSource, owner: PluginOwner): Record<string, Json> {
    const id = this.id(`${owner.idBase}.plugin.${plugin.name}`)
    if (plugin.bare) return owner.idForAll ? { ...plugin.fields, ...id } : { ...plugin.fields }
    return { ...plugin.fields, ...id, tags: this.tags }
  }

  /** Removes a service, and what is bound to it. */
  removeService(service: Draft): void {
    const { name } = service.fields
    this.services.splice(this.services.indexOf(service), 1)
    const left = this.plugins.filter(plugin => plugin.fields.service !== name)
    this.plugins.splice(0, this.plugins.length, ...left)
  }

  /** All top-level lists; plugins in the order of their names and what they are bound to. */
  lists(): Readonly<Record<string, readonly Draft[]>> {
    const plugins = this.plugins.toSorted((a, b) => compareCodePoints(sortKey(a.fields), sortKey(b.fields)))
    return { ...(plugins.length > 0 ? { plugins } : {}), services: this.services, upstreams: this.upstreams }
  }
}

function sortKey(plugin: JsonObject): string {
  return ['name', 'service', 'route', 'consumer'].map(key => textOf(plugin[key] ?? '')).join('\0')
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : canonicalText(value)
}
