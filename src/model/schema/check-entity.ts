import { type Entity, isSecretMark } from '../entity.ts'
import { isArray, isObject, type Json, type JsonObject } from '../json.ts'
import { suggestion } from '../problems/suggestion.ts'
import { recordFor } from '../state/build-state.ts'
import { checkFault, type Fault } from './entity-checks.ts'
import type { KindDefinition } from './kind-definition.ts'
import { violation } from './limits.ts'
import type { FieldSchema, KindSchema, RecordSchema } from './schema.ts'

/**
 * The violations of a gateway's schema by an entity: types, limits, missing and unknown fields, and rules about several
 * fields. What a gateway checks by code isn't found. Secrets can't be inspected, only their presence.
 */
export function checkEntity(entity: Entity, kind: KindDefinition, schema: KindSchema): readonly Fault[] {
  const record = recordFor(entity, kind, schema)
  const faults: Fault[] = []
  const fields = { ...entity.fields, ...entity.sent }
  // A value that stays as the gateway has it can't be inspected.
  const hashed = kind.secrets?.hashed?.field
  const open = hashed !== undefined && fields[hashed] === undefined ? hashed : undefined
  checkRecord(fields, record, '', faults, { entity, open, unlisted: kind.fields?.countsDown ?? [] })
  const id = schema.record.fields.get('id')
  const wrongId = entity.id === undefined || !id?.limits ? undefined : violation(entity.id, id.limits)
  if (wrongId !== undefined) faults.push({ path: 'id', message: wrongId })
  // If a field itself is wrong, its effect on others is unknown.
  if (faults.every(fault => fault.unknown)) checkRules(record, entity, fields, faults)
  return faults
}

function checkRules(record: RecordSchema, entity: Entity, fields: JsonObject, faults: Fault[]): void {
  const read = (path: string): Json => {
    const [root = ''] = path.split('.', 1)
    return entity.refs[root] ? true : valueAt(fields, path)
  }
  for (const check of record.checks ?? []) {
    const fault = checkFault(check, read)
    if (fault) faults.push(fault)
  }
}

/** What is known about the top-level fields of an entity. */
interface Whole {
  readonly entity: Entity
  /** The field that is left to the gateway. */
  readonly open: string | undefined
  /** Fields that gateways accept but their schemas don't mention. */
  readonly unlisted: readonly string[]
}

function checkRecord(
  fields: JsonObject,
  record: RecordSchema,
  path: string,
  faults: Fault[],
  whole?: Whole,
): void {
  for (const [name, field] of record.fields) {
    if (field.type === 'foreign') {
      if (whole) checkReference(whole.entity, name, field, faults)
    } else if (!whole || whole.open !== name) checkValue(fields[name] ?? null, field, path + name, faults)
  }
  for (const name of Object.keys(fields)) {
    if (record.fields.has(name) || record.shorthands.has(name) || whole?.unlisted.includes(name)) continue
    const meant = suggestion(name, [...record.fields.keys(), ...record.shorthands.keys()])
    faults.push({ path: path + name, message: 'is an unknown field', unknown: { meant } })
  }
}

function checkReference(entity: Entity, name: string, field: FieldSchema, faults: Fault[]): void {
  const ref = entity.refs[name]
  if (ref && field.limits?.equals === null) {
    faults.push({ path: name, message: 'must not be given here: it only works elsewhere' })
  } else if (!ref && field.required) faults.push({ path: name, message: 'must be given' })
}

function checkValue(value: Json, field: FieldSchema, path: string, faults: Fault[]): void {
  if (value === null) {
    if (field.required && !field.auto) faults.push({ path, message: 'must be given' })
    return
  }
  // Only the gateway knows the value behind a secret or a reference to a vault.
  if (isSecretMark(value) || (typeof value === 'string' && value.startsWith('{vault://'))) return
  const expected = misfit(value, field)
  const wrong = expected ?? (field.limits && violation(value, field.limits))
  if (wrong !== undefined) {
    faults.push({ path, message: wrong })
    return
  }
  const { elements } = field
  if (field.record && isObject(value)) {
    const before = faults.length
    checkRecord(value, field.record, `${path}.`, faults)
    if (faults.slice(before).some(fault => !fault.unknown)) return
    for (const check of field.record.checks ?? []) {
      const fault = checkFault(check, below => valueAt(value, below))
      if (fault) faults.push({ ...fault, path: fault.path === '' ? path : `${path}.${fault.path}` })
    }
  } else if (elements && isArray(value)) {
    for (const [i, item] of value.entries()) checkValue(item, elements, `${path}.${i}`, faults)
  } else if (elements && isObject(value)) {
    for (const [name, item] of Object.entries(value)) checkValue(item, elements, `${path}.${name}`, faults)
  }
}

/** What a value must be, if its type isn't that of its field. */
function misfit(value: Json, { type }: FieldSchema): string | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? undefined : 'must be a text'
    case 'integer':
      return Number.isInteger(value) ? undefined : 'must be an integer'
    case 'number':
      return typeof value === 'number' ? undefined : 'must be a number'
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false'
    case 'set':
    case 'array':
      return isArray(value) ? undefined : 'must be a list'
    case 'map':
    case 'record':
      return isObject(value) ? undefined : 'must be a mapping'
    default:
      return undefined
  }
}

function valueAt(fields: JsonObject, path: string): Json {
  let value: Json = fields
  for (const name of path.split('.')) value = isObject(value) ? (value[name] ?? null) : null
  return value
}
