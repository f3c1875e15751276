import type { EntityRef, EntitySet, Kind, RawEntity } from '../entity.ts'
import type { Answer, NamedRef } from './answer.ts'
import type { PostureChange, RoutePosture } from './posture.ts'
import type { ProxyRequest } from './request.ts'
import type { TrafficGroup } from './traffic-group.ts'

/** A route of a router: identified by its id, which is the entity's key if the router was made from a state. */
export interface RouterRoute extends NamedRef {
  /** Whether it answers whatever method is asked for. */
  readonly anyMethod: boolean
}

/** How a gateway answers requests, worked out from its configuration alone. Immutable. */
export interface Router {
  readonly routes: readonly RouterRoute[]
  /** The names and ids that identify callers; undefined: unknown. */
  readonly callers: readonly Caller[] | undefined
  /** The names of the plugins in effect on a route, by its id, for an unknown caller. */
  pluginsOn(route: string): readonly string[]
  /** The route that answers a request; undefined: none does. */
  routeOf(request: ProxyRequest): NamedRef | undefined
  answer(request: ProxyRequest): Answer
  /** Requests that its routes match, made from their criteria. */
  requests(): readonly { readonly route: NamedRef; readonly request: ProxyRequest }[]
}

/** Somebody whom a gateway can distinguish from others. */
export interface Caller {
  /** The name for people; null: there is none. */
  readonly name: string | null
  /** Everything that may refer to them. */
  readonly knownBy: readonly string[]
}

/** What an entity acts on where requests are answered. */
export interface Acting {
  /** Such as `route payouts` and `service payouts`, all of which are needed for it to act; or `(global)`. */
  readonly on: readonly string[]
  /** The protection that it provides, by its variant, such as `key-auth`; null: it is what is protected. */
  readonly protection: string | null
}

/** What a kind of gateway does with its entities: how requests are answered, and what protects them. Pure. */
export interface Routing {
  /** The kinds that the answer to a request depends on. */
  readonly answering: ReadonlySet<Kind>
  /** The kinds without which nothing is known about an answer. */
  readonly essential: ReadonlySet<Kind>
  /** The kinds that determine what protects a route, for people, in this order. */
  readonly protecting: readonly Kind[]
  /** Whether an entity of one of these kinds requires callers to identify themselves, by its variant. */
  authenticates(variant: string): boolean
  /** What an entity acts on where requests are answered; null: it isn't involved, or acts on nothing by itself. */
  actsOn(entity: EntityRef): Acting | null
  /**
   * Why nothing can be known from entities (those of each kind) however they were read, as a clause; null: it can be.
   */
  notModelled(of: (kind: Kind) => Iterable<Pick<RawEntity, 'fields'>>): string | null
  /** Made once for a state. */
  of(state: EntitySet): Router
  /** Of entities as they were read, without kinds that could not be. */
  ofEntities(raws: readonly RawEntity[], unread: readonly Kind[]): Router
  /** The requests of both, and others, that are answered differently; the worst first. */
  traffic(before: EntitySet, after: EntitySet, more: readonly ProxyRequest[]): readonly TrafficGroup[]
  /** What protects each route. */
  posture(state: EntitySet): readonly RoutePosture[]
  comparePosture(before: readonly RoutePosture[], after: readonly RoutePosture[]): readonly PostureChange[]
}
