import * as z from 'zod'
import type { Json } from '../../../../model/json.ts'
import type { FieldSchema, RecordSchema, Shorthand } from '../../../../model/schema/schema.ts'
import { checksOf, limitsOf } from './schema-limits.ts'
import { unlistedShorthand } from './unlisted-shorthands.ts'

/*
 * Kong's own form of a schema, as `GET /schemas/{kind}` gives it: fields as a list of one-key objects.
 * https://developer.konghq.com/custom-plugins/schema.lua/
 */

const json: z.ZodType<Json> = z.json()

interface KongField {
  readonly type?: string | undefined
  readonly required?: boolean | undefined
  readonly default?: Json | undefined
  readonly auto?: boolean | undefined
  readonly encrypted?: boolean | undefined
  readonly elements?: KongField | undefined
  readonly values?: KongField | undefined
  readonly fields?: readonly Readonly<Record<string, KongField>>[] | undefined
  readonly shorthand_fields?: readonly Readonly<Record<string, KongField>>[] | undefined
  readonly reference?: string | undefined
  readonly entity_checks?: readonly Json[] | undefined
  readonly deprecation?:
    | { readonly replaced_with?: readonly { readonly path: readonly string[] }[] | undefined }
    | undefined
}

const emptyList = z.record(z.string(), z.never()).transform(() => [])
const kongField: z.ZodType<KongField> = z.lazy(() =>
  z.looseObject({
    type: z.string().optional(),
    required: z.boolean().optional(),
    default: json.optional(),
    auto: z.boolean().optional(),
    encrypted: z.boolean().optional(),
    elements: kongField.optional(),
    values: kongField.optional(),
    // An empty Lua table is written as {}.
    fields: z.union([z.array(z.record(z.string(), kongField)), emptyList]).optional(),
    shorthand_fields: z.union([z.array(z.record(z.string(), kongField)), emptyList]).optional(),
    reference: z.string().optional(),
    entity_checks: z.array(json).optional().catch(undefined),
    deprecation: z
      .looseObject({ replaced_with: z.array(z.looseObject({ path: z.array(z.string()) })).optional() })
      .optional(),
  }),
)

const kongSchema = z.looseObject({
  fields: z.array(z.record(z.string(), kongField)),
  shorthand_fields: z.union([z.array(z.record(z.string(), kongField)), emptyList]).optional(),
  entity_checks: z.array(json).optional().catch(undefined),
})

/** The schema behind an answer of `GET /schemas/NAME`, or undefined where it is none. */
export function parseSchema(answer: unknown, name: string): RecordSchema | undefined {
  const parsed = kongSchema.safeParse(answer)
  return parsed.success ? recordOf(parsed.data, name) : undefined
}

function recordOf(
  schema: Pick<KongField, 'fields' | 'shorthand_fields' | 'entity_checks'>,
  schemaName: string,
): RecordSchema {
  const fields = new Map<string, FieldSchema>()
  for (const entry of schema.fields ?? []) {
    for (const [name, field] of Object.entries(entry)) fields.set(name, fieldOf(field, schemaName))
  }
  const shorthands = new Map<string, Shorthand>()
  for (const entry of schema.shorthand_fields ?? []) {
    for (const [name, field] of Object.entries(entry)) {
      const replacedWith = field.deprecation?.replaced_with?.map(({ path }) => path)
      // One of which nothing is known stays as it is written: the gateway knows it.
      shorthands.set(name, unlistedShorthand(schemaName, name) ?? { replacedWith })
    }
  }
  // Limits and rules are worked out when somebody asks: a comparison never does.
  const checks = once(() => checksOf(schema.entity_checks))
  return {
    fields,
    shorthands,
    get checks() {
      return checks()
    },
  }
}

const types: Readonly<Record<string, FieldSchema['type']>> = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  set: 'set',
  array: 'array',
  map: 'map',
  record: 'record',
  foreign: 'foreign',
}

function fieldOf(field: KongField, schemaName: string): FieldSchema {
  const elements = field.elements ?? field.values
  const limits = once(() => limitsOf(field))
  const isRecord = field.type === 'record' && field.fields !== undefined
  // A secret that everybody knew would be none: such a default is made up, by each node and at each start anew.
  const isMadeUp = field.encrypted === true && typeof field.default === 'string' && field.default !== ''
  return {
    type: types[field.type ?? ''] ?? 'json',
    required: field.required ?? false,
    auto: field.auto === true || isMadeUp,
    secret: field.encrypted ?? false,
    ...(field.default === undefined || field.default === null || isMadeUp ? {} : { default: field.default }),
    ...(elements ? { elements: fieldOf(elements, schemaName) } : {}),
    ...(isRecord ? { record: recordOf(field, schemaName) } : {}),
    ...(field.reference === undefined ? {} : { reference: field.reference }),
    get limits() {
      return limits()
    },
  }
}

/** The value of a function, worked out when it is first asked for. */
function once<T>(work: () => T): () => T {
  let known: { readonly value: T } | undefined
  return () => {
    known ??= { value: work() }
    return known.value
  }
}
