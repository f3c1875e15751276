/** An OpenAPI document that a script wrote, in the style of a large public one. */
export interface LargeSpec {
  readonly name: string
  /** YAML or JSON, as the name says. */
  readonly text: string
  readonly operations: number
}

type Operation = Record<string, unknown>
type PathItem = Record<string, Operation | unknown[]>

const ok = { '200': { description: 'OK' } }

function parameter(name: string, type = 'string') {
  return { name, in: 'path', required: true, schema: { type } }
}

/** The parameters in a path's template. */
function parametersOf(path: string): ReturnType<typeof parameter>[] {
  return [...path.matchAll(/\{([^}]+)\}/g)].map(match => parameter(match[1] ?? ''))
}

function count(paths: Record<string, PathItem>): number {
  return Object.values(paths).flatMap(item => Object.keys(item).filter(key => key !== 'parameters')).length
}

function operations(noun: string, methods: readonly string[], bodyOf?: string): Record<string, Operation> {
  return Object.fromEntries(
    methods.map(method => {
      const body = { content: { 'application/json': { schema: { $ref: `#/components/schemas/${bodyOf}` } } } }
      const takesBody = bodyOf !== undefined && ['post', 'put', 'patch'].includes(method)
      const operation = {
        operationId: `${method}-${noun}`,
        tags: [noun],
        responses: ok,
        ...(takesBody ? { requestBody: body } : {}),
      }
      return [method, operation]
    }),
  )
}

/** Code hosting: deep paths below owners and repositories, schemas that refer to each other; 500 operations. */
export function hostingSpec(): LargeSpec {
  const things = Array.from({ length: 100 }, (_, i) => `thing${i}`)
  const paths: Record<string, PathItem> = {}
  for (const thing of things) {
    const list = `/repos/{owner}/{repo}/${thing}s`
    const one = `${list}/{${thing}_number}`
    paths[list] = { parameters: parametersOf(list), ...operations(`${thing}s`, ['get', 'post'], thing) }
    paths[one] = { parameters: parametersOf(one), ...operations(thing, ['get', 'patch', 'delete'], thing) }
  }
  const schemas = Object.fromEntries(
    things.map((thing, i) => {
      const next = { $ref: `#/components/schemas/${things[(i + 1) % things.length]}` }
      return [thing, { type: 'object', properties: { title: { type: 'string' }, next } }]
    }),
  )
  const document = {
    openapi: '3.0.3',
    info: { title: 'Code hosting', version: '1' },
    servers: [{ url: 'https://hosting.internal.example/api/v3' }],
    'x-kong-plugin-request-validator': {},
    paths,
    components: { schemas },
  }
  return { name: 'hosting.json', text: JSON.stringify(document, undefined, 2), operations: count(paths) }
}

/** A cluster's own API: groups, versions, namespaces, kinds with parts like `status`; fixed names beside parameters. */
export function clusterSpec(): LargeSpec {
  const paths: Record<string, PathItem> = {}
  for (const group of ['apps', 'batch', 'networking', 'policy', 'storage']) {
    for (const kind of ['deployments', 'jobs', 'routes', 'claims']) {
      const all = `/apis/${group}/v1/${kind}`
      const namespaced = `/apis/${group}/v1/namespaces/{namespace}/${kind}`
      const noun = `${group}-${kind}`
      paths[all] = operations(`all-${noun}`, ['get'])
      for (const [path, what, methods] of [
        [namespaced, noun, ['get', 'post', 'delete']],
        [`${namespaced}/{name}`, `one-${noun}`, ['get', 'put', 'patch', 'delete']],
        [`${namespaced}/{name}/status`, `status-${noun}`, ['get', 'put']],
        [`${namespaced}/{name}/proxy/{path}`, `proxy-${noun}`, ['get', 'post', 'head', 'options']],
      ] as const) {
        paths[path] = { parameters: parametersOf(path), ...operations(what, methods) }
      }
    }
  }
  const document = {
    openapi: '3.0.0',
    info: { title: 'Cluster', version: 'v1.33' },
    servers: [{ url: 'https://cluster.internal.example:6443' }],
    paths,
  }
  return { name: 'cluster.json', text: JSON.stringify(document, undefined, 1), operations: count(paths) }
}

/** Billing in OpenAPI 3.1: verbs at the end of paths, dots and colons in names, two servers, and one of a path's own. */
export function billingSpec(): LargeSpec {
  const paths: Record<string, PathItem> = {}
  for (const noun of ['charges', 'invoices', 'payouts', 'subscriptions', 'customers', 'prices']) {
    const one = `/v1/${noun}/{${noun}.id}`
    paths[`/v1/${noun}`] = operations(noun, ['get', 'post'])
    paths[`/v1/${noun}/search`] = operations(`search-${noun}`, ['get'])
    paths[one] = { parameters: parametersOf(one), ...operations(`one-${noun}`, ['get', 'patch', 'delete']) }
    for (const verb of ['capture', 'cancel', 'finalize', 'archive']) {
      const path = `${one}:${verb}`
      paths[path] = { parameters: parametersOf(path), ...operations(`${verb}-${noun}`, ['post']) }
    }
  }
  const files = { servers: [{ url: 'https://files.internal.example/upload' }] }
  paths['/v1/files'] = { ...files, ...operations('files', ['post', 'get']) }
  const document = {
    openapi: '3.1.0',
    info: { title: 'Billing', version: '2025-11-24' },
    servers: [{ url: 'https://billing-1.internal.example/' }, { url: 'https://billing-2.internal.example/' }],
    paths,
    webhooks: { 'invoice.paid': { post: { responses: ok } } },
  }
  return { name: 'billing.json', text: JSON.stringify(document, undefined, 2), operations: count(paths) - 1 }
}
