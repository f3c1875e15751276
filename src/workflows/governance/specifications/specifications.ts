import type { PolicyItem } from '../../../governance/item.ts'
import { asString, isArray, isObject, type Json, type JsonObject } from '../../../model/json.ts'
import type { Specification } from '../../../specs/reading/specification.ts'
import { SchemaCollector, schemaView } from '../policies/schema-collector.ts'
import { SpecificationNode } from './specification-nodes.ts'

/** At which targets the operations of a document are answered, by `METHOD template`. */
export type ExposedOperations = ReadonlyMap<
  string,
  { readonly on: readonly string[]; readonly notOn: readonly string[] }
>

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const

/**
 * The parts of an OpenAPI document that policies are evaluated on: the document, its operations, parameters, schemas
 * and security schemes. `exposure` null: no gateway was read.
 */
export function itemsOfSpecification(
  spec: Specification,
  exposure: ExposedOperations | null,
): readonly PolicyItem[] {
  return new SpecificationItems(spec, exposure).all()
}

interface Operation {
  readonly node: SpecificationNode
  readonly path: SpecificationNode
  readonly method: string
  readonly template: string
  readonly name: string
}

class SpecificationItems {
  readonly #root: SpecificationNode
  readonly #file: string
  readonly #exposure: ExposedOperations | null
  readonly #schemes: ReadonlyMap<string, SpecificationNode>
  readonly #operations: readonly Operation[]

