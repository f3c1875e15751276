import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'

/** A schema of JSON Schema 2020-12 in the words of draft 4, and the keywords that draft 4 has no words for. */
export interface Translated {
  readonly schema: JsonObject
  readonly lost: readonly string[]
}

/**
 * Converts a JSON Schema 2020-12 to draft 4 (https://json-schema.org/draft-04/json-schema-validation), the only draft
 * that the request-validator of Kong 3.9 reads: `const` is an `enum` of one, an exclusive bound is a bound and a mark,
 * `if` is an `anyOf`, and so on. What can't be expressed is left out and reported.
 */
export function toDraft4(schema: JsonObject | boolean): Translated {
  const translation = new Translation()
  return { schema: translation.translate(schema), lost: [...translation.lost].sort() }
}

/** Keywords that draft 4 lacks and that don't affect which values are valid. */
const DROPPED = new Set(['$anchor', '$comment', '$dynamicAnchor', '$id', '$schema', 'contentSchema'])

/** Keywords that apply other schemas to the same value: what they evaluate is not known from the schema itself. */
const IN_PLACE = ['$dynamicRef', '$ref', 'allOf', 'anyOf', 'dependentSchemas', 'if', 'oneOf']

class Translation {
  readonly lost = new Set<string>()
  readonly #known = new Map<Json, JsonObject>()

  translate(schema: Json): JsonObject {
    if (schema === false) return { not: {} }
    if (!isObject(schema)) return {}
    const known = this.#known.get(schema)
    if (known) return known
    const translated = this.#object(schema)
    this.#known.set(schema, translated)
    return translated
  }

