import { compareCodePoints } from '../model/compare-texts.ts'
import type { Json } from '../model/json.ts'
import type { Place } from '../model/problem.ts'
import type { DesignFields, DesignReader, Field, Item } from './reader.ts'

/** A server: its URL with the defaults of its variables put in. */
export interface Server {
  readonly url: string
  readonly place: Place | undefined
}

/** A parameter of a path or an operation (OpenAPI 3.1, section 4.8.12). */
export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required: boolean
  readonly style: string | undefined
  readonly explode: boolean | undefined
  /** The schema, perhaps a reference. */
  readonly schema: Json | undefined
  readonly place: Place | undefined
}

/** A security requirement: the names of schemes, all of which are needed, with their scopes. */
export interface Requirement {
  readonly schemes: readonly { readonly name: string; readonly scopes: readonly string[] }[]
  readonly place: Place | undefined
}

/** What the document, a path and an operation have in common. */
export interface Level {
  readonly fields: DesignFields
  readonly servers: readonly Server[]
  readonly place: Place | undefined
}

export interface SpecifiedOperation extends Level {
  /** In capitals. */
  readonly method: string
  readonly operationId: string | undefined
  readonly parameters: readonly Parameter[]
  /** undefined: the same as the document's. */
  readonly security: readonly Requirement[] | undefined
}

export interface PathItem extends Level {
  /** The template, as `/users/{id}`. */
  readonly path: string
  readonly parameters: readonly Parameter[]
  /** In the order of their methods. */
  readonly operations: readonly SpecifiedOperation[]
}

/** An OpenAPI document as far as a gateway cares. */
export interface OpenApi extends Level {
  /** Whether schemas are JSON Schema 2020-12 (OpenAPI 3.1) rather than OpenAPI 3.0's own. */
  readonly jsonSchema: boolean
  readonly title: string | undefined
  readonly security: readonly Requirement[]
  readonly components: DesignFields
  /** In the order of their templates. */
  readonly paths: readonly PathItem[]
}

/** At most this many operations are read: a gateway has no use for more, and a hostile document must come to an end. */
const MOST_OPERATIONS = 50_000

const METHODS = ['delete', 'get', 'head', 'options', 'patch', 'post', 'put', 'trace'] as const

/** Reads an OpenAPI document. Undefined if it isn't one; mistakes inside are added to the reader's problems. */
export function readOpenApi(reader: DesignReader): OpenApi | undefined {
  const root = reader.spec.files.get(reader.spec.uri) ?? null
  const start = { file: reader.spec.uri, line: 1, column: 1 }
  const fields = reader.fields(root, 'An OpenAPI document', start)
  const version = readVersion(reader, fields, start)
  if (version === undefined) return undefined
  const jsonSchema = !version.startsWith('3.0')
  const webhooks = fields.get('webhooks')
  if (!fields.has('paths') || fields.get('paths')?.value === null) {
    // OpenAPI 3.1 may have only webhooks: calls that the API makes, not requests that a gateway accepts.
    if (!jsonSchema || webhooks === undefined) {
      reader.problem(
        'The document has no paths',
        start,
        'Add "paths" at the top level, with a path for each endpoint.',
      )
      return undefined
    }
  }
  if (webhooks !== undefined) {
    reader.warn(
      'webhooks',
      'Webhooks are calls that the API makes: they get no routes',
      reader.placeOf(webhooks),
    )
  }
  const info = reader.fieldsIn(fields, 'info', '"info"')
  return {
    jsonSchema,
    fields,
    place: start,
    title: reader.text(info.get('title'), '"title"') || undefined,
    servers: readServers(reader, fields),
    security: readSecurity(reader, fields) ?? [],
    components: reader.fieldsIn(fields, 'components', '"components"'),
    paths: readPaths(reader, fields),
  }
}

function readVersion(reader: DesignReader, fields: DesignFields, start: Place): string | undefined {
  const version = reader.text(fields.get('openapi'), '"openapi"')
  if (version?.startsWith('3.')) return version
  const swagger = reader.text(fields.get('swagger'), '"swagger"')
  const place = reader.placeOf(fields.get('openapi') ?? fields.get('swagger')) ?? start
  if (version !== undefined)
    reader.problem(`OpenAPI ${version} is not supported`, place, 'Use OpenAPI 3.0 or 3.1.')
  else if (swagger !== undefined)
    reader.problem(`Swagger ${swagger} is not supported`, place, 'Convert the file to OpenAPI 3.')
  else
    reader.problem(
      'This isn’t an OpenAPI document: it has no "openapi"',
      place,
      'Begin the file with "openapi: 3.1.0".',
    )
  return undefined
}

