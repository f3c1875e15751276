import { isArray, isObject, type Json, type JsonObject } from '../../../model/json.ts'
import type { SpecificationNode } from '../specifications/specification-nodes.ts'

/** A schema of requests or responses, as policies see it. */
export interface FoundSchema {
  readonly node: SpecificationNode
  /** In requests, the client decides how large it is; a schema used in both counts as request. */
  readonly used: 'request' | 'response'
  /** The property that it is of, if it is one. */
  readonly property: string | null
}

/** Keywords whose value is one schema, a list of them, or a mapping of names to them (JSON Schema 2020-12). */
const single = ['items', 'additionalProperties', 'contains', 'propertyNames', 'if', 'then', 'else'] as const
const listed = ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const
const mapped = ['properties', 'patternProperties', 'dependentSchemas'] as const

/** How many schemas of one document are looked at; more is a trap. */
const mostSchemas = 200_000

/** Collects schemas, each once. */
export class SchemaCollector {
  readonly found: FoundSchema[] = []
  readonly #seen = new Set<Json>()

  /** Takes in a schema and all below it. */
  add(start: SpecificationNode | undefined, used: FoundSchema['used']): void {
    const waiting: { node: SpecificationNode; property: string | null }[] = []
    if (start) waiting.push({ node: start, property: null })
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { node, property } = next
      if (!isObject(node.value) || this.#seen.has(node.value) || this.found.length >= mostSchemas) continue
      this.#seen.add(node.value)
      this.found.push({ node, used, property })
      const below = [
        ...single.flatMap(key => asSchema(node.child(key), null)),
        ...listed.flatMap(key =>
          (node.child(key)?.children() ?? []).flatMap(([, each]) => asSchema(each, null)),
        ),
        ...mapped.flatMap(key =>
          (node.child(key)?.children() ?? []).flatMap(([name, each]) => asSchema(each, name)),
        ),
      ]
      waiting.push(...below.reverse())
    }
  }
}

function asSchema(node: SpecificationNode | undefined, property: string | null) {
  return node && isObject(node.value) ? [{ node, property }] : []
}

/** A schema's own keywords, with its types as a list: what conditions are evaluated on. */
export function schemaView(schema: JsonObject): JsonObject {
  const own = Object.entries(schema).filter(([, value]) => !isObject(value) && !isListOfSchemas(value))
  const closed = schema.additionalProperties === false || schema.unevaluatedProperties === false
  return {
    ...Object.fromEntries(own),
    types: typesOf(schema),
    closed,
    composed: listed.some(key => schema[key] !== undefined),
    properties: isObject(schema.properties) ? Object.keys(schema.properties) : [],
  }
}

function typesOf({ type, properties, items, enum: values }: JsonObject): readonly string[] {
  if (typeof type === 'string') return [type]
  if (isArray(type)) return type.filter(each => typeof each === 'string' && each !== 'null').map(String)
  if (values !== undefined) return []
  if (properties !== undefined) return ['object']
  return items === undefined ? [] : ['array']
}

function isListOfSchemas(value: Json): boolean {
  return isArray(value) && value.some(isObject)
}
