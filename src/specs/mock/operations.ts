import { isObject, type Json } from '../../model/json.ts'
import { fail, type Result, succeed } from '../../model/problem.ts'
import {
  type OpenApi,
  type Parameter,
  type PathItem,
  readOpenApi,
  type SpecifiedOperation,
} from '../document.ts'
import { type DesignFields, DesignReader, type Field } from '../reader.ts'
import type { Specification } from '../reading/specification.ts'
import { type Extracted, SchemaExtractor } from '../schema/extract.ts'

/** What a body may hold, by media type. */
export interface Media {
  readonly type: string
  readonly schema: Extracted | undefined
  /** Examples by name; the one of the media type itself is called ``. */
  readonly examples: ReadonlyMap<string, Json>
}

/** A response of an operation. */
export interface MockResponse {
  /** As written: `200`, `4XX`, `default`. */
  readonly code: string
  readonly media: readonly Media[]
  readonly headers: readonly { readonly name: string; readonly schema: Extracted | undefined }[]
}

/** A parameter with its schema. */
export interface MockParameter extends Parameter {
  readonly check: Extracted | undefined
}

/** A scheme of a security requirement: where the credentials are. */
export interface MockCredentials {
  readonly in: 'header' | 'query' | 'cookie'
  readonly name: string
  /** How the value begins, in small letters: `bearer `. */
  readonly scheme: string
}

/** An operation as a server needs it. */
export interface MockOperation {
  readonly method: string
  readonly path: string
  /** Paths of the servers, without a `/` at the end; the empty one is always there. */
  readonly bases: readonly string[]
  readonly parameters: readonly MockParameter[]
  readonly body: { readonly required: boolean; readonly media: readonly Media[] } | undefined
  readonly responses: readonly MockResponse[]
  /** Each is a choice of credentials that are needed together; empty: nothing is needed. */
  readonly security: readonly (readonly MockCredentials[])[]
}

/** The operations of a specification. Problems: what is wrong with the document. */
export function mockOperations(spec: Specification): Result<readonly MockOperation[]> {
  const reader = new DesignReader(spec)
  const api = readOpenApi(reader)
  if (api === undefined) return fail(reader.problems)
  const reading = new MockReading(reader, api)
  const operations = api.paths.flatMap(item => item.operations.map(each => reading.operation(each, item)))
  return reader.problems.length > 0 ? fail(reader.problems) : succeed(operations)
}

class MockReading {
  readonly #reader: DesignReader
  readonly #api: OpenApi
  readonly #schemas: SchemaExtractor

  constructor(reader: DesignReader, api: OpenApi) {
    this.#reader = reader
    this.#api = api
    this.#schemas = new SchemaExtractor(reader, api.jsonSchema)
  }

  operation(operation: SpecifiedOperation, item: PathItem): MockOperation {
    const { fields } = operation
    const own = operation.parameters
    const outer = item.parameters.filter(
      each => !own.some(one => one.name === each.name && one.in === each.in),
    )
    const servers = [operation.servers, item.servers, this.#api.servers].find(each => each.length > 0) ?? []
    return {
      method: operation.method,
      path: item.path,
      bases: [...new Set(['', ...servers.map(({ url }) => basePath(url))])],
      parameters: [...outer, ...own].map(each => ({
        ...each,
        check: each.schema === undefined ? undefined : this.#schemas.extract(each.schema, each.place),
      })),
      body: this.#body(fields),
      responses: this.#responses(fields),
      security: (operation.security ?? this.#api.security).map(({ schemes }) =>
        schemes.flatMap(({ name }) => this.#credentials(name) ?? []),
      ),
    }
  }

  #body(operation: DesignFields): MockOperation['body'] {
    if (!operation.has('requestBody')) return undefined
    const body = this.#reader.fieldsIn(operation, 'requestBody', '"requestBody"')
    return { required: body.get('required')?.value === true, media: this.#media(body) }
  }

  #responses(operation: DesignFields): readonly MockResponse[] {
    const responses = this.#reader.fieldsIn(operation, 'responses', '"responses"')
    return [...responses.values()].flatMap(field => {
      if (field.key.startsWith('x-')) return []
      const response = this.#fields(field, 'A response')
      const headers = [...this.#reader.fieldsIn(response, 'headers', '"headers"').values()]
      return [
        {
          code: field.key,
          media: this.#media(response),
          headers: headers.map(header => ({
            name: header.key,
            schema: this.#schema(this.#fields(header, 'A header')),
          })),
        },
      ]
    })
  }

  #media(holder: DesignFields): readonly Media[] {
    return [...this.#reader.fieldsIn(holder, 'content', '"content"').values()].map(field => {
      const media = this.#fields(field, 'A media type')
      const examples = new Map<string, Json>()
      const own = media.get('example')
      if (own) examples.set('', own.value)
      for (const example of this.#reader.fieldsIn(media, 'examples', '"examples"').values()) {
        const value = this.#fields(example, 'An example').get('value')
        if (value) examples.set(example.key, value.value)
      }
      return {
        type: field.key.split(';')[0]?.trim().toLowerCase() ?? '',
        schema: this.#schema(media),
        examples,
      }
    })
  }

  #schema(holder: DesignFields): Extracted | undefined {
    const schema = holder.get('schema')
    if (!schema || !(isObject(schema.value) || typeof schema.value === 'boolean')) return undefined
    return this.#schemas.extract(schema.value, this.#reader.placeOf(schema))
  }

  /** Undefined for what no request shows, such as a client's certificate. */
  #credentials(name: string): MockCredentials | undefined {
    const schemes = this.#reader.fieldsIn(this.#api.components, 'securitySchemes', '"securitySchemes"')
    const field = schemes.get(name)
    if (!field) return undefined
    const scheme = this.#fields(field, 'A security scheme')
    const text = (key: string): string => this.#reader.text(scheme.get(key), `"${key}"`) ?? ''
    const type = text('type')
    if (type === 'apiKey') {
      const where = text('in')
      const place = where === 'query' || where === 'cookie' ? where : 'header'
      return { in: place, name: text('name'), scheme: '' }
    }
    if (type === 'mutualTLS') return undefined
    const word = type === 'http' ? text('scheme').toLowerCase() : 'bearer'
    return { in: 'header', name: 'authorization', scheme: `${word} ` }
  }

  #fields(field: Field, what: string): DesignFields {
    return this.#reader.fields(field.value, what, this.#reader.placeOf(field))
  }
}

function basePath(url: string): string {
  return URL.parse(url, 'http://localhost')?.pathname.replace(/\/+$/, '') ?? ''
}
