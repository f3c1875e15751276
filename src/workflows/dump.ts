import { manifestOf } from '../manifest/write.ts'
import type { RawEntity } from '../model/entity.ts'
import { equalJson, isArray, isObject, type Json, type JsonObject } from '../model/json.ts'
import type { KindDefinition } from '../model/kinds/definition.ts'
import { defaultsOf, normaliseRecord } from '../model/normalise.ts'
import { type Problem, type Result, succeed } from '../model/problem.ts'
import type { FieldSchema, RecordSchema, Schemas } from '../model/schema.ts'
import { recordFor } from '../model/state.ts'
import { openTarget, readSchemas } from './compare-target.ts'
import type { TargetSettings } from './workspace.ts'

/** How a gateway is dumped. */
export interface DumpChoice {
  readonly selectTags: readonly string[]
  readonly withIds: boolean
  /** Secrets in clear; else they stand as `••••`, which is for eyes and not for a sync. */
  readonly secrets: boolean
}

/** What a target holds, as a decK file; and what of it could not be read. */
export async function dumpTarget(
  target: TargetSettings,
  choice: DumpChoice,
  signal: AbortSignal,
): Promise<Result<{ readonly manifest: JsonObject; readonly unknown: readonly Problem[] }>> {
  const opened = await openTarget(target, signal)
  if (!opened.ok) return opened
  const { session, raws, coverage } = opened.value
  const { schemas, gaps } = await readSchemas(session, raws, signal)
  await session[Symbol.asyncDispose]()
  const kept = raws.filter(raw => isSelected(raw, choice.selectTags))
  const manifest = manifestOf(kept, {
    selectTags: choice.selectTags,
    withIds: choice.withIds,
    shown: (kind, field, value, entity) => shownValue(kind, field, value, entity, schemas, choice),
  })
  const unknown = [...coverage.values()].flatMap(each =>
    each.complete || each.reason.code === 'not-supported' ? [] : [each.reason],
  )
  return succeed({ manifest, unknown: [...unknown, ...gaps.values()] })
}

function isSelected(raw: RawEntity, selectTags: readonly string[]): boolean {
  if (selectTags.length === 0) return true
  const { tags } = raw.fields
  return isArray(tags) && selectTags.every(tag => tags.includes(tag))
}

/** A field that is worth a line: not what the gateway fills in anyway, and without its select tags. */
function shownValue(
  kind: KindDefinition,
  field: string,
  value: Json,
  entity: RawEntity,
  schemas: Schemas,
  choice: DumpChoice,
): Json | undefined {
  const schema = schemas.get(kind.kind)
  if (value === null || kind.derived.includes(field)) return undefined
  if (field === 'tags' && isArray(value)) {
    const own = value.filter(tag => typeof tag !== 'string' || !choice.selectTags.includes(tag))
    return own.length === 0 ? undefined : own
  }
  // A hash is no password: it would be hashed again.
  if (kind.kind === 'basic-auth' && field === 'password') return undefined
  if (kind.secrets.includes(field) && !choice.secrets) return '••••'
  if (!schema || kind.alwaysGiven?.includes(field)) return value
  const record = recordFor(entity, kind, schema)
  const fieldSchema = record.fields.get(field)
  if (!fieldSchema) return undefined
  const usual = defaultsOf(record)[field] ?? null
  const own = differing(value, usual, fieldSchema, choice)
  return own === undefined && kind.variant === field ? value : own
}

/** What of a value is not the usual one; undefined where all of it is. */
function differing(value: Json, usual: Json, field: FieldSchema, choice: DumpChoice): Json | undefined {
  if (field.secret && !choice.secrets && typeof value === 'string') return '••••'
  const normal =
    normaliseRecord({ value }, { fields: new Map([['value', field]]), shorthands: new Map() }, 'gateway')
      .value ?? null
  if (equalJson(normal, usual)) return undefined
  if (field.type !== 'record' || !field.record || !isObject(value)) return value
  return differingRecord(value, isObject(usual) ? usual : {}, field.record, choice)
}

function differingRecord(
  value: JsonObject,
  usual: JsonObject,
  record: RecordSchema,
  choice: DumpChoice,
): JsonObject {
  const result: Record<string, Json> = {}
  for (const [name, item] of Object.entries(value)) {
    const field = record.fields.get(name)
    // Deprecated names repeat what the new ones say.
    if (!field || item === null) continue
    const own = differing(item, usual[name] ?? null, field, choice)
    if (own !== undefined) result[name] = own
  }
  return result
}
