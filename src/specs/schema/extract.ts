import { compareCodePoints } from '../../model/compare-texts.ts'
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import type { Place } from '../../model/problem.ts'
import type { DesignReader } from '../reader.ts'
import type { Target } from '../reading/references.ts'
import { toDraft4 } from './draft4.ts'
import { type Rendering, renderSchema } from './render.ts'

/** The text of all schemas together may have so many characters: more would be no use to a gateway. */
const LARGEST_TOTAL = 64 * 1024 * 1024

/** A schema on its own, with all that it refers to. */
export interface Extracted {
  /** The schema and its `definitions`. */
  readonly whole: JsonObject
  /** That as JSON text, keys in order. */
  readonly text: string
  /** The schema at the end of its references. */
  readonly schema: JsonObject
}

interface Definition {
  readonly target: Target
  schema?: JsonObject
}

/** Takes schemas out of a document, each complete in itself, as JSON Schema draft 4 (what Kong's validator reads). */
export class SchemaExtractor implements Rendering {
  readonly reader: DesignReader
  readonly jsonSchema: boolean
  readonly rendered = new Map<JsonObject, JsonObject>()
  readonly #byTarget = new Map<string, string>()
  readonly #definitions = new Map<string, Definition>()
  readonly #extracted = new Map<Json, Extracted>()
  #total = 0

  constructor(reader: DesignReader, jsonSchema: boolean) {
    this.reader = reader
    this.jsonSchema = jsonSchema
  }

  /** A schema with its definitions. Undefined, and a problem, if its size or references have no end. */
  extract(schema: Json, place: Place | undefined): Extracted | undefined {
    const known = this.#extracted.get(schema)
    const extracted = known ?? this.#extract(schema, place)
    this.#total += extracted.text.length
    if (this.#total > LARGEST_TOTAL) {
      if (this.#total - extracted.text.length <= LARGEST_TOTAL) {
        const size = `${LARGEST_TOTAL / 1024 / 1024} MiB`
        const hint = 'Take the request-validator away from some paths, or split the document.'
        this.reader.problem(`The schemas for the request-validator exceed ${size} together`, place, hint)
      }
      return undefined
    }
    if (isObject(schema)) this.#extracted.set(schema, extracted)
    return extracted
  }

  define(target: Target): string {
    const key = `${target.uri}#${target.pointer}`
    const known = this.#byTarget.get(key)
    if (known !== undefined) return known
    const name = this.#freeName(target)
    this.#byTarget.set(key, name)
    this.#definitions.set(name, { target })
    return name
  }

  #extract(schema: Json, place: Place | undefined): Extracted {
    const top = this.#draft4(renderSchema(this, schema), place)
    const definitions: Record<string, JsonObject> = {}
    const waiting = [...referencesIn(top)]
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const definition = this.#definitions.get(name)
      if (definition === undefined || Object.hasOwn(definitions, name)) continue
      definition.schema ??= this.#definitionOf(definition.target, place)
      definitions[name] = definition.schema
      waiting.push(...referencesIn(definition.schema))
    }
    const whole = Object.keys(definitions).length === 0 ? top : { ...top, definitions }
    const [first] = referencesIn({ $ref: top.$ref ?? null })
    return {
      whole,
      text: jsonText(whole),
      schema: (first === undefined ? undefined : definitions[first]) ?? top,
    }
  }

  /** What a reference leads to, in the end: a definition is never a mere reference to another one. */
  #definitionOf(target: Target, place: Place | undefined): JsonObject {
    const value =
      this.jsonSchema && hasSiblings(target.value) ? target.value : this.reader.follow(target.value)
    return this.#draft4(renderSchema(this, value ?? null), place)
  }

  #draft4(schema: JsonObject | boolean, place: Place | undefined): JsonObject {
    if (!this.jsonSchema) return isObject(schema) ? schema : {}
    const { schema: translated, lost } = toDraft4(schema)
    for (const keyword of lost) {
      const message = `"${keyword}" can't be said in JSON Schema draft 4: the request-validator does not check it`
      this.reader.warn('schema', message, place)
    }
    return translated
  }

  /** The component's own name, where no other schema has it. */
  #freeName(target: Target): string {
    const component = /^\/components\/schemas\/([^/]+)$/.exec(target.pointer)?.[1]
    const own = component === undefined ? undefined : unescapeName(component)
    if (own !== undefined && target.uri === this.reader.spec.uri) return own
    const file = target.uri
      .split('/')
      .at(-1)
      ?.replace(/\.(?:ya?ml|json)$/, '')
    const last = target.pointer.split('/').at(-1)
    const base = own ?? (last ? unescapeName(last) : (file ?? 'schema'))
    let name = base
    for (let i = 2; this.#definitions.has(name) || this.#isComponent(name); i++) name = `${base}_${i}`
    return name
  }

  #isComponent(name: string): boolean {
    const document = this.reader.spec.files.get(this.reader.spec.uri)
    const components = isObject(document) ? document.components : undefined
    const schemas = isObject(components) ? components.schemas : undefined
    return isObject(schemas) && Object.hasOwn(schemas, name)
  }
}

function hasSiblings(value: Json): boolean {
  return isObject(value) && '$ref' in value && Object.keys(value).length > 1
}

function unescapeName(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~')
}

/** The names of the definitions that a schema refers to. */
function referencesIn(schema: Json): ReadonlySet<string> {
  const names = new Set<string>()
  const seen = new Set<Json>()
  const visit = (value: Json): void => {
    if (value === null || typeof value !== 'object' || seen.has(value)) return
    seen.add(value)
    const reference = isObject(value) ? value.$ref : undefined
    if (typeof reference === 'string' && reference.startsWith('#/definitions/')) {
      names.add(unescapeName(reference.slice('#/definitions/'.length)))
    }
    for (const item of Object.values(value)) visit(item)
  }
  visit(schema)
  return names
}

/** JSON with keys in order and with the characters escaped that Go's encoder escapes, so that texts can be compared. */
export function jsonText(value: Json): string {
  return JSON.stringify(ordered(value)).replace(
    /[<>&\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function ordered(value: Json): Json {
  if (isArray(value)) return value.map(ordered)
  if (!isObject(value)) return value
  const keys = Object.keys(value).sort(compareCodePoints)
  return Object.fromEntries(keys.map(key => [key, ordered(value[key] ?? null)]))
}
