import type { NamedRef } from '../../../../model/routing/answer.ts'
import type { GatewayConfig, PluginConfig } from '../configuration/config.ts'
import { Lookup, type Route, referenceKey, type Service } from '../configuration/entities.ts'
import { compareExecution } from './plugin-facts.ts'

/** A consumer of the gateway. */
export interface Consumer extends NamedRef {
  readonly customId: string | null
}

/** What a plugin is attached to; the parts in the order of the gateway's own precedence. */
export type PluginScope =
  | 'consumer+route+service'
  | 'consumer_group+route+service'
  | 'consumer+route'
  | 'consumer+service'
  | 'consumer_group+route'
  | 'consumer_group+service'
  | 'route+service'
  | 'consumer'
  | 'consumer_group'
  | 'route'
  | 'service'
  | 'global'

/** Scopes from the one that wins over all others to the one that any other wins over. */
export const scopesByPrecedence: readonly PluginScope[] = [
  'consumer+route+service',
  'consumer_group+route+service',
  'consumer+route',
  'consumer+service',
  'consumer_group+route',
  'consumer_group+service',
  'route+service',
  'consumer',
  'consumer_group',
  'route',
  'service',
  'global',
]
const rankOf = new Map(scopesByPrecedence.map((scope, rank) => [scope, rank]))

/** A plugin with the scope that it stands in. */
export interface ScopedPlugin {
  readonly name: string
  readonly id: string | null
  readonly scope: PluginScope
  readonly plugin: PluginConfig
}

interface PlacedPlugin extends ScopedPlugin {
  readonly rank: number
  readonly route: Route | null
  readonly service: Service | null
  readonly consumer: Consumer | null
  readonly group: string | null
}

/** Plugins by the narrowest part of their scope. */
class Places {
  readonly byRoute = new Map<Route, PlacedPlugin[]>()
  readonly byService = new Map<Service, PlacedPlugin[]>()
  readonly byConsumer = new Map<Consumer, PlacedPlugin[]>()
  readonly byGroup = new Map<string, PlacedPlugin[]>()
  readonly global: PlacedPlugin[] = []

  add(plugin: PlacedPlugin): void {
    if (plugin.consumer) listIn(this.byConsumer, plugin.consumer).push(plugin)
    else if (plugin.group) listIn(this.byGroup, plugin.group).push(plugin)
    else if (plugin.route) listIn(this.byRoute, plugin.route).push(plugin)
    else if (plugin.service) listIn(this.byService, plugin.service).push(plugin)
    else this.global.push(plugin)
  }
}

const streamOnly = new Set(['tcp', 'udp', 'tls', 'tls_passthrough'])
const nobody: readonly PlacedPlugin[] = []

/**
 * Which plugins apply to a route, service and consumer: of each name the one in the most specific scope.
 * Disabled plugins count as absent, as in the gateway: a disabled one hides none in a wider scope.
 */
export class PluginScopes {
  readonly consumers: Lookup<Consumer>
  readonly #enabled = new Places()
  readonly #disabled = new Places()
  readonly #globalPlan: readonly PlacedPlugin[]
  readonly #groups = new Map<Consumer, string[]>()
  readonly #plans = new Map<Route, readonly PlacedPlugin[]>()
  readonly #servicePlans = new Map<Service, readonly PlacedPlugin[]>()

