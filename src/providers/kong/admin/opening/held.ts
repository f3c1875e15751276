import { type Entity, type EntityRef, refText } from '../../../../model/entity.ts'
import type { Json } from '../../../../model/json.ts'
import type { Schemas } from '../../../../model/schema/schema.ts'
import { entitiesOf, entityAt, type State } from '../../../../model/state/state.ts'
import type { Change } from '../../../../reconcile/drift/drift.ts'
import { anonymousOf, plugins, stages } from './stages.ts'

/** How a service or a route comes to be. */
export interface Placed {
  /** When it is created. */
  readonly order: number
  /** Whether it is created so that nothing gets through, and opened once all below it stands. */
  readonly held: boolean
}

/**
 * Where the new services and routes of a plan stand among its steps, and the consumers that requests without credentials
 * pass as. A service that gets routes, and plugins for itself or for them, is disabled at first; one that nothing below it
 * protects, or that nothing leads to, is not. A route at a service that is live comes last, for then all that protects it
 * is there; but for plugins of its own, which need it: with such it is closed at first. Behind a disabled service a route
 * may be open.
 */
export class HeldBack {
  readonly #desired: State
  readonly #live: State
  /** By `refText`: what a new or moved entity of this plan points to. */
  readonly #pointedTo = new Set<string>()
  /** Routes and services that get plugins in this plan, and services that such routes are for. */
  readonly #withPlugins = new Set<string>()
  readonly #heldServices = new Set<string>()
  /** The names or ids of consumers that requests without credentials pass as now. */
  readonly #anonymous: ReadonlySet<string>
  readonly #anonymousThen: ReadonlySet<string>

  constructor(changes: readonly Change[], desired: State, live: State, schemas: Schemas) {
    this.#desired = desired
    this.#live = live
    const withRoutes = new Set<string>()
    for (const change of changes) {
      const entity = change.operation === 'delete' ? undefined : entityAt(desired, change)
      if (!entity) continue
      for (const ref of Object.values(entity.refs)) this.#pointedTo.add(refText(ref))
      const { route, service } = entity.refs
      if (change.kind === 'route' && change.operation === 'create' && service)
        withRoutes.add(refText(service))
      if (!plugins.has(entity.kind)) continue
      const above = route && entityAt(desired, route)?.refs.service
      for (const ref of [route, service, above]) if (ref) this.#withPlugins.add(refText(ref))
    }
    const named = (state: State): ReadonlySet<string> =>
      new Set(entitiesOf(state, 'plugin').flatMap(plugin => anonymousOf(plugin) ?? []))
    this.#anonymous = named(live)
    this.#anonymousThen = named(desired)
    // A gateway that knows no disabled services has its routes closed.
    const canBeDisabled = schemas.get('service')?.record.fields.has('enabled') ?? false
    for (const change of changes) {
      const service = entityAt(desired, change)
      if (change.kind !== 'service' || change.operation !== 'create' || !service || !canBeDisabled) continue
      const name = refText(change)
      if (service.fields.enabled !== false && withRoutes.has(name) && this.#withPlugins.has(name))
        this.#heldServices.add(name)
    }
  }

  /** Whether a new consumer is under another name until it has its groups and plugins: callers pass as it by its name. */
  consumer({ fields, ...ref }: Entity): boolean {
    return this.#isAnonymous(fields.username) && this.#pointedTo.has(refText(ref))
  }

  /** Whether a change makes a consumer the one that requests without credentials pass as: it lets them in. */
  letsIn({ operation, fields }: Change, wanted: Entity): boolean {
    if (!this.#isAnonymous(wanted.fields.username)) return false
    return operation === 'create' ? !this.consumer(wanted) : fields.some(({ path }) => path === 'username')
  }

  /** Whether requests without credentials pass as a consumer now, or would by plugins that come. */
  isNobody({ id, fields }: Entity): boolean {
    return [id, fields.username].some(
      name => typeof name === 'string' && (this.#anonymous.has(name) || this.#anonymousThen.has(name)),
    )
  }

  #isAnonymous(username: Json | undefined): boolean {
    return typeof username === 'string' && this.#anonymous.has(username)
  }

  service(ref: EntityRef): Placed {
    return { order: stages.levels + 1, held: this.#heldServices.has(refText(ref)) }
  }

  route(route: Entity): Placed {
    if (this.#isBehind(route.refs.service)) return { order: stages.routesBehind, held: false }
    return this.#withPlugins.has(refText(route))
      ? { order: stages.routesBehind, held: true }
      : { order: stages.routes, held: false }
  }

  /** Whether nothing gets through to a service when routes are made. */
  #isBehind(service: EntityRef | undefined): boolean {
    if (!service) return false
    if (this.#heldServices.has(refText(service))) return true
    const wanted = entityAt(this.#desired, service)
    const there = entityAt(this.#live, service)
    return (there ?? wanted)?.fields.enabled === false
  }
}
