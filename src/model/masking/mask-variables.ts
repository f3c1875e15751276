import type { FieldPath, RawEntity } from '../entity.ts'
import { asString, isArray, isObject, type Json, type JsonObject } from '../json.ts'
import type { Identity, KindDefinition } from '../schema/kind-definition.ts'
import type { RecordSchema } from '../schema/schema.ts'
import { maskVariables } from './masks.ts'
import { maskAll, type SecretSink } from './secret-marks.ts'

/** Fields in their final form, and what is sent for those that only say that something is set. */
export interface FinishedFields {
  readonly fields: JsonObject
  readonly sent: JsonObject | undefined
  /** Whether values are masked that the schema does not call secrets. */
  readonly masked: true | undefined
}

/** Fields that the gateway keeps for itself. */
export const ownFields = new Set(['id', 'created_at', 'updated_at', 'ws_id'])

/** What distinguishes an entity from others, and the fields that this needed. */
export interface KnownBy {
  readonly identity: Identity | undefined
  readonly asked: ReadonlySet<string>
}

/** Where values of variables are in an entity: in its own fields, and in those that `_info.defaults` fills in. */
export function variablesOf(
  raw: RawEntity,
  ofDefaults: readonly FieldPath[],
  { manifest: { fromManifest } = {} }: KindDefinition,
): readonly FieldPath[] {
  const own = raw.variables ?? []
  return [
    // A manifest wraps the fields of some kinds.
    ...(fromManifest ? own.map(path => (path[0] === 'fields' ? path.slice(1) : path)) : own),
    ...ofDefaults.filter(path => !isGiven(raw.fields, path)),
  ]
}

function isGiven(fields: JsonObject, path: FieldPath): boolean {
  let value: Json | undefined = fields
  for (const name of path) {
    if (isArray(value)) return true
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
    if (value === undefined || value === null) return false
  }
  return true
}

/**
 * The same without values of variables. What identifies an entity, and what decides its schema, stays: otherwise nobody
 * could name it, or say what it is.
 */
export function withoutVariables(
  { fields, sent, masked }: FinishedFields,
  variables: readonly FieldPath[],
  definition: KindDefinition,
  known: KnownBy,
  record: RecordSchema | undefined,
  sink: SecretSink,
): FinishedFields {
  const paths = variables.filter(([field = '']) => !staysShown(field, fields, definition, known))
  // For a countdown, the fields only say that it is set.
  const shown = maskVariables(
    fields,
    paths.filter(([field = '']) => !(sent && field in sent)),
    record,
    sink,
  )
  const counting = Object.entries(sent ?? {}).map(([name, value]): readonly [string, Json] => [
    name,
    paths.some(([field]) => field === name) ? maskAll(value, 'variable', sink) : value,
  ])
  return {
    fields: shown,
    sent: sent && Object.fromEntries(counting),
    masked: shown === fields ? masked : true,
  }
}

function staysShown(
  field: string,
  fields: JsonObject,
  { fields: { variant } = {}, references: { links, foreign } }: KindDefinition,
  { identity, asked }: KnownBy,
): boolean {
  if (ownFields.has(field) || field === variant || field in foreign || (links && field in links)) return true
  const value = asked.has(field) ? asString(fields[field]) : undefined
  if (value === undefined || value === '') return false
  return [identity?.key, identity?.name].some(text => ` ${text ?? ''} `.includes(` ${value} `))
}