function readPaths(reader: DesignReader, fields: DesignFields): readonly PathItem[] {
  const paths = [...reader.fieldsIn(fields, 'paths', '"paths"').values()]
  const items: PathItem[] = []
  let operations = 0
  for (const field of paths) {
    const path = field.key
    if (path.startsWith('x-')) continue
    if (!path.startsWith('/')) {
      const hint = 'A path must begin with "/".'
      reader.warn('path', `"${path}" isn’t a path: it gets no route`, reader.placeOf(field), hint)
      continue
    }
    const item = readPath(reader, field)
    operations += item.operations.length
    if (operations > MOST_OPERATIONS) {
      const message = `The document has more than ${MOST_OPERATIONS.toLocaleString('en')} operations`
      reader.problem(message, reader.placeOf(field), 'Split it.')
      return []
    }
    items.push(item)
  }
  return items.sort((a, b) => compareCodePoints(a.path, b.path))
}

function readPath(reader: DesignReader, field: Field): PathItem {
  const place = reader.placeOf(field)
  const fields = reader.fields(field.value, `The path "${field.key}"`, place)
  const operations = METHODS.flatMap(method => {
    const operation = fields.get(method)
    return operation === undefined || operation.value === null
      ? []
      : [readOperation(reader, method, operation)]
  })
  return {
    path: field.key,
    place,
    fields,
    servers: readServers(reader, fields),
    parameters: readParameters(reader, fields),
    operations,
  }
}

function readOperation(reader: DesignReader, method: string, field: Field): SpecifiedOperation {
  const place = reader.placeOf(field)
  const fields = reader.fields(field.value, `The operation "${method}"`, place)
  return {
    method: method.toUpperCase(),
    place,
    fields,
    operationId: reader.text(fields.get('operationId'), '"operationId"') || undefined,
    servers: readServers(reader, fields),
    parameters: readParameters(reader, fields),
    security: readSecurity(reader, fields),
  }
}

function readServers(reader: DesignReader, level: DesignFields): readonly Server[] {
  return reader.items(level, 'servers', '"servers"').map(item => {
    const fields = reader.fields(item.value, 'A server', item.place)
    const urlField = fields.get('url')
    let url = reader.text(urlField, 'The URL of a server') ?? ''
    for (const variable of reader.fieldsIn(fields, 'variables', '"variables"').values()) {
      const known = reader.fields(variable.value, 'A server variable', reader.placeOf(variable))
      const value = reader.text(known.get('default'), 'The default of a server variable') ?? ''
      url = url.replaceAll(`{${variable.key}}`, () => value)
    }
    return { url, place: reader.placeOf(urlField) ?? item.place }
  })
}

function readParameters(reader: DesignReader, level: DesignFields): readonly Parameter[] {
  return reader.items(level, 'parameters', '"parameters"').flatMap(item => {
    const fields = reader.fields(item.value, 'A parameter', item.place)
    const name = reader.text(fields.get('name'), 'The name of a parameter')
    const kind = reader.text(fields.get('in'), 'The "in" of a parameter')
    // A reference that leads nowhere is a problem already.
    if (fields.size === 0) return []
    if (name === undefined || kind === undefined) {
      reader.problem('A parameter needs a "name" and an "in"', item.place)
      return []
    }
    const explode = fields.get('explode')?.value
    return [
      {
        name,
        in: kind,
        required: fields.get('required')?.value === true,
        style: reader.text(fields.get('style'), '"style"'),
        explode: typeof explode === 'boolean' ? explode : undefined,
        schema: fields.get('schema')?.value ?? undefined,
        place: item.place,
      },
    ]
  })
}

function readSecurity(reader: DesignReader, level: DesignFields): readonly Requirement[] | undefined {
  if (!level.has('security')) return undefined
  return reader.items(level, 'security', '"security"').map(item => readRequirement(reader, item))
}

function readRequirement(reader: DesignReader, item: Item): Requirement {
  const fields = reader.fields(item.value, 'A security requirement', item.place)
  const schemes = [...fields.keys()].map(name => ({
    name,
    scopes: reader.items(fields, name, `The scopes of "${name}"`).flatMap(scope => {
      return typeof scope.value === 'string' ? [scope.value] : []
    }),
  }))
  return { schemes, place: item.place }
}