  #object(schema: JsonObject): JsonObject {
    const written: Record<string, Json> = {}
    for (const [key, value] of Object.entries(schema)) {
      if (!DROPPED.has(key)) this.#plain(written, key, value)
    }
    Object.assign(
      written,
      this.#bounds(schema),
      this.#items(schema),
      this.#properties(schema),
      this.#dependencies(schema),
    )
    const more = [
      ...this.#constants(schema),
      ...this.#conditions(schema),
      ...this.#contains(schema),
      ...this.#names(schema),
    ]
    if ('const' in schema && !('enum' in schema)) written.enum = [schema.const ?? null]
    if (more.length > 0) written.allOf = [...(isArray(written.allOf) ? written.allOf : []), ...more]
    if ('$dynamicRef' in schema) this.lost.add('$dynamicRef')
    return written
  }

  /** Keywords that both drafts have, or that are annotations. */
  #plain(written: Record<string, Json>, key: string, value: Json): void {
    switch (key) {
      case 'allOf':
      case 'anyOf':
      case 'oneOf':
        if (isArray(value)) written[key] = value.map(item => this.translate(item))
        return
      case 'not':
        written[key] = this.translate(value)
        return
      case 'properties':
      case 'patternProperties':
        written[key] = this.#map(value)
        return
      case '$dynamicRef':
      case 'additionalProperties':
      case 'const':
      case 'contains':
      case 'dependentRequired':
      case 'dependentSchemas':
      case 'else':
      case 'exclusiveMaximum':
      case 'exclusiveMinimum':
      case 'if':
      case 'items':
      case 'maxContains':
      case 'minContains':
      case 'prefixItems':
      case 'propertyNames':
      case 'then':
      case 'unevaluatedItems':
      case 'unevaluatedProperties':
        return
      default:
        written[key] = value
    }
  }

  #map(value: Json): JsonObject {
    if (!isObject(value)) return {}
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.translate(item)]))
  }

  #boolean(schema: Json): Json {
    return typeof schema === 'boolean' ? schema : this.translate(schema)
  }

  #bounds(schema: JsonObject): JsonObject {
    return {
      ...bound(schema, 'minimum', 'exclusiveMinimum', (own, exclusive) => own > exclusive),
      ...bound(schema, 'maximum', 'exclusiveMaximum', (own, exclusive) => own < exclusive),
    }
  }

  #items(schema: JsonObject): JsonObject {
    const { prefixItems, items, unevaluatedItems } = schema
    const first = isArray(prefixItems) ? prefixItems.map(item => this.translate(item)) : undefined
    let others = items
    if (others === undefined && unevaluatedItems !== undefined && unevaluatedItems !== true) {
      if (evaluatesElsewhere(schema) || 'contains' in schema) this.lost.add('unevaluatedItems')
      else others = unevaluatedItems
    }
    if (first)
      return { items: first, ...(others === undefined ? {} : { additionalItems: this.#boolean(others) }) }
    if (others === undefined || others === true) return {}
    return others === false ? { maxItems: 0 } : { items: this.translate(others) }
  }

  #properties(schema: JsonObject): JsonObject {
    const { additionalProperties, unevaluatedProperties } = schema
    if (additionalProperties !== undefined)
      return { additionalProperties: this.#boolean(additionalProperties) }
    if (unevaluatedProperties === undefined || unevaluatedProperties === true) return {}
    if (!evaluatesElsewhere(schema)) return { additionalProperties: this.#boolean(unevaluatedProperties) }
    this.lost.add('unevaluatedProperties')
    return {}
  }

  #dependencies(schema: JsonObject): JsonObject {
    const required = isObject(schema.dependentRequired) ? schema.dependentRequired : {}
    const schemas = isObject(schema.dependentSchemas) ? schema.dependentSchemas : {}
    const dependencies = { ...this.#map(schemas) }
    const all = Object.entries(required).map(([name, names]): [string, Json] => {
      const own = dependencies[name]
      return [name, own === undefined ? names : { allOf: [own, { required: names }] }]
    })
    const both = { ...dependencies, ...Object.fromEntries(all) }
    return Object.keys(both).length === 0 ? {} : { dependencies: both }
  }

  /** A `const` beside an `enum` is one more rule. */
  #constants(schema: JsonObject): readonly JsonObject[] {
    return 'const' in schema && 'enum' in schema ? [{ enum: [schema.const ?? null] }] : []
  }

  #conditions(schema: JsonObject): readonly JsonObject[] {
    const condition = schema.if
    if (condition === undefined) return []
    const parts: JsonObject[] = []
    const tested = this.translate(condition)
    if (schema.then !== undefined) parts.push({ anyOf: [{ not: tested }, this.translate(schema.then)] })
    if (schema.else !== undefined) parts.push({ anyOf: [tested, this.translate(schema.else)] })
    return parts
  }

  /** Some item is valid: not all items are not. Only of lists, as draft 4's `items` are too. */
  #contains(schema: JsonObject): readonly JsonObject[] {
    const { contains, minContains, maxContains } = schema
    if (contains === undefined) return []
    if (maxContains !== undefined) this.lost.add('maxContains')
    if (minContains === 0) return []
    if (typeof minContains === 'number' && minContains > 1) this.lost.add('minContains')
    const none = { items: { not: this.translate(contains) } }
    return [{ anyOf: [{ not: { type: 'array' } }, { not: none }] }]
  }

  /** Rules for the names of properties, as far as they are patterns, lists or lengths. */
  #names(schema: JsonObject): readonly JsonObject[] {
    const rule = schema.propertyNames
    if (rule === undefined || rule === true) return []
    if (rule === false) return [{ anyOf: [{ not: { type: 'object' } }, { maxProperties: 0 }] }]
    if (!isObject(rule)) return []
    const parts: JsonObject[] = []
    for (const [key, value] of Object.entries(rule)) {
      const names = key === 'const' ? [value] : key === 'enum' && isArray(value) ? value : undefined
      if (names)
        parts.push(onlyNames({ properties: Object.fromEntries(names.map(name => [String(name), {}])) }))
      else if (key === 'pattern' && typeof value === 'string')
        parts.push(onlyNames({ patternProperties: { [value]: {} } }))
      else if (key === 'minLength' || key === 'maxLength') parts.push(onlyNames(lengthPattern(key, value)))
      else if (!(key === 'type' && value === 'string') && !NAME_ANNOTATIONS.has(key))
        this.lost.add('propertyNames')
    }
    return parts
  }
}

const NAME_ANNOTATIONS = new Set(['$comment', 'description', 'examples', 'format', 'title'])

function lengthPattern(key: string, value: Json): JsonObject {
  const length = typeof value === 'number' ? value : 0
  return {
    patternProperties: { [key === 'minLength' ? `^[\\s\\S]{${length},}$` : `^[\\s\\S]{0,${length}}$`]: {} },
  }
}

function onlyNames(allowed: JsonObject): JsonObject {
  return { ...allowed, additionalProperties: false }
}

function evaluatesElsewhere(schema: JsonObject): boolean {
  return IN_PLACE.some(key => key in schema)
}

/** A bound that may be exclusive: in draft 4 one number and a mark. Of two bounds the narrower one counts. */
function bound(
  schema: JsonObject,
  name: 'minimum' | 'maximum',
  exclusiveName: string,
  isNarrower: (own: number, exclusive: number) => boolean,
): JsonObject {
  const own = schema[name]
  const exclusive = schema[exclusiveName]
  if (typeof exclusive === 'boolean') return { [exclusiveName]: exclusive }
  if (typeof exclusive !== 'number') return {}
  if (typeof own === 'number' && isNarrower(own, exclusive)) return {}
  return { [name]: exclusive, [exclusiveName]: true }
}
