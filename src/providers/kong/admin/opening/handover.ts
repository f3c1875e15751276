import { type Entity, type EntityRef, refText } from '../../../../model/entity.ts'
import { Children } from '../../../../model/state/nested-entities.ts'
import { entitiesOf, entityAt, type State } from '../../../../model/state/state.ts'
import { UniqueIndex, uniqueValuesOf } from '../../../../model/state/unique-values.ts'
import type { Change } from '../../../../reconcile/drift/drift.ts'
import { kinds } from '../../kinds/index.ts'
import { scopesByPrecedence } from '../../router/effects/plugin-scopes.ts'

/** Fields of a plugin's scope that become something else; null: they are taken away. */
export type ScopeChange = Readonly<Record<string, EntityRef | null>>

/**
 * A gateway holds one plugin of a name in one scope, so one that gives way to another must be gone first. Meanwhile
 * its requests are looked after in another scope that takes in the same ones: by the old plugin itself, or by others
 * that stand in for it.
 */
export class Handovers {
  readonly #live: State
  readonly #owners: UniqueIndex
  readonly #children: Children
  /** Names with scopes that the plan fills, for a while or for good, as texts. */
  readonly #filled = new Set<string>()
  readonly #isGone: (ref: EntityRef) => boolean

  /** `isGone`: whether something is deleted before any plugin gives way. */
  constructor(changes: readonly Change[], desired: State, live: State, isGone: (ref: EntityRef) => boolean) {
    this.#live = live
    this.#isGone = isGone
    this.#owners = new UniqueIndex(live)
    this.#children = new Children(live)
    for (const change of changes) {
      const wanted = change.operation === 'delete' ? undefined : entityAt(desired, change)
      if (change.kind === 'plugin' && wanted) this.#filled.add(slotOf(wanted))
    }
  }

  /** Takes the scope that takes in the same requests as a plugin's own, where there is one and nothing stands or comes there. */
  otherScope({ refs, ...plugin }: Entity): ScopeChange | undefined {
    const { route, service } = refs
    const change = route ? this.#ofRoute(route, service) : service && this.#ofService(service)
    return change && this.#goesTo({ ...plugin, refs }, change) ? change : undefined
  }

  /** Takes narrower scopes that together take in what a plugin acts on: in each of them one can stand in for it. */
  narrowerScopes(plugin: Entity): readonly ScopeChange[] {
    const { route, service } = plugin.refs
    if (route) return []
    const scopes = service
      ? this.#routesOf(service).map(each => ({ route: each, service: null }))
      : this.#everything()
    return scopes.filter(change => this.#goesTo(plugin, change))
  }

  /**
   * Takes another scope for a plugin, if that is free and the plugin does not come before or behind any other of its name
   * by going there.
   */
  #goesTo(plugin: Entity, change: ScopeChange): boolean {
    const moved = withScope(plugin, change)
    const [least = 0, most = 0] = [rankOf(plugin), rankOf(moved)].sort((a, b) => a - b)
    const isPassed = entitiesOf(this.#live, plugin.kind).some(other => {
      const rank = rankOf(other)
      if (other.fields.name !== plugin.fields.name || other.fields.enabled === false) return false
      const isApart = Object.entries(moved.refs).some(
        ([field, ref]) => other.refs[field] !== undefined && other.refs[field].key !== ref.key,
      )
      return !isApart && least < rank && rank < most
    })
    return !isPassed && this.takes(moved)
  }

  /** The plugin that acts now where a new one of its name is to, in the narrowest scope around it. */
  around(plugin: Entity): Entity | undefined {
    const { route, service, ...who } = plugin.refs
    const of = route ? entityAt(this.#live, route)?.refs.service : service
    const scopes = [
      ...(route && service ? [{ ...who, route }] : []),
      ...(route && of ? [{ ...who, service: of }] : []),
      ...(route || service ? [who] : []),
    ]
    for (const refs of scopes) {
      const owner = this.owner({ ...plugin, refs })
      if (owner && owner.fields.enabled !== false) return owner
    }
    return undefined
  }

  /** Whether requests can come to a plugin's scope now. */
  actsOnRequests({ refs: { route, service } }: Entity): boolean {
    const of = route && entityAt(this.#live, route)?.refs.service
    if (route) return !this.#isGone(route) && (service === undefined || service.key === of?.key)
    return service === undefined || this.#routesOf(service).length > 0
  }

  #ofRoute(route: EntityRef, service: EntityRef | undefined): ScopeChange | undefined {
    if (service) return { service: null }
    const of = entityAt(this.#live, route)?.refs.service
    return of && { service: of }
  }

  #ofService(service: EntityRef): ScopeChange | undefined {
    const [only, more] = this.#routesOf(service)
    return only && !more ? { route: only, service: null } : undefined
  }

  #routesOf(service: EntityRef): readonly EntityRef[] {
    return this.#children
      .of(service)
      .flatMap(({ entity: { kind, key } }) => (kind === 'route' ? [{ kind, key }] : []))
      .filter(route => !this.#isGone(route))
  }

  /** All services that have routes, and all routes that have no service. */
  #everything(): readonly ScopeChange[] {
    const alone = entitiesOf(this.#live, 'route').filter(
      route => route.refs.service === undefined && !this.#isGone(route),
    )
    const services = entitiesOf(this.#live, 'service').filter(service => this.#routesOf(service).length > 0)
    return [
      ...services.map(({ kind, key }) => ({ service: { kind, key } })),
      ...alone.map(({ kind, key }) => ({ route: { kind, key } })),
    ]
  }

  /** Takes a plugin's name and scope, if nothing stands or comes there. */
  takes(plugin: Entity): boolean {
    const slot = slotOf(plugin)
    const isFree = this.owner(plugin) === undefined && !this.#filled.has(slot)
    if (isFree) this.#filled.add(slot)
    return isFree
  }

  /** Whoever has a plugin's name and scope now. */
  owner(plugin: Entity): Entity | undefined {
    const definition = kinds.of(plugin.kind)
    const [slot] = definition ? uniqueValuesOf(plugin, definition) : []
    return definition && slot && this.#owners.owner(definition, slot)
  }
}

/** Which scope comes first, where several have a plugin of one name: the lowest. */
function rankOf({ refs }: Entity): number {
  const scope = ['consumer', 'consumer_group', 'route', 'service'].filter(field => refs[field]).join('+')
  return scopesByPrecedence.findIndex(each => each === (scope || 'global'))
}

/** A plugin in another scope. */
export function withScope(plugin: Entity, change: ScopeChange): Entity {
  const refs = { ...plugin.refs }
  for (const [field, ref] of Object.entries(change)) {
    if (ref) refs[field] = ref
    else delete refs[field]
  }
  return { ...plugin, refs }
}

/** A plugin's name with its scope, as a text. */
export function slotOf(plugin: Entity): string {
  const definition = kinds.of(plugin.kind)
  return (definition && uniqueValuesOf(plugin, definition)[0]?.text) ?? refText(plugin)
}
