import type { Place } from '../model/problem.ts'
import type { ProxyRequest } from '../model/routing/request.ts'
import type { Router } from '../model/routing/routing.ts'

/** An operation of a specification, with a request that calls it. */
export interface DescribedCall {
  readonly operation: {
    readonly file: string
    readonly place: Place | null
    readonly method: string
    readonly template: string
  }
  readonly request: ProxyRequest
}

/** What specifications say about a route. */
export interface RouteDescription {
  /** The operations that the route answers; at least one. */
  readonly calls: readonly DescribedCall[]
  /** What the route answers although no operation describes it: `PUT /customers/a`. */
  readonly beyond: readonly string[]
}

/** Which route answers which operation. */
export interface Description {
  /** By the route's key; a route that is not in it is described by nothing. */
  readonly routes: ReadonlyMap<string, RouteDescription>
  /** The operations that no route answers. */
  readonly notExposed: readonly DescribedCall[]
}

/**
 * Finds the routes of operations, and what the routes answer beyond them. Routes are identified by their key in the
 * router.
 */
export function describe(router: Router, calls: readonly DescribedCall[]): Description {
  const byRoute = new Map<string, DescribedCall[]>()
  const notExposed: DescribedCall[] = []
  for (const call of calls) {
    const route = router.routeOf(call.request)?.id
    if (typeof route !== 'string') notExposed.push(call)
    else {
      const known = byRoute.get(route)
      if (known) known.push(call)
      else byRoute.set(route, [call])
    }
  }
  const answers = byRoute.size === 0 ? new Map<string, ProxyRequest[]>() : requestsByRoute(router)
  const anyMethod = new Set(router.routes.flatMap(route => (route.anyMethod ? [route.id] : [])))
  const routes = new Map<string, RouteDescription>()
  for (const [route, own] of byRoute) {
    const beyond = (answers.get(route) ?? [])
      .filter(request => !anyMethod.has(route) && !own.some(call => describes(call, request)))
      .map(request => `${request.method} ${request.path}`)
    const all = anyMethod.has(route) ? [`any method but ${methodsOf(own)}`] : []
    routes.set(route, { calls: own, beyond: [...all, ...new Set(beyond)] })
  }
  return { routes, notExposed }
}

function requestsByRoute(router: Router): ReadonlyMap<string, ProxyRequest[]> {
  const found = new Map<string, ProxyRequest[]>()
  for (const { route, request } of router.requests()) {
    if (route.id === null) continue
    const known = found.get(route.id)
    if (known) known.push(request)
    else found.set(route.id, [request])
  }
  return found
}

function methodsOf(calls: readonly DescribedCall[]): string {
  return [...new Set(calls.map(call => call.operation.method))].sort().join(', ')
}

/** Whether a request calls an operation: its method, and its template prefixed with the path of its server. */
function describes(call: DescribedCall, request: ProxyRequest): boolean {
  if (call.operation.method !== request.method) return false
  const { template } = call.operation
  const filled = template.replace(/\{[^}]*\}/g, '1')
  const base = call.request.path.endsWith(filled)
    ? call.request.path.slice(0, call.request.path.length - filled.length)
    : ''
  const wanted = `${base}${template}`.split('/')
  const given = (request.path.split('?', 1)[0] ?? '').split('/')
  return (
    wanted.length === given.length &&
    wanted.every((segment, i) => (segment.includes('{') ? given[i] !== '' : segment === given[i]))
  )
}
