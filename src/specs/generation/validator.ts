import { compareCodePoints } from '../../model/compare-texts.ts'
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import type { Parameter, PathItem, SpecifiedOperation } from '../document.ts'
import type { DesignReader } from '../reader.ts'
import { type Extracted, jsonText, type SchemaExtractor } from '../schema/extract.ts'
import { captureSlug, type NameStyle } from './names.ts'
import type { TemplatePattern } from './routes.ts'

/** The plugin that checks requests against schemas: what it lacks is filled in for each operation. */
export const VALIDATOR = 'request-validator'

/** What the fields of a request-validator are made from. */
export interface ValidatorInput {
  readonly reader: DesignReader
  readonly schemas: SchemaExtractor
  readonly item: PathItem
  readonly operation: SpecifiedOperation
  readonly pattern: TemplatePattern
  readonly style: NameStyle
}

/**
 * The request-validator of an operation: the given plugin with the schemas of parameters and body and the content
 * types, where it does not have them. Undefined where there is nothing to check.
 */
export function validatorFields(given: JsonObject, input: ValidatorInput): JsonObject | undefined {
  const config = isObject(given.config) ? given.config : {}
  const parameters = absent(config, 'parameter_schema') ? parameterSchemas(input) : []
  const body = absent(config, 'body_schema') ? bodySchema(input) : undefined
  const made: Record<string, Json> = {}
  if (parameters.length > 0) made.parameter_schema = parameters
  if (body !== undefined) made.body_schema = body
  if (absent({ ...config, ...made }, 'parameter_schema') && absent({ ...config, ...made }, 'body_schema')) {
    if (absent(config, 'allowed_content_types')) return undefined
    // An empty schema lets everything pass, and makes the plugin check the content type.
    made.body_schema = '{}'
  }
  if (Object.keys(made).length > 0) made.version = 'draft4'
  const types = contentTypes(input)
  if (absent(config, 'allowed_content_types') && types.length > 0) made.allowed_content_types = types
  return { ...given, config: { ...config, ...made } }
}

function absent(config: JsonObject, key: string): boolean {
  return (config[key] ?? null) === null
}

const STYLES: Readonly<Record<string, string>> = { header: 'simple', path: 'simple', query: 'form' }

function parameterSchemas(input: ValidatorInput): readonly JsonObject[] {
  return checkedParameters(input).flatMap(parameter => {
    if (parameter.in === 'cookie') {
      const message = `The request-validator can't check cookies: "${parameter.name}" is not checked`
      input.reader.warn('cookie', message, parameter.place)
      return []
    }
    const style = parameter.style ?? STYLES[parameter.in] ?? ''
    const name = parameter.in === 'path' ? captureOf(parameter.name, input) : parameter.name
    const known = { in: parameter.in, name, required: parameter.required }
    const serialisation = { style, explode: parameter.explode ?? style === 'form' }
    if (parameter.schema === undefined) {
      // Without a schema the plugin takes neither style nor explode.
      return [known]
    }
    const extracted = input.schemas.extract(parameter.schema, parameter.place)
    if (extracted === undefined) return []
    requireType(input.reader, parameter, extracted.schema)
    return [{ ...known, ...serialisation, schema: parameterText(extracted) }]
  })
}

function captureOf(parameter: string, input: ValidatorInput): string {
  return input.pattern.captures.get(parameter) ?? captureSlug(parameter, input.style)
}

/** The plugin wants one type at the top, and no parameter is ever null: OpenAPI 3.1's [string, 'null'] is a string. */
function parameterText({ whole, text }: Extracted): string {
  const { type } = whole
  const [only, ...others] = isArray(type) ? type.filter(name => name !== 'null') : []
  return only === undefined || others.length > 0 ? text : jsonText({ ...whole, type: only })
}

/** The plugin reads a parameter's text by the type at the top of its schema. */
function requireType(reader: DesignReader, parameter: Parameter, schema: JsonObject): void {
  const choice = 'oneOf' in schema ? 'oneOf' : 'anyOf' in schema ? 'anyOf' : undefined
  if (choice === undefined || typeof schema.type === 'string') return
  const hint = `Add "type" beside "${choice}".`
  reader.problem(
    `The schema of the parameter "${parameter.name}" needs a top-level type for the request-validator`,
    parameter.place,
    hint,
  )
}

/**
 * The parameters that are checked, in openapi2kong's order and number. It takes a path's parameter once for each
 * parameter of the operation with another name at another place, and so leaves some out: these are told.
 */
function checkedParameters({ reader, item, operation }: ValidatorInput): readonly Parameter[] {
  if (operation.parameters.length === 0) return item.parameters
  const taken = item.parameters.flatMap(parameter =>
    operation.parameters
      .filter(own => own.name !== parameter.name && own.in !== parameter.in)
      .map(() => parameter),
  )
  for (const parameter of item.parameters) {
    const overridden = operation.parameters.some(
      own => own.name === parameter.name && own.in === parameter.in,
    )
    if (overridden || taken.includes(parameter)) continue
    const message = `${operation.method} ${item.path} does not check the path's parameter "${parameter.name}"`
    reader.warn('unchecked-parameter', message, operation.place, 'Repeat the parameter in the operation.')
  }
  return [...taken, ...operation.parameters]
}

/** The content of the request body: media types with their schemas, in the order of the document. */
function bodyContent({
  reader,
  operation,
}: ValidatorInput): readonly { type: string; schema: Json | undefined }[] {
  const body = reader.fieldsIn(operation.fields, 'requestBody', '"requestBody"')
  return [...reader.fieldsIn(body, 'content', '"content"').values()].map(field => {
    const media = reader.fields(field.value, 'A media type', reader.placeOf(field))
    return { type: field.key, schema: media.get('schema')?.value }
  })
}

// RFC 2045, section 5.1: tokens, then parameters.
const MEDIA_TYPE = /^[!#$%&'*+.^_`|~0-9a-z-]+\/([!#$%&'*+.^_`|~0-9a-z-]+)\s*(?:;.*)?$/i

function bodySchema(input: ValidatorInput): string | undefined {
  for (const { type, schema } of bodyContent(input)) {
    const subtype = MEDIA_TYPE.exec(type.trim())?.[1]?.toLowerCase()
    if (subtype === undefined) {
      input.reader.warn(
        'media-type',
        `"${type}" isn’t a media type: the body is not checked`,
        input.operation.place,
      )
      return undefined
    }
    const isJson = /^application\//i.test(type.trim()) && (subtype === 'json' || subtype.endsWith('+json'))
    if (!isJson) continue
    return (schema ?? null) === null
      ? undefined
      : input.schemas.extract(schema ?? null, input.operation.place)?.text
  }
  return undefined
}

function contentTypes(input: ValidatorInput): readonly string[] {
  return bodyContent(input)
    .map(({ type }) => type)
    .sort(compareCodePoints)
}
