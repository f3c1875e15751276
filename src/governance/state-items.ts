import type { Entity, EntityRef } from '../model/entity.ts'
import { asString, type Json, type JsonObject } from '../model/json.ts'
import type { Masker } from '../model/masking/masked-sentences.ts'
import { maskerOf, readableFields, unreadableKinds } from '../model/masking/masks.ts'
import type { Place } from '../model/problem.ts'
import type { RoutePosture } from '../model/routing/posture.ts'
import type { Router } from '../model/routing/routing.ts'
import { entitiesOf, entityAt, type State } from '../model/state/state.ts'
import { atOnce, type Sliced } from '../model/time-slices.ts'
import { type DescribedCall, type Description, describe } from './description.ts'
import type { Trace } from './finding.ts'
import type { PolicyItem, TargetInfo } from './item.ts'
import { effectiveView, readablePaths, specificationView } from './route-view.ts'

/** One target, as far as it was read. */
export interface TargetStates {
  readonly info: TargetInfo
  /** What the manifests say; null: not known, or there are none. */
  readonly manifest: State | null
  /** What the gateway holds; null: not known. */
  readonly live: State | null
  /** What specifications describe; null: there are none. */
  readonly described: readonly DescribedCall[] | null
  /** The fields of a manifest's entity that hold a secret in clear. */
  inClear(entity: Entity): readonly string[]
}

/** What is worked out of a state once and used by many. */
export interface StateTools {
  /** Undefined: how a gateway that holds this answers requests is not modelled. */
  routerOf(state: State): Router | undefined
  /** By the route's key; undefined where routes, services or plugins were not read completely. */
  protectionOf(state: State): ReadonlyMap<string, RoutePosture> | undefined
}

/** The entities of a target as policies see them: those of the manifests, those at the gateway, or both. */
export function itemsOfTarget(
  target: TargetStates,
  tools: StateTools,
  subjects: readonly ('manifest' | 'live')[] = ['manifest', 'live'],
): readonly PolicyItem[] {
  return atOnce(itemsSliced(target, tools, subjects))
}

/** The same in steps of a few milliseconds, once what is worked out of the states is known. */
export function* itemsSliced(
  target: TargetStates,
  tools: StateTools,
  subjects: readonly ('manifest' | 'live')[] = ['manifest', 'live'],
): Sliced<readonly PolicyItem[]> {
  const items: PolicyItem[] = []
  for (const subject of subjects) {
    const state = target[subject]
    if (!state) continue
    for (const item of new StateItems(target, state, subject, tools).all()) {
      items.push(item)
      if (items.length % itemsInStep === 0) yield
    }
  }
  return items
}

/** How many entities are looked at without a stop. */
const itemsInStep = 100

/** Descriptions by state: items, coverage and screens ask for the same. */
const descriptions = new WeakMap<
  State,
  { readonly described: readonly DescribedCall[]; readonly description: Description }
>()

/** Which operations a state's routes answer; null: there are no specifications, or routes were not read. */
export function descriptionOf(
  state: State,
  described: readonly DescribedCall[] | null,
  tools: StateTools,
): Description | null {
  if (
    described === null ||
    state.coverage.get('route')?.state !== 'complete' ||
    unreadableKinds(state).has('route')
  )
    return null
  const known = descriptions.get(state)
  if (known?.described === described) return known.description
  const router = tools.routerOf(state)
  if (!router) return null
  const found = describe(router, described)
  const description = { ...found, routes: withoutMasked(found.routes, maskerOf(state)) }
  descriptions.set(state, { described, description })
  return description
}

function withoutMasked(routes: Description['routes'], masked: Masker): Description['routes'] {
  return new Map(
    [...routes].map(([key, route]) => [key, { ...route, beyond: route.beyond.map(each => masked(each)) }]),
  )
}

function withFields(names: ReadonlySet<string>, fields: readonly string[]): ReadonlySet<string> {
  return fields.length === 0 ? names : new Set([...names, ...fields])
}

class StateItems {
  readonly #target: TargetStates
  readonly #state: State
  readonly #subject: 'manifest' | 'live'
  readonly #router: Router | undefined
  readonly #protection: ReadonlyMap<string, RoutePosture> | undefined
  readonly #description: Description | null
  readonly #gateway: JsonObject
  readonly #unknown: ReadonlySet<string>
  readonly #unread: ReadonlySet<string>
  /** The specification that describes one of a service's routes. */
  readonly #ofService = new Map<string, Trace['specification']>()
  readonly #routesOfService = new Map<string, number>()
  readonly #servicesOfHost = new Map<string, number>()

