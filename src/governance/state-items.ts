import type { Entity, EntityRef, Kind } from '../model/entity.ts'
import { asString, type Json, type JsonObject } from '../model/json.ts'
import type { Masker } from '../model/masking/masked-sentences.ts'
import { maskerOf, readableFields, unreadableKinds } from '../model/masking/masks.ts'
import type { Place } from '../model/problem.ts'
import type { RoutePosture } from '../model/routing/posture.ts'
import type { Router } from '../model/routing/routing.ts'
import type { KindDefinition } from '../model/schema/kind-definition.ts'
import type { Facet } from '../model/schema/kind-meaning.ts'
import { entitiesAs, isReadAs, refAs } from '../model/state/facets.ts'
import { entityAt, type State } from '../model/state/state.ts'
import { atOnce, type Sliced } from '../model/time-slices.ts'
import { type DescribedCall, type Description, describe } from './description.ts'
import type { Trace } from './finding.ts'
import type { PolicyItem, TargetInfo } from './item.ts'
import { timesNamed } from './left-over.ts'
import { effectiveView, readablePaths, specificationView } from './route-view.ts'

/** One target, as far as it was read. */
export interface TargetStates {
  readonly info: TargetInfo
  /** What the manifests want; null: unknown, or there are none. */
  readonly manifest: State | null
  /** What the gateway holds; null: unknown. */
  readonly live: State | null
  /** What specifications describe; null: there are none. */
  readonly described: readonly DescribedCall[] | null
  /** The fields of a manifest's entity that hold a secret in clear. */
  inClear(entity: Entity): readonly string[]
}

/** What is computed once per state and used by many. */
export interface StateTools {
  /** Undefined: it isn't modelled how a gateway in this state answers requests. */
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

/** The same in steps of a few milliseconds, once what is computed from the states is available. */
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

/** Descriptions by state: items, coverage and screens need the same ones. */
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
    !isReadAs(state, 'route') ||
    state.kinds.as('route').some(kind => unreadableKinds(state).has(kind))
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
  /** How often entities are named by those of another kind, by the kind of the named. */
  readonly #named = new Map<Kind, ReadonlyMap<string, number>>()

  constructor(target: TargetStates, state: State, subject: 'manifest' | 'live', tools: StateTools) {
    this.#target = target
    this.#state = state
    this.#subject = subject
    this.#router = tools.routerOf(state)
    this.#protection = tools.protectionOf(state)
    this.#description = descriptionOf(state, target.described, tools)
    const { name, environment, production, labels } = target.info
    this.#gateway = { name, environment, production, labels: { ...labels } }
    const hasRoutes = isReadAs(state, 'route')
    this.#unread = new Set(
      [
        this.#protection ? [] : ['effective'],
        target.described !== null && (!hasRoutes || !this.#router) ? ['specification', 'beyond'] : [],
        hasRoutes ? [] : ['routes'],
        state.kinds.all.flatMap(({ meaning }) => {
          const by = meaning?.namedBy?.kind
          return by === undefined || state.coverage.get(by)?.state === 'complete' ? [] : [pluralOf(state, by)]
        }),
      ].flat(),
    )
    this.#unknown = new Set([
      ...this.#unread,
      ...(this.#description ? [] : ['specification', 'beyond']),
      ...(subject === 'live' && !target.manifest ? ['managed'] : []),
      ...(subject === 'live' ? ['clear'] : []),
    ])
    for (const route of entitiesAs(state, 'route')) {
      const service = refAs(route, 'service', state.kinds)?.key
      if (service === undefined) continue
      this.#routesOfService.set(service, (this.#routesOfService.get(service) ?? 0) + 1)
      const described = this.#specificationOf(route.key)
      if (described && !this.#ofService.has(service)) this.#ofService.set(service, described)
    }
    for (const { kind, meaning } of state.kinds.all)
      if (meaning?.namedBy && state.entities.get(kind)?.size)
        this.#named.set(kind, timesNamed(state, meaning.namedBy))
  }

