import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import { fail, type Result, succeed } from '../../model/problem.ts'
import { type PathItem, readOpenApi, type SpecifiedOperation } from '../document.ts'
import { type Media, type MockOperation, mockOperations } from '../mock/operations.ts'
import { sampleOf } from '../mock/sample.ts'
import { DesignReader } from '../reader.ts'
import type { Specification } from '../reading/specification.ts'
import type { Extracted } from '../schema/extract.ts'

/** One line of a table: a parameter, or a property of a body. */
export interface ReferenceRow {
  readonly name: string
  /** `query`, `path`, … for parameters. */
  readonly where: string
  readonly type: string
  readonly required: boolean
  readonly description: string
}

/** A body of a request or a response. */
export interface ReferenceBody {
  readonly type: string
  readonly rows: readonly ReferenceRow[]
  readonly example: string
}

export interface ReferenceOperation {
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly description: string
  readonly deprecated: boolean
  /** What stands for the caller, each a way in; empty: nobody is asked. */
  readonly security: readonly string[]
  readonly parameters: readonly ReferenceRow[]
  readonly body: readonly ReferenceBody[]
  readonly responses: readonly {
    readonly code: string
    readonly description: string
    readonly bodies: readonly ReferenceBody[]
  }[]
}

/** What a reference of an API tells. */
export interface ApiReference {
  readonly title: string
  readonly version: string
  readonly description: string
  readonly servers: readonly string[]
  /** By tag, in the order of the document; those without one last, under ``. */
  readonly groups: readonly {
    readonly name: string
    readonly description: string
    readonly operations: readonly ReferenceOperation[]
  }[]
}

/** Reads what a reference tells from a specification. Problems: what is wrong with the document. */
export function readReference(spec: Specification): Result<ApiReference> {
  const mocked = mockOperations(spec)
  if (!mocked.ok) return mocked
  const reader = new DesignReader(spec)
  const api = readOpenApi(reader)
  if (api === undefined) return fail(reader.problems)
  const info = reader.fieldsIn(api.fields, 'info', '"info"')
  const text = (key: string): string => reader.text(info.get(key), `"${key}"`) ?? ''
  // Both are read in the same order.
  const all = api.paths.flatMap(item => item.operations.map(operation => ({ item, operation })))
  const groups = new Map<string, ReferenceOperation[]>()
  const described = new Map<string, string>()
  for (const tag of reader.items(api.fields, 'tags', '"tags"')) {
    const fields = reader.fields(tag.value, 'A tag', tag.place)
    const name = reader.text(fields.get('name'), 'The name of a tag') ?? ''
    groups.set(name, [])
    described.set(name, reader.text(fields.get('description'), '"description"') ?? '')
  }
  for (const [index, { item, operation }] of all.entries()) {
    const mock = mocked.value[index]
    if (!mock) continue
    const [tag] = reader.items(operation.fields, 'tags', '"tags"')
    const name = typeof tag?.value === 'string' ? tag.value : ''
    groups.set(name, [...(groups.get(name) ?? []), referenceOf(reader, operation, item, mock)])
  }
  const last = groups.get('')
  groups.delete('')
  if (last) groups.set('', last)
  if (reader.problems.length > 0) return fail(reader.problems)
  return succeed({
    title: api.title ?? spec.uri,
    version: text('version'),
    description: text('description'),
    servers: api.servers.map(({ url }) => url),
    groups: [...groups]
      .filter(([, operations]) => operations.length > 0)
      .map(([name, operations]) => ({ name, description: described.get(name) ?? '', operations })),
  })
}

