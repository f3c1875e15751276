import type { Kind, RawEntity } from '../../model/entity.ts'
import { equalJson, isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import { maskNamed } from '../../model/masking/mask-named.ts'
import { type SecretSink, shownValue } from '../../model/masking/secret-marks.ts'
import { type Problem, type Result, succeed } from '../../model/problem.ts'
import type { KindDefinition } from '../../model/schema/kind-definition.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { FieldSchema, RecordSchema, Schemas } from '../../model/schema/schema.ts'
import { recordFor } from '../../model/state/build-state.ts'
import { defaultsOf, normaliseRecord } from '../../model/state/normalise.ts'
import type { GatewayTarget } from '../project/project.ts'
import type { FromVariable } from '../reading/masked-answers.ts'
import { openTarget, readSchemas } from '../reading/read-target.ts'
import { ofTarget } from '../reading/target-states.ts'

/** How a gateway is dumped. */
export interface DumpChoice {
  readonly selectTags: readonly string[]
  readonly withIds: boolean
  /** Secrets in clear text; otherwise they are shown as `••••`, which is for reading and not for a sync. */
  readonly secrets: boolean
  /** Values that are shown as `••••` too, because they come from variables. */
  readonly isFromVariable?: FromVariable
}

/** What a target holds, as a decK file. */
export interface Dumped {
  readonly manifest: JsonObject
  /** What could not be read of it. */
  readonly unknown: readonly Problem[]
  /** What the file lacks but a sync of it would need. */
  readonly warnings: readonly Problem[]
}

/** What a target holds, as a decK file, and what could not be read of it. */
export async function dumpTarget(
  target: GatewayTarget,
  choice: DumpChoice,
  signal: AbortSignal,
): Promise<Result<Dumped>> {
  const opened = await openTarget(target, signal, { schemas: true })
  if (!opened.ok) return opened
  const { kinds } = target.provider
  const isDumped = (kind: Kind): boolean => kinds.of(kind)?.manifest?.isNotDumped !== true
  const { session, raws, coverage } = opened.value
  const { schemas, gaps } = await readSchemas(session, kinds, raws, signal)
  await session[Symbol.asyncDispose]()
  const all = ofTarget(target, raws).filter(({ kind }) => isDumped(kind))
  const kept = all.filter(raw => isSelected(raw, kinds, choice.selectTags))
  const { lookupTags, warnings } = choice.selectTags.length > 0 ? lookups(all, kept, kinds) : noLookups
  const manifest = target.provider.manifests.of(kept, {
    selectTags: choice.selectTags,
    withIds: choice.withIds,
    lookupTags,
    shown(kind, field, value, entity) {
      const own = dumpedValue(kind, field, value, entity, schemas, choice)
      if (own === undefined || choice.secrets) return own
      const { isFromVariable } = choice
      // Variables first: a text that is partly hidden because of its name is no longer the one that a variable
      // provided.
      const shown =
        isFromVariable && !isName(kind, field, entity) ? withoutVariables(own, isFromVariable) : own
      return withoutNamed(field, shown, recordOf(kind, entity, schemas))
    },
  })
  const unknown = [...coverage].flatMap(([kind, each]) =>
    each.state !== 'unread' || !isDumped(kind) ? [] : [each.reason],
  )
  return succeed({ manifest, unknown: [...unknown, ...gaps.values()], warnings })
}

function isSelected(raw: RawEntity, kinds: Kinds, selectTags: readonly string[]): boolean {
  if (selectTags.length === 0) return true
  // What can't carry tags belongs to an entity that can.
  if (!kinds.of(raw.kind)?.fields?.tagged) return true
  return selectTags.every(tag => tagsOf(raw).includes(tag))
}

function tagsOf({ fields }: RawEntity): readonly Json[] {
  return isArray(fields.tags) ? fields.tags : []
}

interface Lookups {
  readonly lookupTags: Readonly<Record<string, readonly string[]>>
  readonly warnings: readonly Problem[]
}

const noLookups: Lookups = { lookupTags: {}, warnings: [] }

/** The tags by which a sync finds what the selected entities refer to but that isn't selected itself. */
function lookups(all: readonly RawEntity[], kept: readonly RawEntity[], kinds: Kinds): Lookups {
  const there = new Set(kept)
  const byId = new Map(all.map(raw => [`${raw.kind} ${String(raw.fields.id)}`, raw]))
  const needed = new Map<Kind, Set<RawEntity>>()
  for (const { kind, fields } of kept) {
    for (const [field, foreign] of Object.entries(kinds.of(kind)?.references.foreign ?? {})) {
      const value = fields[field]
      const raw = isObject(value) ? byId.get(`${foreign.kind} ${String(value.id)}`) : undefined
      if (!raw || there.has(raw)) continue
      const ofKind = needed.get(foreign.kind) ?? new Set()
      needed.set(foreign.kind, ofKind.add(raw))
    }
  }
  const lookupTags: Record<string, readonly string[]> = {}
  const warnings: Problem[] = []
  for (const [kind, raws] of needed) {
    const plural = kinds.of(kind)?.identity.plural ?? kind
    const [first = [], ...others] = [...raws].map(tagsOf)
    const common = first.filter(tag => others.every(tags => tags.includes(tag)))
    const tags = common.filter(tag => typeof tag === 'string')
    if (kinds.of(kind)?.manifest?.lookedUpByTags && tags.length > 0) {
      lookupTags[plural] = tags
      continue
    }
    const message = `entities with the tags refer to ${raws.size} of the ${plural.replaceAll('_', ' ')} that don’t carry them`
    const hint = 'Give those a common tag, and name it in _info.default_lookup_tags.'
    warnings.push({ code: 'not-selected', message, hint })
  }
  return { lookupTags, warnings }
}

/** A field that is worth a line: not what the gateway fills in anyway, and without its select tags. */
function dumpedValue(
  kind: KindDefinition,
  field: string,
  value: Json,
  entity: RawEntity,
  schemas: Schemas,
  choice: DumpChoice,
): Json | undefined {
  const schema = schemas.get(kind.kind)
  if (value === null || kind.fields?.derived?.includes(field)) return undefined
  if (field === 'tags' && isArray(value)) {
    const own = value.filter(tag => typeof tag !== 'string' || !choice.selectTags.includes(tag))
    return own.length === 0 ? undefined : own
  }
  // A hash isn't a password: it would be hashed again.
  if (kind.secrets?.hashed?.field === field && kind.secrets.hashed.isHash(entity.fields)) return undefined
  if (kind.secrets?.fields.includes(field) && !choice.secrets) return '••••'
  // Then nobody knows which parts of it are secret.
  if (!schema && !choice.secrets && field === kind.fields?.configuration) return hidden(value)
  if (!schema || kind.manifest?.alwaysGiven?.includes(field) || kind.fields?.countsDown?.includes(field))
    return value
  const record = recordFor(entity, kind, schema)
  const fieldSchema = record.fields.get(field)
  if (!fieldSchema) return undefined
  const usual = defaultsOf(record)[field] ?? null
  const own = differing(value, usual, fieldSchema, choice)
  return own === undefined && kind.fields?.variant === field ? value : own
}

/** How the gateway describes an entity; nothing where it does not. */
function recordOf(kind: KindDefinition, entity: RawEntity, schemas: Schemas): RecordSchema {
  const schema = schemas.get(kind.kind)
  return schema ? recordFor(entity, kind, schema) : noSchema
}

const noSchema: RecordSchema = { fields: new Map(), shorthands: new Map() }

/** A field without values whose names mark them as credentials. */
function withoutNamed(field: string, value: Json, record: RecordSchema): Json {
  return shownValue(maskNamed({ [field]: value }, record, noDigests)[field] ?? null)
}

/** Whether a field identifies an entity, or decides its schema. */
function isName(
  { fields: { variant } = {}, identity: { unique, alsoKnownBy } }: KindDefinition,
  field: string,
  { fields }: RawEntity,
): boolean {
  const [[first = ''] = []] = unique
  return field === variant || field === first || (field === alsoKnownBy && (fields[first] ?? null) === null)
}

function withoutVariables(value: Json, isFromVariable: FromVariable): Json {
  if (isArray(value)) return value.map(item => withoutVariables(item, isFromVariable))
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, withoutVariables(item, isFromVariable)]),
    )
  return value !== null && value !== '' && isFromVariable(value) ? '••••' : value
}