  *all(): Generator<PolicyItem> {
    for (const [kind, entities] of this.#state.entities) {
      if (this.#state.coverage.get(kind)?.state !== 'complete') continue
      for (const entity of entities.values()) yield this.#item(entity)
    }
  }

  #item(entity: Entity): PolicyItem {
    const { kind, key, name, tags } = entity
    const definition = this.#state.kinds.of(kind)
    const isRoute = definition?.meaning?.facet === 'route'
    const posture = isRoute ? this.#protection?.get(key) : undefined
    const readable = this.#readable(entity)
    // Policies can't be evaluated on a masked value that nobody here knows.
    const unread = readableFields(entity.fields, this.#state) ? [] : Object.keys(entity.fields)
    return {
      subject: this.#subject,
      kind,
      key,
      name,
      tags,
      paths: isRoute ? readablePaths(posture, definition.meaning?.pathsOf?.(readable) ?? []) : [],
      target: this.#target.info,
      value: {
        ...readable,
        ...namesOfRefs(entity),
        ...(definition ? this.#own(entity, definition, posture) : {}),
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

  /** Fields as the gateway reads them: a policy is about their effect, wherever they come from. */
  #readable(entity: Entity): JsonObject {
    return readableFields(entity.fields, this.#state) ?? entity.fields
  }

  /** What policies see of an entity beyond the fields: by its facet, and what its kind says. */
  #own(entity: Entity, definition: KindDefinition, posture: RoutePosture | undefined): JsonObject {
    const { facet, facts, namedBy } = definition.meaning ?? {}
    return {
      ...(facet && this.#ofFacet(entity, facet, definition, posture)),
      ...(namedBy && {
        [pluralOf(this.#state, namedBy.kind)]: this.#named.get(entity.kind)?.get(entity.name) ?? 0,
      }),
      ...facts?.(this.#readable(entity), entity.refs),
    }
  }

  #ofFacet(
    entity: Entity,
    facet: Facet,
    { fields }: KindDefinition,
    posture: RoutePosture | undefined,
  ): JsonObject {
    switch (facet) {
      case 'route': {
        const description = this.#description?.routes.get(entity.key)
        const ref = refAs(entity, 'service', this.#state.kinds)
        const service = ref && entityAt(this.#state, ref)
        return {
          // A route may have no name; then its id is its key.
          name: entity.name,
          service: service ? { ...this.#readable(service), name: service.name } : null,
          effective: posture ? effectiveView(posture, this.#pluginsOn(entity.key)) : null,
          specification: specificationView(description),
          beyond: description?.beyond ?? [],
        }
      }
      case 'service':
        return { name: entity.name, routes: this.#routesOfService.get(entity.key) ?? 0 }
      case 'protection': {
        const name = asString(entity.fields[fields?.variant ?? ''])
        return { authenticates: this.#state.routing?.authenticates(name ?? '') ?? null }
      }
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
    // What is in effect on an entity isn't written in it.
    const root = path?.split('.', 1)[0] ?? ''
    const own = root in written.fields || root in written.refs
    return own ? written.source.place(path) : written.source.place()
  }

  #trace(entity: Entity): Trace {
    const held = this.#target.live?.entities.get(entity.kind)?.get(entity.key)
    const route = this.#as(entity, 'route')
    const service = this.#as(entity, 'service')
    const described = route === undefined ? undefined : this.#specificationOf(route)
    return {
      specification: described ?? (service === undefined ? null : (this.#ofService.get(service) ?? null)),
      manifest: this.#written(entity)?.source?.place() ?? null,
      live: held ? { target: this.#target.info.name, id: held.id ?? null } : null,
    }
  }

  /** The key of an entity itself where it has the facet, else of the one that it refers to. */
  #as(entity: Entity, facet: Facet): string | undefined {
    const { kinds } = this.#state
    return kinds.facetOf(entity.kind) === facet ? entity.key : refAs(entity, facet, kinds)?.key
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

function pluralOf({ kinds }: State, kind: Kind): string {
  return kinds.of(kind)?.identity.plural ?? kind
}
