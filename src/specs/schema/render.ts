import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import type { DesignReader } from '../reader.ts'
import type { Target } from '../reading/references.ts'
import { KEYWORDS, type KeywordKind } from './keywords.ts'

/** Writes the schemas of a document as JSON Schemas whose references lead to `#/definitions/…`. */
export interface Rendering {
  readonly reader: DesignReader
  /** Whether schemas are JSON Schema 2020-12, in which keywords count beside a `$ref`. */
  readonly jsonSchema: boolean
  /** Schemas that were rendered before: behind YAML aliases one object stands in many places. */
  readonly rendered: Map<JsonObject, JsonObject>
  /** The name under which a reference's target will be defined. */
  define(target: Target): string
}

/** Keywords that don't affect which values are valid: next to a `$ref` they aren't worth an `allOf`. */
const ANNOTATIONS = new Set([
  '$comment',
  'deprecated',
  'description',
  'example',
  'examples',
  'externalDocs',
  'title',
])

/** A schema as JSON Schema: known keywords with values of their kind, and `x-…`. */
export function renderSchema(rendering: Rendering, schema: Json): JsonObject | boolean {
  if (typeof schema === 'boolean') return schema
  if (!isObject(schema)) return {}
  const known = rendering.rendered.get(schema)
  if (known) return known
  const isReference = typeof schema.$ref === 'string'
  const rendered = isReference ? renderReference(rendering, schema) : renderKeywords(rendering, schema)
  rendering.rendered.set(schema, rendered)
  return rendered
}

function renderReference(rendering: Rendering, schema: JsonObject): JsonObject {
  const target = rendering.reader.references.resolve(schema)
  if (!target.ok) {
    rendering.reader.follow(schema)
    return {}
  }
  const reference = { $ref: `#/definitions/${escapeName(rendering.define(target.value))}` }
  if (!rendering.jsonSchema) return reference
  const { $ref: _ref, ...rest } = schema
  const beside = renderKeywords(rendering, rest)
  const counts = Object.keys(beside).some(key => !ANNOTATIONS.has(key) && !key.startsWith('x-'))
  // Where draft 4 sees a $ref it looks at nothing else.
  return counts ? { allOf: [reference, beside] } : reference
}

function escapeName(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

function renderKeywords(rendering: Rendering, schema: JsonObject): JsonObject {
  const rendered: Record<string, Json> = {}
  for (const [key, value] of Object.entries(schema)) {
    const kind = KEYWORDS.get(key)
    const written = kind ? renderKeyword(rendering, schema, key, kind, value) : undefined
    if (written !== undefined) rendered[key] = written
    else if (key.startsWith('x-')) rendered[key] = value
  }
  return rendered
}

function renderKeyword(
  rendering: Rendering,
  schema: JsonObject,
  key: string,
  kind: KeywordKind,
  value: Json,
): Json | undefined {
  switch (kind) {
    case 'schema':
      return typeof value === 'boolean' || isObject(value)
        ? renderSchema(rendering, value)
        : firstOf(rendering, value)
    case 'schemas':
      return isArray(value) && value.length > 0 ? value.map(item => renderSchema(rendering, item)) : undefined
    case 'schemaMap':
      return mapEntries(value, item => renderSchema(rendering, item))
    case 'text':
      return value === null || typeof value === 'object'
        ? undefined
        : rendering.reader.written(schema, key, value)
    case 'number':
      return typeof value === 'number' ? value : undefined
    case 'count':
      return Number.isInteger(value) && value !== 0 ? value : undefined
    case 'limit':
      return Number.isInteger(value) ? value : undefined
    case 'flag':
      return value === true ? true : undefined
    case 'mark':
      return typeof value === 'boolean' ? value : undefined
    case 'bound':
      return renderBound(rendering, value)
    case 'type':
      return renderType(value)
    case 'names':
      return namesOf(value)
    case 'nameLists':
      return mapEntries(value, namesOf)
    case 'value':
      return value
    case 'values':
      return isArray(value) && value.length > 0 ? value : undefined
    case 'object':
      return isObject(value) ? value : undefined
  }
}

/** `items` of old tools may be a list: its first schema counts, as for the peer. */
function firstOf(rendering: Rendering, value: Json): Json | undefined {
  return isArray(value) && isObject(value[0]) ? renderSchema(rendering, value[0]) : undefined
}

function renderBound(rendering: Rendering, value: Json): Json | undefined {
  if (typeof value === 'boolean') return value
  // OpenAPI 3.0 knows only true and false: a number there sets no bound.
  if (typeof value === 'number') return rendering.jsonSchema ? value : false
  return undefined
}

function renderType(value: Json): Json | undefined {
  const types = (isArray(value) ? value : [value]).filter(type => typeof type === 'string')
  return types.length === 1 ? types[0] : types.length > 1 ? types : undefined
}

function namesOf(value: Json): Json | undefined {
  const names = isArray(value) ? value.filter(name => name !== null && typeof name !== 'object') : []
  return names.length > 0 ? names.map(String) : undefined
}

function mapEntries(value: Json, render: (item: Json) => Json | undefined): Json | undefined {
  if (!isObject(value)) return undefined
  const entries = Object.entries(value).flatMap(([key, item]): [string, Json][] => {
    const rendered = render(item)
    return rendered === undefined ? [] : [[key, rendered]]
  })
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}