function referenceOf(
  reader: DesignReader,
  operation: SpecifiedOperation,
  item: PathItem,
  mock: MockOperation,
): ReferenceOperation {
  const { fields } = operation
  const text = (key: string): string => reader.text(fields.get(key), `"${key}"`) ?? ''
  const responses = reader.fieldsIn(fields, 'responses', '"responses"')
  const notes = new Map(
    [item.fields, fields].flatMap(level =>
      reader.items(level, 'parameters', '"parameters"').map((each): [string, string] => {
        const own = reader.fields(each.value, 'A parameter', each.place)
        const [where, name, description] = ['in', 'name', 'description'].map(
          key => reader.text(own.get(key), `"${key}"`) ?? '',
        )
        return [`${where} ${name}`, description ?? '']
      }),
    ),
  )
  return {
    method: operation.method,
    path: item.path,
    summary: text('summary') || (operation.operationId ?? ''),
    description: text('description'),
    deprecated: fields.get('deprecated')?.value === true,
    security: mock.security.map(ways =>
      ways.map(({ in: where, name }) => `${name} (${where})`).join(' and '),
    ),
    parameters: mock.parameters.map(({ name, in: where, required, check }) => ({
      name,
      where,
      type: check ? typeText(check.schema) : '',
      required,
      description: notes.get(`${where} ${name}`) ?? '',
    })),
    body: (mock.body?.media ?? []).map(bodyOf),
    responses: mock.responses.map(({ code, media }) => {
      const field = responses.get(code)
      const response = field ? reader.fields(field.value, 'A response', reader.placeOf(field)) : new Map()
      return {
        code,
        description: reader.text(response.get('description'), '"description"') ?? '',
        bodies: media.map(bodyOf),
      }
    }),
  }
}

function bodyOf({ type, schema, examples }: Media): ReferenceBody {
  const [first] = examples.values()
  const example = first ?? (schema ? sampleOf(schema) : '')
  return {
    type,
    rows: schema ? rowsOf(schema) : [],
    example: typeof example === 'string' ? example : JSON.stringify(example, undefined, 2),
  }
}

/** So deep properties are told, and so many: what is below stands in the example. */
const DEEPEST = 5
const MOST_ROWS = 200

function rowsOf({ whole }: Extracted): readonly ReferenceRow[] {
  const { definitions } = whole
  const rows: ReferenceRow[] = []
  const resolved = (schema: Json, hops = 0): JsonObject => {
    if (!isObject(schema) || hops > 20) return {}
    if (typeof schema.$ref !== 'string') return schema
    const name = schema.$ref.slice('#/definitions/'.length).replaceAll('~1', '/').replaceAll('~0', '~')
    return resolved(isObject(definitions) ? (definitions[name] ?? {}) : {}, hops + 1)
  }
  const visit = (schema: JsonObject, path: string, outer: readonly JsonObject[]): void => {
    if (outer.length >= DEEPEST || outer.includes(schema)) return
    const inside = [...outer, schema]
    for (const part of isArray(schema.allOf) ? schema.allOf : []) visit(resolved(part), path, inside)
    const choices = schema.oneOf ?? schema.anyOf
    for (const [i, choice] of (isArray(choices) ? choices : []).entries())
      visit(resolved(choice), `${path}(${i + 1})`, inside)
    if (isObject(schema.items)) visit(resolved(schema.items), `${path}[]`, inside)
    const required = isArray(schema.required) ? schema.required : []
    for (const [name, property] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
      if (rows.length >= MOST_ROWS) return
      const own = resolved(property)
      const full = path === '' ? name : `${path}.${name}`
      const description = typeof own.description === 'string' ? own.description : ''
      rows.push({
        name: full,
        where: '',
        type: typeText(own),
        required: required.includes(name),
        description,
      })
      visit(own, full, inside)
    }
  }
  visit(resolved(whole), '', [])
  return rows
}

const LIMITS: readonly (readonly [string, string])[] = [
  ['minimum', '≥'],
  ['maximum', '≤'],
  ['minLength', 'length ≥'],
  ['maxLength', 'length ≤'],
  ['minItems', 'items ≥'],
  ['maxItems', 'items ≤'],
]

/** As `integer, ≥ 1, ≤ 100` or `string (uuid)`. */
function typeText(schema: JsonObject): string {
  const { type, format, enum: choices, pattern, oneOf, anyOf } = schema
  const name = isArray(type)
    ? type.join(' or ')
    : String(type ?? (isArray(oneOf ?? anyOf) ? 'one of several' : 'any'))
  return [
    typeof format === 'string' ? `${name} (${format})` : name,
    ...LIMITS.flatMap(([key, words]) =>
      typeof schema[key] === 'number' ? [`${words} ${String(schema[key])}`] : [],
    ),
    ...(isArray(choices) ? [`one of ${choices.map(choice => JSON.stringify(choice)).join(', ')}`] : []),
    ...(typeof pattern === 'string' ? [`like ${pattern}`] : []),
  ].join(', ')
}
