import { isObject, type Json, type JsonObject } from '../../json.ts'
import {
  type EntityCheck,
  type Field,
  type FieldType,
  fieldTypes,
  type Schema,
  type Shorthand,
  type Variants,
} from '../field.ts'
import { limitsOf } from '../limits/limits.ts'
import { entityRule } from '../rules/entity-rules.ts'
import { fieldRule } from '../rules/field-rules.ts'
import { namedRule } from '../rules/named-rules.ts'
import { entityCheck } from '../validate/checks.ts'
import { namedType } from './named-types.ts'
import { entityShorthands, shorthandOf } from './shorthands.ts'

const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])
const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

const isFieldType = (type: string): type is FieldType => fieldTypes.some(known => known === type)

/** The type that determines Kong's check by a function: stated by the facts, or recognised by a description. */
function typeName(raw: JsonObject): string | undefined {
  const description = text(raw.description)
  return text(raw.named_type) ?? (description === undefined ? undefined : namedType(description))
}

/** Finds the schema of a kind that a foreign field points to. */
export type SchemaOf = (kind: string) => Schema | undefined

/** Makes a field from a schema; `place` is the path to it: `routes.paths.elements`. */
export function compileField(name: string, raw: JsonObject, place: string, schemaOf: SchemaOf): Field {
  const said = text(raw.type) ?? 'string'
  const inner = (part: 'elements' | 'keys' | 'values'): Field | undefined => {
    const field = raw[part]
    return isObject(field) ? compileField('', field, `${place}.${part}`, schemaOf) : undefined
  }
  const limits = limitsOf(raw)
  // Kong accepts no empty text, unless a field allows it.
  if (said === 'string' && raw.len_min === undefined) {
    const after = limits.findIndex(limit =>
      /^(starts_with|not_match|match|contains|mutually|len_max)/.test(limit.name),
    )
    limits.splice(after < 0 ? limits.length : after, 0, { name: 'len_min', to: 1 })
  }
  const named = typeName(raw)
  const reference = text(raw.reference)
  return {
    name,
    type: isFieldType(said) ? said : 'string',
    required: raw.required === true,
    default: raw.default,
    eq: raw.eq,
    ne: raw.ne,
    auto: raw.auto === true,
    uuid: raw.uuid === true,
    unique: raw.unique === true,
    abstract: raw.abstract === true,
    referenceable: raw.referenceable === true,
    transient: raw.transient === true,
    reference,
    parent: () => (reference === undefined ? undefined : schemaOf(reference)),
    onDelete: raw.on_delete === 'cascade' ? 'cascade' : 'restrict',
    elements: inner('elements'),
    keys: inner('keys'),
    values: inner('values'),
    record: Array.isArray(raw.fields) ? compileSchema(place, raw, schemaOf) : undefined,
    err: text(raw.err),
    limits: limits.filter(limit => limit.name !== 'mutually_exclusive_subsets'),
    rule: fieldRule(place) ?? (named === undefined ? undefined : namedRule(named)),
    lateLimits: limits.filter(limit => limit.name === 'mutually_exclusive_subsets'),
    raw,
  }
}

/** `[{name: field}, …]` as pairs. */
function named(value: Json | undefined): [string, JsonObject][] {
  return list(value).flatMap(part => {
    const [entry] = isObject(part) ? Object.entries(part) : []
    return entry !== undefined && isObject(entry[1])
      ? [[entry[0], entry[1]] satisfies [string, JsonObject]]
      : []
  })
}

type ByName = ReadonlyMap<string, Field>

function fieldAt(byName: ByName, path: string): Field | undefined {
  const [first = '', ...rest] = path.split('.')
  let field = byName.get(first)
  for (const step of rest) field = field?.record?.byName.get(step)
  return field
}

function compileChecks(place: string, raw: JsonObject, byName: ByName, schemaOf: SchemaOf): EntityCheck[] {
  const context = {
    place,
    field: (path: string) => fieldAt(byName, path),
    conditioned: (path: string, condition: JsonObject) => {
      const field = fieldAt(byName, path)
      return compileField(field?.name ?? path, { ...field?.raw, ...condition }, `${place}?${path}`, schemaOf)
    },
    rule: (sources: readonly string[]) => entityRule(place, sources),
  }
  return list(raw.entity_checks).flatMap(part => {
    const [entry] = isObject(part) ? Object.entries(part) : []
    const check = entry === undefined ? undefined : entityCheck(entry[0], entry[1], context)
    return check === undefined ? [] : [check]
  })
}

function compileShorthands(place: string, raw: JsonObject, schemaOf: SchemaOf): Shorthand[] {
  const said = [...named(raw.shorthand_fields), ...named([...(entityShorthands.get(place) ?? [])])]
  return said.flatMap(([name, field]) => {
    const shorthand = shorthandOf(place, name, field, compileField(name, field, `${place}.${name}`, schemaOf))
    return shorthand === undefined ? [] : [shorthand]
  })
}

/** Makes a schema from the answer to `GET /schemas/{place}`, or from a record field. */
export function compileSchema(
  place: string,
  raw: JsonObject,
  schemaOf: SchemaOf,
  variants?: Variants,
): Schema {
  const fields = named(raw.fields).map(([name, field]) =>
    compileField(name, field, `${place}.${name}`, schemaOf),
  )
  const byName = new Map(fields.map(field => [field.name, field]))
  return {
    place,
    fields,
    byName,
    checks: compileChecks(place, raw, byName, schemaOf),
    shorthands: compileShorthands(place, raw, schemaOf),
    variants,
  }
}

/** The schema of an entity with a variant's own fields and checks: a plugin's, a vault's, a protocol's. */
export function withVariant(whole: Schema, place: string, raw: JsonObject, schemaOf: SchemaOf): Schema {
  const own = new Map(
    named(raw.fields).map(([name, field]) => [name, compileField(name, field, `${place}.${name}`, schemaOf)]),
  )
  const fields = whole.fields.map(field => own.get(field.name) ?? field)
  const byName = new Map(fields.map(field => [field.name, field]))
  return {
    place,
    fields,
    byName,
    checks: [...whole.checks, ...compileChecks(place, raw, byName, schemaOf)],
    shorthands: whole.shorthands,
    variants: undefined,
  }
}
