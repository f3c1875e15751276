import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import type { Extracted } from '../schema/extract.ts'

/** A value has at most this many parts: what is missing then is left out. */
const MOST_PARTS = 10_000

/** How deep optional properties are filled in; below that only what is required. */
const DEEP = 5

const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-01',
  'date-time': '2026-01-01T00:00:00Z',
  email: 'someone@example.com',
  hostname: 'host.example',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  time: '00:00:00Z',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
}

/**
 * A value for a schema: its example, its default, its first choice, or else one generated within its bounds. The same
 * each time. A `pattern` is ignored, so the value need not match it.
 */
export function sampleOf({ whole }: Extracted): Json {
  const { definitions } = whole
  return new Sampling(isObject(definitions) ? definitions : {}).value(whole, []) ?? null
}

class Sampling {
  readonly #definitions: JsonObject
  #left = MOST_PARTS

  constructor(definitions: JsonObject) {
    this.#definitions = definitions
  }

  /** Undefined if the schema leads back to itself, or to too much: the value ends there. */
  value(schema: Json, outer: readonly Json[]): Json | undefined {
    this.#left -= 1
    if (!isObject(schema)) return null
    if (this.#left < 0 || outer.includes(schema)) return undefined
    const inside = [...outer, schema]
    if (typeof schema.$ref === 'string') return this.value(this.#target(schema.$ref), inside)
    const given = givenValue(schema)
    if (given !== undefined) return given
    const [choice] = [schema.oneOf, schema.anyOf].flatMap(list => (isArray(list) ? list : []))
    const parts = [...(isArray(schema.allOf) ? schema.allOf : []), ...(choice === undefined ? [] : [choice])]
    const values = parts.map(part => this.value(part, inside)).filter(part => part !== undefined)
    const own = this.#typed(schema, inside, values.length > 0)
    const all = [...values, ...(own === undefined ? [] : [own])]
    if (all.length > 1 && all.every(isObject)) return Object.assign({}, ...all)
    return all.find(value => value !== null) ?? all[0]
  }

  #target(reference: string): Json {
    const name = reference.slice('#/definitions/'.length).replaceAll('~1', '/').replaceAll('~0', '~')
    return this.#definitions[name] ?? {}
  }

  #typed(schema: JsonObject, inside: readonly Json[], mayBeNothing: boolean): Json | undefined {
    switch (typeOf(schema)) {
      case 'object':
        return this.#object(schema, inside)
      case 'array':
        return this.#list(schema, inside)
      case 'integer':
      case 'number':
        return numberFor(schema)
      case 'boolean':
        return true
      case 'string':
        return textFor(schema)
      default:
        return mayBeNothing ? undefined : null
    }
  }

  #object(schema: JsonObject, inside: readonly Json[]): Json | undefined {
    const required = isArray(schema.required) ? schema.required : []
    const made: Record<string, Json> = {}
    for (const [name, property] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
      const isRequired = required.includes(name)
      if (isObject(property) && property.writeOnly === true) continue
      if (!isRequired && inside.length > DEEP) continue
      const value = this.value(property, inside)
      if (value !== undefined) made[name] = value
    }
    return made
  }

  #list(schema: JsonObject, inside: readonly Json[]): Json {
    const { items, minItems } = schema
    if (isArray(items)) return items.map(item => this.value(item, inside) ?? null)
    const item = items === undefined ? undefined : this.value(items, inside)
    const count = Math.min(Math.max(1, typeof minItems === 'number' ? minItems : 1), 10)
    return item === undefined || schema.maxItems === 0 ? [] : Array.from({ length: count }, () => item)
  }
}

function givenValue(schema: JsonObject): Json | undefined {
  const { example, examples, default: usual, enum: choices } = schema
  if (example !== undefined) return example
  if (isArray(examples) && examples[0] !== undefined) return examples[0]
  if (usual !== undefined) return usual
  return isArray(choices) ? choices[0] : undefined
}

function typeOf(schema: JsonObject): string | undefined {
  const { type } = schema
  const first = isArray(type) ? type.find(name => name !== 'null') : type
  if (typeof first === 'string') return first
  if (isObject(schema.properties)) return 'object'
  return schema.items === undefined ? undefined : 'array'
}

function numberFor(schema: JsonObject): number {
  const { minimum, maximum, multipleOf, exclusiveMinimum, exclusiveMaximum } = schema
  const step = typeof multipleOf === 'number' && multipleOf > 0 ? multipleOf : 1
  if (typeof minimum === 'number') {
    const first = Math.ceil(minimum / step) * step
    return exclusiveMinimum === true && first === minimum ? first + step : first
  }
  if (typeof maximum === 'number' && maximum <= 0) {
    const last = Math.floor(maximum / step) * step
    return exclusiveMaximum === true && last === maximum ? last - step : last
  }
  return 0
}

function textFor(schema: JsonObject): string {
  const { format, minLength, maxLength } = schema
  const text = (typeof format === 'string' ? FORMATS[format] : undefined) ?? 'text'
  const least = typeof minLength === 'number' ? Math.min(minLength, 1000) : 0
  return text.padEnd(least, '-').slice(0, typeof maxLength === 'number' ? maxLength : undefined)
}