  constructor(target: TargetStates, state: State, subject: 'manifest' | 'live', tools: StateTools) {
    this.#target = target
    this.#state = state
    this.#subject = subject
    this.#router = tools.routerOf(state)
    this.#protection = tools.protectionOf(state)
    this.#description = descriptionOf(state, target.described, tools)
    const { name, environment, production, labels } = target.info
    this.#gateway = { name, environment, production, labels: { ...labels } }
    const hasRoutes = state.coverage.get('route')?.state === 'complete'
    this.#unread = new Set(
      [
        this.#protection ? [] : ['effective'],
        target.described !== null && (!hasRoutes || !this.#router) ? ['specification', 'beyond'] : [],
        hasRoutes ? [] : ['routes'],
        state.coverage.get('service')?.state === 'complete' ? [] : ['services'],
      ].flat(),
    )
    this.#unknown = new Set([
      ...this.#unread,
      ...(this.#description ? [] : ['specification', 'beyond']),
      ...(subject === 'live' && !target.manifest ? ['managed'] : []),
      ...(subject === 'live' ? ['clear'] : []),
    ])
    for (const route of entitiesOf(state, 'route')) {
      const service = route.refs.service?.key
      if (service === undefined) continue
      this.#routesOfService.set(service, (this.#routesOfService.get(service) ?? 0) + 1)
      const described = this.#specificationOf(route.key)
      if (described && !this.#ofService.has(service)) this.#ofService.set(service, described)
    }
    for (const service of entitiesOf(state, 'service')) {
      const host = asString(this.#readable(service).host)
      if (host !== undefined) this.#servicesOfHost.set(host, (this.#servicesOfHost.get(host) ?? 0) + 1)
    }
  }

  *all(): Generator<PolicyItem> {
    for (const [kind, entities] of this.#state.entities) {
      if (this.#state.coverage.get(kind)?.state !== 'complete') continue
      for (const entity of entities.values()) yield this.#item(entity)
    }
  }

  #item(entity: Entity): PolicyItem {
    const { kind, key, name, tags } = entity
    const posture = kind === 'route' ? this.#protection?.get(key) : undefined
    // What stands behind a mask and nobody here knows can't be asked about.
    const unread = readableFields(entity.fields, this.#state) ? [] : Object.keys(entity.fields)
    return {
      subject: this.#subject,
      kind,
      key,
      name,
      tags,
      paths: kind === 'route' ? readablePaths(posture, this.#readable(entity).paths) : [],
      target: this.#target.info,
      value: {
        ...this.#readable(entity),
        ...namesOfRefs(entity),
        ...this.#own(entity, posture),
        managed: this.#subject === 'manifest' || this.#written(entity) !== undefined,
        clear: this.#subject === 'manifest' ? this.#target.inClear(entity) : null,
        gateway: this.#gateway,
      },
      unknown: withFields(this.#unknown, unread),
      unread: withFields(this.#unread, unread),
      masked: maskerOf(this.#state),
      place: path => this.#place(entity, path),
      trace: () => this.#trace(entity),
    }
  }

  /** Fields as the gateway reads them: a policy is about what they are, wherever they came from. */
  #readable(entity: Entity): JsonObject {
    return readableFields(entity.fields, this.#state) ?? entity.fields
  }

  /** What policies see of one kind beyond the fields. */
  #own(entity: Entity, posture: RoutePosture | undefined): JsonObject {
    switch (entity.kind) {
      case 'route': {
        const description = this.#description?.routes.get(entity.key)
        const service = entity.refs.service && entityAt(this.#state, entity.refs.service)
        return {
          // A route may have none; then its id is its key.
          name: entity.name,
          service: service ? { ...this.#readable(service), name: service.name } : null,
          effective: posture ? effectiveView(posture, this.#pluginsOn(entity.key)) : null,
          specification: specificationView(description),
          beyond: description?.beyond ?? [],
        }
      }
      case 'service':
        return { name: entity.name, routes: this.#routesOfService.get(entity.key) ?? 0 }
      case 'upstream':
        return { services: this.#servicesOfHost.get(entity.name) ?? 0 }
      case 'target':
        return addressOf(asString(this.#readable(entity).target) ?? '')
      case 'plugin': {
        const plugin = asString(entity.fields.name) ?? ''
        return { scope: scopeOf(entity), authenticates: this.#state.routing?.authenticates(plugin) ?? null }
      }
      default:
        return {}
    }
  }

  #pluginsOn(key: string): readonly string[] {
    return this.#router?.pluginsOn(key) ?? []
  }

  /** The manifests' entity behind a live one, or itself. */
  #written(entity: EntityRef): Entity | undefined {
    return this.#target.manifest?.entities.get(entity.kind)?.get(entity.key)
  }

  #place(entity: Entity, path: string | undefined): Place | null {
    const written = this.#written(entity)
    if (!written?.source) return null
    // What is in effect on an entity is not written with it.
    const root = path?.split('.', 1)[0] ?? ''
    const own = root in written.fields || root in written.refs
    return own ? written.source.place(path) : written.source.place()
  }

  #trace(entity: Entity): Trace {
    const held = this.#target.live?.entities.get(entity.kind)?.get(entity.key)
    const route = entity.kind === 'route' ? entity.key : entity.refs.route?.key
    const service = entity.kind === 'service' ? entity.key : entity.refs.service?.key
    const described = route === undefined ? undefined : this.#specificationOf(route)
    return {
      specification: described ?? (service === undefined ? null : (this.#ofService.get(service) ?? null)),
      manifest: this.#written(entity)?.source?.place() ?? null,
      live: held ? { target: this.#target.info.name, id: held.id ?? null } : null,
    }
  }

  #specificationOf(route: string): Trace['specification'] {
    const first = this.#description?.routes.get(route)?.calls[0]?.operation
    return first ? { operation: `${first.method} ${first.template}`, place: first.place } : null
  }
}

function namesOfRefs(entity: Entity): JsonObject {
  return Object.fromEntries(
    Object.entries(entity.refs).map(([field, ref]): [string, Json] => [field, ref.key]),
  )
}

function scopeOf({ refs }: Entity): string {
  const parts = ['consumer', 'consumer_group', 'route', 'service'].filter(field => refs[field])
  return parts.length === 0 ? 'global' : parts.join('+')
}

/** `10.0.0.1:8080` and `[::1]:8080` as host and port. */
function addressOf(target: string): JsonObject {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(target) ?? []
  return { host: bracketed ?? plain ?? target, port: port === undefined ? null : Number(port) }
}