/** Only for reading: nothing is compared. */
const noDigests: SecretSink = { digest: () => '', ending: () => undefined, resolve: () => undefined }

/** The part of a value that differs from the default; undefined if none does. */
function differing(value: Json, usual: Json, field: FieldSchema, choice: DumpChoice): Json | undefined {
  if (field.secret && !choice.secrets && typeof value === 'string') return '••••'
  // Most values are unchanged.
  if (equalJson(value, usual)) return undefined
  if (typeof value === 'object' && equalJson(normalised(value, field), usual)) return undefined
  if (field.type !== 'record' || !field.record || !isObject(value))
    return choice.secrets ? value : masked(value, field)
  return differingRecord(value, isObject(usual) ? usual : {}, field.record, choice)
}

function normalised(value: Json, field: FieldSchema): Json {
  const record = { fields: new Map([['value', field]]), shorthands: new Map() }
  return normaliseRecord({ value }, record, 'gateway').value ?? null
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

/** A value with all its texts as `••••`, however deep. */
function hidden(value: Json): Json {
  if (typeof value === 'string') return '••••'
  if (isArray(value)) return value.map(hidden)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hidden(item)]))
}

/** A value with its secrets as `••••`, however deep. */
function masked(value: Json, field: FieldSchema | undefined): Json {
  if (field?.secret && typeof value === 'string') return '••••'
  if (isArray(value)) return value.map(item => masked(item, field?.elements))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      masked(item, field?.record?.fields.get(name) ?? field?.elements),
    ]),
  )
}
