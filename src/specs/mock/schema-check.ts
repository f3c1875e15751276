import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import { ecmaPattern } from '../../patterns/ecma-pattern.ts'
import type { Extracted } from '../schema/extract.ts'

/** What is wrong with a value, such as `/price: must be integer`; empty: it matches. */
export type Check = (value: Json) => readonly string[]

/** Keywords whose values are data, not schemas. */
const DATA = new Set(['default', 'enum', 'example', 'examples'])

/** Keywords that hold schemas by names which the author chose. */
const NAMED = new Set(['definitions', 'dependencies', 'patternProperties', 'properties'])

/**
 * Patterns of schemas, in linear time; patterns that can't be matched in linear time are not checked. ajv reads its
 * name.
 */
const linear = Object.assign(
  (source: string) => {
    const pattern = ecmaPattern(source)
    return { test: (text: string) => pattern?.test(text) ?? true, toString: () => source }
  },
  { code: 'linear' },
)

const settings = {
  strict: false,
  validateFormats: false,
  allErrors: true,
  logger: false,
  code: { regExp: linear },
} as const

/** Checks values against schemas that were taken out of a document. Formats are not checked. */
export class SchemaChecks {
  readonly #exact = new Ajv(settings)
  /** Texts of parameters count as numbers, flags and lists where the schema wants those. */
  readonly #coercing = new Ajv({ ...settings, coerceTypes: 'array' })
  readonly #known = new Map<Extracted, Check>()

  /** The check of a body. */
  body(schema: Extracted): Check {
    const known = this.#known.get(schema)
    if (known) return known
    const validate = this.#exact.compile(modern(schema.whole))
    const check: Check = value => told(validate, value, '')
    this.#known.set(schema, check)
    return check
  }

  /** The check of a parameter's text, or texts. */
  parameter(schema: Extracted): Check {
    const { definitions = {}, ...own } = schema.whole
    const validate = this.#coercing.compile(modern({ definitions, properties: { value: own } }))
    return value => told(validate, { value }, '/value')
  }
}

function told(validate: ValidateFunction, value: unknown, prefix: string): readonly string[] {
  if (validate(value)) return []
  return (validate.errors ?? []).map(({ instancePath, message }: ErrorObject) => {
    const path = instancePath.startsWith(prefix) ? instancePath.slice(prefix.length) : instancePath
    return `${path === '' ? '' : `${path}: `}${message ?? 'does not fit'}`
  })
}

/** A schema of draft 4, perhaps with OpenAPI 3.0's `nullable`, in the draft that ajv reads. */
function modern(schema: Json): JsonObject {
  const made = translate(schema)
  return isObject(made) ? made : {}
}

function translate(value: Json): Json {
  if (isArray(value)) return value.map(translate)
  if (!isObject(value)) return value
  const { nullable, minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...rest } = value
  const made = Object.fromEntries(
    Object.entries(rest).map(([key, item]) => {
      if (NAMED.has(key) && isObject(item)) return [key, translateEach(item)]
      return [key, DATA.has(key) ? item : translate(item)]
    }),
  )
  if (minimum !== undefined) made[exclusiveMinimum === true ? 'exclusiveMinimum' : 'minimum'] = minimum
  if (maximum !== undefined) made[exclusiveMaximum === true ? 'exclusiveMaximum' : 'maximum'] = maximum
  if (nullable === true && typeof made.type === 'string') made.type = [made.type, 'null']
  return made
}

function translateEach(schemas: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, translate(schema)]))
}