  constructor(config: GatewayConfig, routes: readonly Route[], services: readonly Service[]) {
    const consumers = (config.consumers ?? []).map(consumer => ({
      id: consumer.id ?? null,
      name: consumer.username ?? null,
      customId: consumer.custom_id ?? null,
    }))
    this.consumers = new Lookup(consumers)
    for (const member of config.consumer_group_members ?? []) {
      const consumer = this.consumers.find(member.consumer)
      const group = referenceKey(member.consumer_group)
      if (consumer && group) listIn(this.#groups, consumer).push(group)
    }
    const routeLookup = new Lookup(routes)
    const serviceLookup = new Lookup(services)
    for (const plugin of config.plugins ?? []) this.#place(plugin, routeLookup, serviceLookup)
    this.#globalPlan = merge([], this.#enabled.global)
  }

  /** The plugins that apply, in the order in which they run. `consumer` null: nobody is authenticated. */
  effective(route: Route, consumer: Consumer | null): readonly ScopedPlugin[] {
    const plan = this.#planOf(route)
    if (!consumer) return plan
    return merge(
      plan,
      this.#ofConsumer(consumer).filter(plugin => fits(plugin, route)),
    )
  }

  /** The global plugins, in the order in which they run: the only ones that see a request without a route. */
  get global(): readonly ScopedPlugin[] {
    return this.#globalPlan
  }

  /** The disabled plugins that stand in a scope of the route, those of consumers apart. */
  disabledOn(route: Route): readonly ScopedPlugin[] {
    const ofRoute = this.#disabled.byRoute.get(route) ?? nobody
    const ofService = (route.service && this.#disabled.byService.get(route.service)) ?? nobody
    return [...ofRoute.filter(plugin => fits(plugin, route)), ...ofService, ...this.#disabled.global]
  }

  /** Names of the plugins that apply to the route for some consumer or group: which of them run hangs on who calls. */
  ofConsumersOn(route: Route): readonly string[] {
    const lists = [...this.#enabled.byConsumer.values(), ...this.#enabled.byGroup.values()]
    return [
      ...new Set(lists.flatMap(list => list.filter(plugin => fits(plugin, route)).map(({ name }) => name))),
    ]
  }

  #place(plugin: PluginConfig, routes: Lookup<Route>, services: Lookup<Service>): void {
    if (plugin.protocols?.length && plugin.protocols.every(protocol => streamOnly.has(protocol))) return
    const route = routes.find(plugin.route) ?? null
    const service = services.find(plugin.service) ?? null
    const consumer = this.consumers.find(plugin.consumer) ?? null
    const group = referenceKey(plugin.consumer_group) ?? null
    const dangling =
      (plugin.route && !route) || (plugin.service && !service) || (plugin.consumer && !consumer)
    if (dangling) return
    const scope = scopeOf(plugin)
    const rank = rankOf.get(scope) ?? scopesByPrecedence.length
    const placed = {
      name: plugin.name,
      id: plugin.id ?? null,
      scope,
      rank,
      plugin,
      route,
      service,
      consumer,
      group,
    }
    const enabled = plugin.enabled ?? true
    if (enabled) this.#enabled.add(placed)
    else this.#disabled.add(placed)
  }

  #ofConsumer(consumer: Consumer): readonly PlacedPlugin[] {
    const own = this.#enabled.byConsumer.get(consumer) ?? nobody
    const groups = this.#groups.get(consumer)
    return groups ? [...own, ...groups.flatMap(group => this.#enabled.byGroup.get(group) ?? nobody)] : own
  }

  #planOf(route: Route): readonly PlacedPlugin[] {
    let plan = this.#plans.get(route)
    if (!plan) {
      const own = (this.#enabled.byRoute.get(route) ?? nobody).filter(plugin => fits(plugin, route))
      plan = merge(this.#planOfService(route.service), own)
      this.#plans.set(route, plan)
    }
    return plan
  }

  #planOfService(service: Service | null): readonly PlacedPlugin[] {
    const own = service && this.#enabled.byService.get(service)
    if (!own) return this.#globalPlan
    let plan = this.#servicePlans.get(service)
    if (!plan) {
      plan = merge(this.#globalPlan, own)
      this.#servicePlans.set(service, plan)
    }
    return plan
  }
}

/** Puts plugins into a plan (in the order in which they run): of each name the one in the more specific scope stays. */
function merge(plan: readonly PlacedPlugin[], plugins: readonly PlacedPlugin[]): readonly PlacedPlugin[] {
  if (plugins.length === 0) return plan
  const merged = [...plan]
  for (const plugin of plugins) {
    const twin = merged.findIndex(other => other.name === plugin.name)
    const other = merged[twin]
    if (!other) {
      const after = merged.findIndex(each => compareExecution(each.name, plugin.name) > 0)
      merged.splice(after < 0 ? merged.length : after, 0, plugin)
    } else if (plugin.rank < other.rank) merged[twin] = plugin
  }
  return merged
}

/** The scope that a plugin is attached to. */
function scopeOf(plugin: PluginConfig): PluginScope {
  const who = plugin.consumer ? 'consumer' : plugin.consumer_group ? 'consumer_group' : null
  const where =
    plugin.route && plugin.service
      ? 'route+service'
      : plugin.route
        ? 'route'
        : plugin.service
          ? 'service'
          : null
  if (who) return where ? `${who}+${where}` : who
  return where ?? 'global'
}

/** A plugin for a route and another service never applies to the route. */
function fits(plugin: PlacedPlugin, route: Route): boolean {
  return (!plugin.route || plugin.route === route) && (!plugin.service || plugin.service === route.service)
}

function listIn<K, V>(lists: Map<K, V[]>, key: K): V[] {
  let list = lists.get(key)
  if (!list) {
    list = []
    lists.set(key, list)
  }
  return list
}
