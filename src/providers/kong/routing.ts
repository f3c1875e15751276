import type { Kind, RawEntity } from '../../model/entity.ts'
import type { ProxyRequest } from '../../model/routing/request.ts'
import type { Caller, Router, RouterRoute, Routing } from '../../model/routing/routing.ts'
import type { State } from '../../model/state/state.ts'
import { kinds } from './kinds/index.ts'
import { comparePosture, posture } from './posture/index.ts'
import { configOfState, kindsOfRouting } from './router/configuration/from-state.ts'
import {
  authenticates,
  buildRouter,
  compareTraffic,
  type Router as KongRouter,
  readConfig,
  requestsOf,
} from './router/index.ts'

const essential: ReadonlySet<Kind> = new Set(['route', 'service'])

/** How a Kong gateway answers requests, and what protects its routes. */
export const routing: Routing = {
  answering: new Set(kindsOfRouting),
  essential,
  protecting: ['route', 'service', 'plugin'],
  authenticates,
  actsOn({ kind, key }) {
    if (kind === 'route' || kind === 'service') return { on: [`${kind} ${key}`], protection: null }
    return kinds.of(kind)?.meaning?.actsOn?.(key) ?? null
  },
  notModelled(of) {
    for (const { fields } of of('route'))
      if (typeof fields.expression === 'string' && fields.expression !== '') return expressionsNotModelled
    return null
  },
  of: state => routerOf(state),
  ofEntities: (raws, unread) => new ModelledRouter(routerOfRaws(raws, unread)),
  traffic(before, after, more) {
    const [old, now] = [routerOf(before).model, routerOf(after).model]
    const requests = new Map<string, ProxyRequest>()
    for (const { request } of [...requestsOf(old), ...requestsOf(now)])
      requests.set(JSON.stringify(request), request)
    for (const request of more) requests.set(JSON.stringify(request), request)
    return compareTraffic(old, now, [...requests.values()])
  },
  posture: state => posture(routerOf(state).model),
  comparePosture,
}

/** Manifests alone name no gateway, but an expression is for one of that flavour. */
const expressionsNotModelled =
  'routes have expressions, which are for a router of the flavour expressions, and that is not modelled'

/** Routers by state: both are immutable, and a review asks again and again. */
const routers = new WeakMap<State, ModelledRouter>()

function routerOf(state: State): ModelledRouter {
  const known = routers.get(state)
  if (known) return known
  const router = new ModelledRouter(buildRouter(configOfState(state)))
  routers.set(state, router)
  return router
}

function routerOfRaws(raws: readonly RawEntity[], unread: readonly Kind[]): KongRouter {
  const lists: Record<string, unknown[]> = {}
  for (const kind of kindsOfRouting) lists[kinds.of(kind)?.transport.path ?? kind] = []
  for (const raw of raws) {
    const path = kinds.of(raw.kind)?.transport.path
    if (path === undefined) continue
    const list = lists[path] ?? []
    lists[path] = list
    list.push(raw.fields)
  }
  for (const kind of unread) {
    const path = kinds.of(kind)?.transport.path
    if (path !== undefined && !essential.has(kind)) delete lists[path]
  }
  return buildRouter(readConfig(lists).config)
}

/** Kong's router as the rest of gatewatch asks it. */
class ModelledRouter implements Router {
  readonly model: KongRouter
  #byId: ReadonlyMap<string, KongRouter['table']['routes'][number]> | undefined

  constructor(model: KongRouter) {
    this.model = model
  }

  get routes(): readonly RouterRoute[] {
    return this.model.table.routes.map(({ id, name, config }) => ({
      id,
      name,
      anyMethod: !config.methods?.length,
    }))
  }

  get callers(): readonly Caller[] | undefined {
    return this.model.config.consumers?.map(({ username, id, custom_id }) => ({
      name: username ?? null,
      knownBy: [username, id, custom_id].filter(each => typeof each === 'string'),
    }))
  }

  pluginsOn(route: string): readonly string[] {
    this.#byId ??= new Map(
      this.model.table.routes.flatMap(each => (each.id === null ? [] : [[each.id, each] as const])),
    )
    const found = this.#byId.get(route)
    return found ? this.model.scopes.effective(found, null).map(plugin => plugin.name) : []
  }

  routeOf(request: ProxyRequest) {
    return this.model.match(request)?.route
  }

  answer(request: ProxyRequest) {
    return this.model.answer(request)
  }

  requests() {
    return requestsOf(this.model)
  }
}
