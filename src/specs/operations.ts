import type { Place } from '../model/problem.ts'
import { readOpenApi } from './document.ts'
import { DesignReader } from './reader.ts'
import type { Specification } from './reading/specification.ts'

/** One operation of a specification, as a client would call it. */
export interface DescribedOperation {
  /** The specification's file. */
  readonly file: string
  readonly place: Place | null
  readonly method: string
  /** The template with the server's path before it: `/v1/disputes/{id}`. */
  readonly template: string
  readonly operationId: string | null
  /** URLs of an example call, one for each server. */
  readonly urls: readonly string[]
}

/** All operations of a specification. Reporting mistakes in it is left to linting; readable operations count. */
export function operationsOf(spec: Specification): readonly DescribedOperation[] {
  const api = readOpenApi(new DesignReader(spec))
  if (!api) return []
  return api.paths.flatMap(path =>
    path.operations.map(operation => {
      const servers = [operation.servers, path.servers, api.servers].find(each => each.length > 0) ?? []
      const urls = servers.length > 0 ? servers.map(server => server.url) : ['/']
      return {
        file: spec.uri,
        place: operation.place ?? null,
        method: operation.method,
        template: path.path,
        operationId: operation.operationId ?? null,
        urls: urls.map(url => `${url.replace(/\/+$/, '')}${exampleOf(path.path)}`),
      }
    }),
  )
}

/** A path with its parameters filled in; a number satisfies most patterns that routes ask for. */
function exampleOf(template: string): string {
  return template.replace(/\{[^}]*\}/g, '1')
}
