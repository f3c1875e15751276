import type { EntityRef, EntitySet, Kind, RawEntity } from '../entity.ts'
import type { Answer, NamedRef } from './answer.ts'
import type { PostureChange, RoutePosture } from './posture.ts'
import type { ProxyRequest } from './request.ts'
import type { TrafficGroup } from './traffic-group.ts'

/** A route of a router: by its id, which is the entity's key where the router was made of a state. */
export interface RouterRoute extends NamedRef {
  /** Whether it answers whatever method is asked for. */
  readonly anyMethod: boolean
}

/** How a gateway answers requests, worked out from its configuration alone. Immutable. */
export interface Router {
  readonly routes: readonly RouterRoute[]
  /** The names and ids by which callers are known; undefined: not known. */
  readonly callers: readonly Caller[] | undefined
  /** The names of the plugins in effect on a route, by its id, for a caller who is not known. */
  pluginsOn(route: string): readonly string[]
  /** The route that answers a request; undefined: none does. */
  routeOf(request: ProxyRequest): NamedRef | undefined
  answer(request: ProxyRequest): Answer
  /** Requests that its routes match, made from what each asks for. */
  requests(): readonly { readonly route: NamedRef; readonly request: ProxyRequest }[]
}

/** Somebody whom a gateway can tell from others. */
export interface Caller {
  /** What people call them; null: they have no name. */
  readonly name: string | null
  /** All that they may be referred to by. */
  readonly knownBy: readonly string[]
}

/** What an entity acts on where requests are answered. */
export interface Acting {
  /** As `route payouts` and `service payouts`, all of which it takes for it to act; or `(global)`. */
  readonly on: readonly string[]
  /** The protection that it is, by its variant, as `key-auth`; null: it is what is protected. */
  readonly protection: string | null
}

/** What a kind of gateway makes of its entities: how requests are answered, and what protects them. Pure. */
export interface Routing {
  /** The kinds of which what answers a request hangs on. */
  readonly answering: ReadonlySet<Kind>
  /** The kinds without which nothing of an answer is known. */
  readonly essential: ReadonlySet<Kind>
  /** The kinds that say what protects a route, for people in this order. */
  readonly protecting: readonly Kind[]
  /** Whether an entity of one of these kinds has a caller say who they are, by its variant. */
  authenticates(variant: string): boolean
  /** What an entity acts on where requests are answered; null: it is no part of that, or acts on nothing by itself. */
  actsOn(entity: EntityRef): Acting | null
  /** Why nothing can be told of entities (those of each kind) however they were read, a clause; null: it can be. */
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
