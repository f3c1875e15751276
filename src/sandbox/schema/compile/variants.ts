import { isObject, type JsonObject } from '../../json.ts'

const no = (name: string, protocols: string): JsonObject => ({
  eq: null,
  err: `cannot set '${name}' when 'protocols' is ${protocols}`,
})

const http = "'http' or 'https'"
const stream = "'tcp', 'tls', 'tls_passthrough' or 'udp'"
const grpc = "'grpc' or 'grpcs'"

/** What routes of some protocols may have. The fields are laid over those of all routes. */
const httpRoutes: JsonObject = {
  fields: { sources: no('sources', http), destinations: no('destinations', http) },
  entity_checks: [
    {
      conditional_at_least_one_of: {
        if_field: 'protocols',
        if_match: { contains: 'https' },
        then_at_least_one_of: ['methods', 'hosts', 'headers', 'paths', 'snis'],
        then_err: "must set one of %s when 'protocols' is 'https'",
        else_match: { contains: 'http' },
        else_then_at_least_one_of: ['methods', 'hosts', 'headers', 'paths'],
        else_then_err: "must set one of %s when 'protocols' is 'http'",
      },
    },
  ],
}

const anyOf = (...protocols: string[]): JsonObject => ({ elements: { type: 'string', one_of: protocols } })

const streamRoutes: JsonObject = {
  fields: {
    methods: no('methods', stream),
    hosts: no('hosts', stream),
    paths: no('paths', stream),
    headers: no('headers', stream),
  },
  entity_checks: [
    {
      conditional_at_least_one_of: {
        if_field: 'protocols',
        if_match: anyOf('tcp', 'tls', 'udp'),
        then_at_least_one_of: ['sources', 'destinations', 'snis'],
        then_err: "must set one of %s when 'protocols' is 'tcp', 'tls' or 'udp'",
      },
    },
    {
      conditional_at_least_one_of: {
        if_field: 'protocols',
        if_match: anyOf('tls_passthrough'),
        then_at_least_one_of: ['snis'],
        then_err: "must set snis when 'protocols' is 'tls_passthrough'",
      },
    },
  ],
}

const grpcRoutes: JsonObject = {
  fields: {
    strip_path: { default: false, ne: true, err: `cannot set 'strip_path' when 'protocols' is ${grpc}` },
    methods: no('methods', grpc),
    sources: no('sources', grpc),
    destinations: no('destinations', grpc),
  },
  entity_checks: [
    {
      conditional_at_least_one_of: {
        if_field: 'protocols',
        if_match: { contains: 'grpcs' },
        then_at_least_one_of: ['hosts', 'headers', 'paths', 'snis'],
        then_err: "must set one of %s when 'protocols' is 'grpcs'",
        else_match: { contains: 'grpc' },
        else_then_at_least_one_of: ['hosts', 'headers', 'paths'],
        else_then_err: "must set one of %s when 'protocols' is 'grpc'",
      },
    },
  ],
}

const byProtocol: ReadonlyMap<string, JsonObject> = new Map([
  ['http', httpRoutes],
  ['https', httpRoutes],
  ['tcp', streamRoutes],
  ['tls', streamRoutes],
  ['udp', streamRoutes],
  ['tls_passthrough', streamRoutes],
  ['grpc', grpcRoutes],
  ['grpcs', grpcRoutes],
])

/** A check of what a route must have, met by an expression too. */
function orExpression(check: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(check).map(([name, rule]) => [
      name,
      isObject(rule)
        ? Object.fromEntries(
            Object.entries(rule).map(([field, value]) => [
              field,
              field.endsWith('at_least_one_of') && Array.isArray(value) ? [...value, 'expression'] : value,
            ]),
          )
        : rule,
    ]),
  )
}

/** What a protocol changes in the schema of routes, in the form of a schema; no schema of Kong's lists it. */
export function routeVariant(protocol: string, routes: JsonObject): JsonObject | undefined {
  const variant = byProtocol.get(protocol)
  const own = variant?.fields
  const all = routes.fields
  if (variant === undefined || !isObject(own) || !Array.isArray(all)) return undefined
  const fields = all.flatMap(part => {
    const [entry] = isObject(part) ? Object.entries(part) : []
    const change = entry === undefined ? undefined : own[entry[0]]
    if (entry === undefined || !isObject(change) || !isObject(entry[1])) return []
    return [{ [entry[0]]: { ...entry[1], ...change } }]
  })
  const checks = Array.isArray(variant.entity_checks) ? variant.entity_checks.filter(isObject) : []
  const hasExpressions = all.some(part => isObject(part) && 'expression' in part)
  return { fields, entity_checks: hasExpressions ? checks.map(orExpression) : checks }
}

/** The vaults of the open-source gateway, as `GET /schemas/vaults/{name}` has them. */
export const vaultSchemas: ReadonlyMap<string, JsonObject> = new Map([
  [
    'env',
    {
      fields: [
        {
          config: {
            type: 'record',
            required: true,
            fields: [{ prefix: { type: 'string', len_min: 1, match: '^[%a_-][%a%d_-]*$' } }],
          },
        },
      ],
      entity_checks: [],
    },
  ],
])