  constructor(spec: Specification, exposure: ExposedOperations | null) {
    this.#root = SpecificationNode.root(spec)
    this.#file = spec.uri
    this.#exposure = exposure
    this.#schemes = new Map(this.#root.child('components')?.child('securitySchemes')?.children() ?? [])
    this.#operations = (this.#root.child('paths')?.children() ?? []).flatMap(([template, path]) =>
      methods.flatMap(method => {
        const node = path.child(method)
        const name = `${method.toUpperCase()} ${template}`
        return node ? [{ node, path, method: method.toUpperCase(), template, name }] : []
      }),
    )
  }

  all(): readonly PolicyItem[] {
    return [
      this.#document(),
      ...[...this.#schemes].map(([name, node]) => this.#scheme(name, node)),
      ...this.#operations.map(operation => this.#operation(operation)),
      ...this.#parameters(),
      ...this.#schemas(),
    ]
  }

  #document(): PolicyItem {
    const { object } = this.#root
    const info = this.#root.child('info')?.object ?? {}
    const contact = isObject(info.contact) ? info.contact : {}
    const owner = object['x-owner'] ?? info['x-owner'] ?? contact.name ?? contact.email ?? null
    return this.#item(
      'specification',
      '',
      info.title === undefined ? this.#file : String(info.title),
      this.#root,
      {
        openapi: object.openapi ?? null,
        info,
        owner,
        servers: this.#serversOf(this.#root),
        sunset: sunsetOf(info) ?? sunsetOf(object) ?? null,
        security: object.security ?? null,
        operations: this.#operations.length,
      },
    )
  }

  #scheme(name: string, node: SpecificationNode): PolicyItem {
    return this.#item('security-scheme', name, name, node, {
      ...node.object,
      name,
      parameter: node.object.name ?? null,
    })
  }

  #operation({ node, path, method, template, name }: Operation): PolicyItem {
    const { object } = node
    const info = this.#root.child('info')?.object ?? {}
    const security = object.security ?? this.#root.object.security ?? null
    const requirements = isArray(security) ? security.filter(isObject) : []
    const schemes = [...new Set(requirements.flatMap(Object.keys))].flatMap(each => {
      const scheme = this.#schemes.get(each)
      return scheme ? [{ ...scheme.object, id: each }] : []
    })
    const exposed = this.#exposure?.get(name)
    const servers = [node, path, this.#root]
      .map(level => this.#serversOf(level))
      .find(list => list.length > 0)
    return this.#item(
      'operation',
      name,
      name,
      node,
      {
        method,
        path: template,
        operation_id: object.operationId ?? null,
        deprecated: object.deprecated === true,
        sunset: sunsetOf(object) ?? sunsetOf(info) ?? sunsetOf(this.#root.object) ?? null,
        security: requirements.map(each => Object.keys(each)),
        secured: requirements.length > 0 && requirements.every(each => Object.keys(each).length > 0),
        scopes: requirements.flatMap(each =>
          Object.values(each).flatMap(scopes => (isArray(scopes) ? scopes : [])),
        ),
        schemes,
        responses: Object.keys(node.child('responses')?.object ?? {}),
        parameters: this.#parametersOf(node, path).map(({ object: { name: parameter, in: where } }) => ({
          name: parameter ?? null,
          in: where ?? null,
        })),
        body: node.child('requestBody') !== undefined,
        servers: servers ?? [],
        exposed_on: exposed?.on ?? [],
        not_exposed_on: exposed?.notOn ?? [],
      },
      {
        tags: isArray(object.tags) ? object.tags.filter(tag => typeof tag === 'string') : [],
        paths: [template],
        ...(this.#exposure ? {} : { unknown: new Set(['exposed_on', 'not_exposed_on']) }),
      },
    )
  }

  #serversOf(level: SpecificationNode): readonly string[] {
    return (level.child('servers')?.children() ?? []).flatMap(
      ([, server]) => asString(server.object.url) ?? [],
    )
  }

  #parametersOf(node: SpecificationNode, path: SpecificationNode): readonly SpecificationNode[] {
    return [path, node].flatMap(level =>
      (level.child('parameters')?.children() ?? []).map(([, each]) => each),
    )
  }

  /** Each parameter once, however many operations share it. */
  #parameters(): readonly PolicyItem[] {
    const seen = new Set<Json>()
    return this.#operations.flatMap(operation =>
      this.#parametersOf(operation.node, operation.path).flatMap(node => {
        if (seen.has(node.value)) return []
        seen.add(node.value)
        const { name, in: where, required, deprecated } = node.object
        if (typeof name !== 'string' || typeof where !== 'string') return []
        const schema = this.#schemaOf(node)
        const key = `${operation.name} ${where} ${name}`
        return this.#item(
          'parameter',
          key,
          `${name} in ${where} of ${operation.name}`,
          node,
          {
            name,
            in: where,
            required: required === true,
            deprecated: deprecated === true,
            schema: schema ? schemaView(schema.object) : null,
            operation: operation.name,
          },
          { paths: [operation.template] },
        )
      }),
    )
  }

  #schemaOf(parameter: SpecificationNode): SpecificationNode | undefined {
    return parameter.child('schema') ?? parameter.child('content')?.children()[0]?.[1].child('schema')
  }

  /** Those of requests first: a schema used in both counts as request. */
  #schemas(): readonly PolicyItem[] {
    const collector = new SchemaCollector()
    for (const { node, path } of this.#operations) {
      for (const parameter of this.#parametersOf(node, path))
        collector.add(this.#schemaOf(parameter), 'request')
      addContent(collector, node.child('requestBody'), 'request')
    }
    for (const { node } of this.#operations) {
      for (const [, response] of node.child('responses')?.children() ?? [])
        addContent(collector, response, 'response')
    }
    return collector.found.map(({ node, used, property }) => {
      const at = node.uri === this.#file ? `#${node.pointer}` : `${node.uri}#${node.pointer}`
      return this.#item('schema', at, at, node, { ...schemaView(node.object), used, property })
    })
  }

  #item(
    kind: string,
    key: string,
    name: string,
    node: SpecificationNode,
    value: JsonObject,
    more: Partial<Pick<PolicyItem, 'tags' | 'paths' | 'unknown'>> = {},
  ): PolicyItem {
    return {
      subject: 'specification',
      kind,
      key: `${this.#file} ${key}`.trim(),
      name,
      tags: [],
      paths: [],
      unknown: new Set(),
      ...more,
      target: null,
      value: { ...value, file: this.#file },
      place: path => (path === undefined ? node.place : node.placeOf(path.split('.'))),
      trace: () => ({
        specification: { operation: kind === 'operation' ? name : key, place: node.place },
        manifest: null,
        live: null,
      }),
    }
  }
}

function addContent(
  collector: SchemaCollector,
  holder: SpecificationNode | undefined,
  used: 'request' | 'response',
): void {
  for (const [, media] of holder?.child('content')?.children() ?? [])
    collector.add(media.child('schema'), used)
}

/** When an API or an operation ends: `x-sunset`, a date or an instant. */
function sunsetOf(holder: JsonObject): string | undefined {
  return asString(holder['x-sunset'])
}
