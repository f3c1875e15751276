import { glob } from 'node:fs/promises'
import { sep } from 'node:path'
import type { State } from '../model/entity.ts'
import { type ProxyRequest, parseRequest } from '../routing/index.ts'
import type { DescribedOperation } from '../specs/index.ts'
import { routerOf } from './traffic.ts'
import type { Workspace } from './workspace.ts'

/** An operation with the request that calls it. */
export interface DescribedRequest {
  readonly operation: DescribedOperation
  readonly request: ProxyRequest
}

/**
 * The operations of all specifications of a workspace, as requests. A file that is no specification counts for
 * nothing here: what is wrong with it is linting's to say. The reader is loaded only when there are specifications.
 */
export async function describedRequests(workspace: Workspace): Promise<readonly DescribedRequest[]> {
  const { folder, globs } = workspace.specifications
  if (globs.length === 0) return []
  const { operationsOf, readSpecification } = await import('../specs/index.ts')
  const files: string[] = []
  for await (const file of glob([...globs], { cwd: folder })) files.push(file.split(sep).join('/'))
  const found = await Promise.all(
    files.sort().map(async file => {
      const spec = await readSpecification(file, { root: folder })
      return spec.ok ? operationsOf(spec.value) : []
    }),
  )
  return found.flat().flatMap(requestsFor)
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

/** The specification that describes each route, by the route's key: the first whose operation the route answers. */
export function specificationByRoute(
  live: State,
  described: readonly DescribedRequest[],
): ReadonlyMap<string, string> {
  const router = routerOf(live)
  const found = new Map<string, string>()
  for (const { operation, request } of described) {
    const route = router.match(request)?.route.id
    if (typeof route === 'string' && !found.has(route)) found.set(route, operation.file)
  }
  return found
}
