import type { JsonObject } from '../json.ts'
import { compileField } from '../schema/compile/compile.ts'
import type { SchemaLibrary } from '../schema/compile/library.ts'
import type { Field, Schema, Variants } from '../schema/field.ts'
import { type Kind, kinds } from '../store/kinds.ts'

/**
 * How entities of a file point to each other: `named` as the file has it (a top-level entity names another by text,
 * a nested one by where it stands), `resolved` with the id of what they point to.
 */
type References = 'named' | 'resolved'

const none = () => undefined

const plain = (name: string, raw: JsonObject): Field => compileField(name, raw, `declarative.${name}`, none)

/** Remarks that a file may hold anywhere. */
const remarks = [
  plain('_comment', { type: 'string' }),
  plain('_ignore', { type: 'array', elements: { type: 'json' } }),
]

/** When an entity expires: no field of its schema, and Kong ignores it. */
const expiry = plain('ttl', { type: 'json' })

const listOf = (name: string, record: Schema): Field => ({
  ...plain(name, { type: 'array' }),
  elements: { ...plain('', { type: 'json' }), type: 'record', record },
})

/** A foreign field that a nested entity must not set: it belongs to its parent. */
const ownPlace = (field: Field): Field => ({ ...field, eq: null, default: null, required: false })

/** A foreign field that names what it points to. */
const byName = (field: Field): Field =>
  field.eq === null
    ? field
    : { ...field, type: 'string', limits: [{ name: 'len_min', to: 1 }], reference: undefined }

function referring(schema: Schema, change: (field: Field) => Field, more: readonly Field[]): Schema {
  const own = schema.fields.map(field => (field.type === 'foreign' ? change(field) : field))
  const all = [...own, ...more]
  const byField = new Map(all.map(field => [field.name, field]))
  const variants: Variants | undefined = schema.variants && {
    ...schema.variants,
    of: value => {
      const variant = schema.variants?.of(value)
      return variant && referring(variant, change, more)
    },
  }
  return { ...schema, fields: [...byField.values()], byName: byField, variants }
}

/** The schema of a whole file: lists of entities, which hold the entities that belong to them. */
export function declarativeSchema(library: SchemaLibrary, references: References): Schema {
  const recordOf = (kind: Kind, nested: boolean, above: readonly string[]): Schema | undefined => {
    const schema = library.of(kind.name)
    if (schema === undefined) return undefined
    const children = kinds.flatMap(child => {
      const pointsHere = library.of(child.name)?.fields.some(field => field.reference === kind.name) === true
      if (!pointsHere || above.includes(child.name)) return []
      const record = recordOf(child, true, [...above, child.name])
      return record === undefined ? [] : [listOf(child.name, record)]
    })
    const change = references === 'resolved' ? (field: Field) => field : nested ? ownPlace : byName
    return referring(schema, change, [...remarks, ...(kind.ttl ? [expiry] : []), ...children])
  }
  const lists = kinds.flatMap(kind => {
    const record = recordOf(kind, false, [kind.name])
    return record === undefined ? [] : [listOf(kind.name, record)]
  })
  const fields = [
    plain('_format_version', { type: 'string', required: true, one_of: ['1.1', '2.1', '3.0'] }),
    plain('_transform', { type: 'boolean', default: true }),
    ...remarks,
    ...lists,
  ]
  return {
    place: 'declarative',
    fields,
    byName: new Map(fields.map(field => [field.name, field])),
    checks: [],
    shorthands: [],
    variants: undefined,
  }
}
