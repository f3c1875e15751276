import type { GatewayState } from '../gateway/gateway-state.ts'
import type { JsonObject } from '../json.ts'
import type { Schema } from '../schema/field.ts'
import type { AdminResponse, Arguments } from './exchange.ts'

/** A request that has found its endpoint. */
export interface Call {
  readonly state: GatewayState
  readonly method: string
  /** Values of the `{…}` of the path, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Arguments
  /** The body, or what the form stands for: the handler may change it. */
  readonly body: JsonObject
  /** The body as received. */
  readonly text: string
  readonly isForm: boolean
}

export type Handler = (call: Call) => AdminResponse

/** A path of the Admin API and its operations. */
export interface Endpoint {
  /** `/services/{services}/routes`. */
  readonly path: string
  readonly methods: Readonly<Record<string, Handler>>
  /** Gives the values of a form their types. */
  readonly schema?: Schema | undefined
  /** Runs before any method; an answer ends the request. */
  readonly before?: (call: Call) => Call | AdminResponse
}

/** Finds endpoints by path. */
export interface EndpointTable {
  readonly all: readonly Endpoint[]
  find(
    segments: readonly string[],
  ): { readonly endpoint: Endpoint; readonly params: Record<string, string> } | undefined
}

interface Node {
  readonly fixed: Map<string, Node>
  variable: { readonly name: string; readonly node: Node } | undefined
  endpoint: Endpoint | undefined
}

const node = (): Node => ({ fixed: new Map(), variable: undefined, endpoint: undefined })

function walk(
  at: Node,
  segments: readonly string[],
  values: readonly string[],
): [Endpoint, readonly string[]] | undefined {
  const [first, ...rest] = segments
  if (first === undefined) return at.endpoint === undefined ? undefined : [at.endpoint, values]
  const fixed = at.fixed.get(first)
  const found = fixed === undefined ? undefined : walk(fixed, rest, values)
  if (found !== undefined || at.variable === undefined) return found
  return walk(at.variable.node, rest, [...values, first])
}

const variablesOf = (path: string): string[] =>
  [...path.matchAll(/\{([^}]+)\}/g)].map(found => found[1] ?? '')

/** Prepares the paths; of two endpoints with the same path the later wins. Fixed segments go before variables. */
export function endpointTable(endpoints: readonly Endpoint[]): EndpointTable {
  const root = node()
  const byPath = new Map(endpoints.map(endpoint => [endpoint.path, endpoint]))
  for (const endpoint of byPath.values()) {
    let here = root
    for (const segment of endpoint.path.split('/').slice(1)) {
      if (segment === '') continue
      if (segment.startsWith('{')) {
        here.variable ??= { name: segment, node: node() }
        here = here.variable.node
      } else {
        const next = here.fixed.get(segment) ?? node()
        here.fixed.set(segment, next)
        here = next
      }
    }
    here.endpoint = endpoint
  }
  return {
    all: [...byPath.values()],
    find(segments) {
      const found = walk(root, segments, [])
      if (found === undefined) return undefined
      const [endpoint, values] = found
      const names = variablesOf(endpoint.path)
      return { endpoint, params: Object.fromEntries(names.map((name, i) => [name, values[i] ?? ''])) }
    },
  }
}
