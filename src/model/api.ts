import type { Place } from './problem.ts'

/** Where a specification describes something. */
export interface DescribedAt {
  readonly place: Place
  /** Such as `GET /disputes/{id} showDispute`; null: a path or the document as a whole. */
  readonly operation: string | null
}

/** As `specs/disputes.yaml:12 GET /disputes/{id} showDispute`. */
export function describedText({ place, operation }: DescribedAt): string {
  return `${place.file}:${place.line}${operation === null ? '' : ` ${operation}`}`
}

/** One row of the inventory, common to all gateways: a route with its service, or a service without routes. */
export interface Api {
  readonly target: string
  readonly environment: string
  readonly service: string | null
  readonly route: string | null
  readonly hosts: readonly string[]
  readonly paths: readonly string[]
  readonly methods: readonly string[]
  /** What matches requests instead of hosts, paths and methods; null: those do. */
  readonly expression: string | null
  readonly protocols: readonly string[]
  readonly tags: readonly string[]
  /** Names of the plugins that authenticate; empty: open; null: unknown. */
  readonly authentication: readonly string[] | null
  /** Whether the manifests in Git hold it; null: unknown. */
  readonly managed: boolean | null
  /** Where a specification describes it, if one does. */
  readonly specification: DescribedAt | null
  /** Whether the gateway passes requests on to the service; null: unknown. */
  readonly enabled: boolean | null
  /**
   * Why no request can reach the route, such as another one that always wins; null: it can be reached, or that is
   * unknown.
   */
  readonly unreachable: string | null
}
