import type { DescribedAt } from '../../model/api.ts'
import type { Answer } from '../../model/routing/answer.ts'
import { type ProxyRequest, parseRequest } from '../../model/routing/request.ts'
import { entitiesAs } from '../../model/state/facets.ts'
import type { State } from '../../model/state/state.ts'
import type { DescribedOperation, Generated, Origin } from '../../specs/index.ts'
import { Origins } from '../../specs/origins.ts'
import type { Specification } from '../../specs/reading/specification.ts'
import { specificationsOf } from '../governance/specifications/governance-files.ts'
import type { Project } from '../project/project.ts'
import { routerOf } from './traffic.ts'

/** An operation with the request that calls it. */
export interface DescribedRequest {
  readonly operation: DescribedOperation
  readonly request: ProxyRequest
}

/** What specifications describe, and what is derived from it. */
export interface Described {
  readonly requests: readonly DescribedRequest[]
  readonly origins: Origins
}

/** Nothing: there are no specifications, or none has been read yet. */
export const nothingDescribed: Described = { requests: [], origins: new Origins([]) }

/**
 * What the specifications of a project describe. A file that isn't a specification is ignored here: reporting it is the
 * linter's job. The reader is loaded only if there are specifications.
 */
export async function described(project: Project): Promise<Described> {
  if (project.specifications.globs.length === 0) return nothingDescribed
  const { specifications } = await specificationsOf(project)
  return describedIn(specifications)
}

/** What the specifications that were read describe. */
export async function describedIn(specifications: readonly Specification[]): Promise<Described> {
  const { generate, operationsOf } = await import('../../specs/index.ts')
  const made: Generated[] = []
  for (const each of specifications) {
    // A large one takes half a second: the console draws in between.
    await new Promise(resolve => setImmediate(resolve))
    const result = generate(each)
    if (result.ok) made.push(result.value)
  }
  return {
    requests: specifications.flatMap(each => operationsOf(each).flatMap(requestsFor)),
    origins: new Origins(made),
  }
}

/** The operations of all specifications of a project, as requests. */
export async function describedRequests(project: Project): Promise<readonly DescribedRequest[]> {
  if (project.specifications.globs.length === 0) return []
  const { specifications } = await specificationsOf(project)
  const { operationsOf } = await import('../../specs/index.ts')
  return specifications.flatMap(each => operationsOf(each).flatMap(requestsFor))
}

/** The requests that call an operation: one for each server. */
export function requestsFor(operation: DescribedOperation): readonly DescribedRequest[] {
  return operation.urls.flatMap(url => requestFor(operation, url))
}

function requestFor(operation: DescribedOperation, url: string): readonly DescribedRequest[] {
  // Without a server the host is open; a request needs one all the same.
  const absolute = url.startsWith('/') ? `http://localhost${url}` : url
  const request = parseRequest(`${operation.method} ${absolute}`)
  return request ? [{ operation, request }] : []
}

/**
 * Where a specification describes each route, by the route's key: the operation that it was made from, or else the
 * first that it answers.
 */
export function describedRoutes(
  live: State,
  { requests, origins }: Described,
): ReadonlyMap<string, DescribedAt> {
  const found = new Map<string, DescribedAt>()
  for (const route of entitiesAs(live, 'route')) {
    const origin = origins.of(route)
    if (origin) found.set(route.key, originAt(origin))
  }
  const router = requests.length === 0 ? undefined : routerOf(live)
  if (!router) return found
  for (const { operation, request } of requests) {
    const route = router.routeOf(request)?.id
    if (typeof route === 'string' && !found.has(route)) found.set(route, operationAt(operation))
  }
  return found
}

/**
 * The operation that a request calls: the one that its route was made from, or else the one whose server and path match
 * the request. Null if no specification has it.
 */
export function operationCalled(
  { requests, origins }: Described,
  request: ProxyRequest,
  answer: Answer,
): DescribedAt | null {
  const { route } = answer
  const origin =
    route && origins.ofRoute({ key: route.name ?? '', id: route.id === null ? undefined : route.id })
  if (origin) return originAt(origin)
  const called = requests.find(each => isCallOf(each, request))
  return called ? operationAt(called.operation) : null
}

function isCallOf({ operation, request: example }: DescribedRequest, request: ProxyRequest): boolean {
  const isRelative = operation.urls.some(url => url.startsWith('/'))
  if (operation.method !== request.method || !(isRelative || example.host === request.host)) return false
  // The example's path is the server's path with the template filled in: what precedes the template belongs to the
  // server.
  const filled = operation.template.replace(/\{[^}]*\}/g, '1')
  const base = example.path.slice(0, example.path.length - filled.length)
  const wanted = (base + operation.template).split('/')
  const asked = (request.path.split('?')[0] ?? '').split('/')
  return wanted.length === asked.length && wanted.every((segment, i) => isFilled(segment, asked[i] ?? ''))
}

/** Whether a text is a template's segment with something in place of each parameter. */
function isFilled(segment: string, text: string): boolean {
  const [first = '', ...others] = segment.split(/\{[^}]*\}/)
  if (others.length === 0) return segment === text
  if (!text.startsWith(first)) return false
  const last = others.pop() ?? ''
  let at = first.length
  for (const literal of others) {
    const found = text.indexOf(literal, at + 1)
    if (found < 0) return false
    at = found + literal.length
  }
  return text.endsWith(last) && text.length - last.length > at
}

function operationAt({ file, place, method, template, operationId }: DescribedOperation): DescribedAt {
  return {
    place: place ?? { file, line: 1, column: 1 },
    operation: [method, template, ...(operationId === null ? [] : [operationId])].join(' '),
  }
}

/** Where an entity comes from, for people. */
export function originAt({ place, path, method, operationId }: Origin): DescribedAt {
  const words = [method, path, operationId].filter(word => word !== undefined)
  return { place, operation: words.length === 0 ? null : words.join(' ') }
}
