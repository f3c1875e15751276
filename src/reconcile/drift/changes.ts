import { type Entity, type EntityRef, refText } from '../../model/entity.ts'
import { isArray, isObject, type Json } from '../../model/json.ts'
import { maskNamed } from '../../model/masking/mask-named.ts'
import { fieldsMaskedLike, maskedLike } from '../../model/masking/masks.ts'
import type { SecretSink } from '../../model/masking/secret-marks.ts'
import type { Place } from '../../model/problem.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { FieldSchema, RecordSchema, Schemas } from '../../model/schema/schema.ts'
import { recordFor } from '../../model/state/build-state.ts'
import type { Children } from '../../model/state/nested-entities.ts'
import { defaultsOf } from '../../model/state/normalise.ts'
import { entityAt, type State } from '../../model/state/state.ts'
import { causeOf, causeOfWhole, worstCause } from './attribution.ts'
import type { Base, BaseEntry } from './base.ts'
import type { Cause } from './causes.ts'
import type { Change, FieldDrift } from './drift.ts'
import { differences, valueAt } from './fields.ts'
import type { Operation } from './operation.ts'

/** The input of changes. */
export interface ChangeContext {
  readonly desired: State
  readonly live: State
  readonly base: Base
  readonly schemas: Schemas
  readonly children: Children
  /** Without it, what was last applied in the place of a masked value counts as unknown. */
  readonly secrets: SecretSink | undefined
  /** Entities that are deleted and created again under another id: references to them must follow. */
  readonly replaced: Set<string>
}

export function changeId(operation: Operation, ref: EntityRef): string {
  return `${operation} ${refText(ref)}`
}

/** A wanted entity that is not at the gateway. */
export function creation(entity: Entity, context: ChangeContext): Change {
  const entry = lastApplied(entity, entity, context)
  const schema = schemaOf(entity, context.schemas, context.live.kinds)
  const cause = causeOfWhole(entity, 'git', entry, context.base, schema)
  return {
    ...common(entity, 'create', cause),
    // In the order of their names, as a plan is digested: there may be 100,000 of them.
    fields: notDefault(entity, schema, context.live.kinds).map(({ path, value }) => ({
      base: entry ? valueAt(entry.fields, path) : undefined,
      cause,
      git: value,
      live: undefined,
      path,
    })),
    needs: [...Object.values(entity.refs), ...linksOf(entity, context.live.kinds)]
      .filter(ref => isCreated(ref, context))
      .map(ref => changeId('create', ref)),
  }
}

/** What an entity refers to in lists. */
function linksOf({ kind, fields }: Entity, kinds: Kinds): readonly EntityRef[] {
  return Object.entries(kinds.of(kind)?.references.links ?? {}).flatMap(([field, to]) => {
    const list = fields[field]
    if (!isArray(list)) return []
    return list.flatMap(item =>
      isObject(item) && typeof item.name === 'string' ? [{ kind: to, key: item.name }] : [],
    )
  })
}

/** An entity at the gateway that is not wanted. */
export function deletion(live: Entity, context: ChangeContext): Change {
  const entity = asApplied(live, context)
  const entry = lastApplied(entity, entity, context)
  const schema = schemaOf(entity, context.schemas, context.live.kinds)
  const cause = causeOfWhole(entity, 'live', entry, context.base, schema)
  const needs: string[] = []
  const cascades: EntityRef[] = []
  for (const child of context.children.of(entity)) {
    const { kind, key } = child.entity
    const wanted = entityAt(context.desired, child.entity)
    // An entity that is itself recreated is covered by its own delete.
    const stays = wanted !== undefined && !hasOtherId(wanted, child.entity)
    if (stays) needs.push(changeId('update', child.entity))
    else if (child.onDelete === 'refuse') needs.push(changeId('delete', child.entity))
    if (!stays && child.onDelete === 'cascade') cascades.push({ kind, key })
  }
  return {
    ...common(entity, 'delete', cause),
    fields: notDefault(entity, schema, context.live.kinds).map(({ path, value }) => ({
      path,
      git: undefined,
      live: value,
      base: entry ? valueAt(entry.fields, path) : undefined,
      cause,
    })),
    needs,
    cascades,
    ...fromLive(entity),
  }
}

/** What was last applied, and what is masked with it. */
export interface LastApplied {
  readonly base: Base
  readonly secrets: SecretSink | undefined
}

/** A live entity with values from variables masked, as it was last applied: no manifest says so any more. */
export function asApplied(live: Entity, { base, secrets }: LastApplied): Entity {
  const entry = secrets && base.entries.get(refText(live))
  if (!entry) return live
  const fields = fieldsMaskedLike(live.fields, entry.fields, secrets)
  return fields === live.fields ? live : { ...live, fields, masked: true }
}

/** What was last applied, masked where either side is: an older ledger may hold it in clear text. */
function lastApplied(
  desired: Entity,
  live: Entity,
  { live: there, base, schemas, secrets }: ChangeContext,
): BaseEntry | undefined {
  const entry = base.entries.get(refText(desired))
  if (!entry || !secrets) return desired.masked || live.masked ? undefined : entry
  const named = maskNamed(entry.fields, schemaOf(desired, schemas, there.kinds), secrets)
  const fields = fieldsMaskedLike(fieldsMaskedLike(named, desired.fields, secrets), live.fields, secrets)
  return fields === entry.fields ? entry : { ...entry, fields }
}

/** Whether a manifest asks for another id than the existing one. */
function hasOtherId(desired: Entity, live: Entity): boolean {
  return desired.id !== undefined && live.id !== undefined && desired.id !== live.id
}

/** None, one update, or, if the manifest asks for another id, a delete and a create. */
export function updates(desired: Entity, live: Entity, context: ChangeContext): readonly Change[] {
  if (hasOtherId(desired, live)) {
    context.replaced.add(refText(desired))
    const removed = deletion(live, context)
    const created = creation(desired, context)
    return [removed, { ...created, needs: [...created.needs, removed.id] }]
  }
  const fields = differingFields(desired, live, context)
  if (fields.length === 0) return []
  return [
    {
      ...common(desired, 'update', worstCause(fields.map(field => field.cause))),
      fields,
      needs: Object.entries(desired.refs)
        .filter(([name, ref]) => live.refs[name]?.key !== ref.key || context.replaced.has(refText(ref)))
        .map(([, ref]) => ref)
        .concat(linksOf(desired, context.live.kinds))
        .filter(ref => isCreated(ref, context))
        .map(ref => changeId('create', ref)),
      ...fromLive(live),
    },
  ]
}

function differingFields(desired: Entity, live: Entity, context: ChangeContext): readonly FieldDrift[] {
  // Most entities don't differ: what was last applied is looked up only if one does.
  const entry = (): BaseEntry | undefined => lastApplied(desired, live, context)
  const schema = schemaOf(desired, context.schemas, context.live.kinds)
  const fields: FieldDrift[] = []
  for (const { path, desired: git, live: there, field } of differences(desired.fields, live.fields, schema)) {
    const last = entry()
    const base = last ? valueAt(last.fields, path) : undefined
    // A value that came from a variable when it was applied must not be shown either once it is written literally.
    const shown = base === undefined || !context.secrets ? there : maskedLike(there, base, context.secrets)
    const cause = causeOf(
      shown === there || !context.secrets ? git : maskedLike(git, shown, context.secrets),
      shown,
      base,
      field,
    )
    fields.push({ path, git, live: shown, base, cause, ...placeOf(desired, path) })
  }
  const compareRef = (name: string): void => {
    const ref = desired.refs[name]
    const git = ref?.key ?? null
    const there = live.refs[name]?.key ?? null
    if (git !== there) {
      const last = entry()
      const base = last ? (last.refs[name]?.key ?? null) : undefined
      fields.push({ path: name, git, live: there, base, cause: causeOf(git, there, base) })
    } else if (ref && context.replaced.size > 0 && context.replaced.has(refText(ref))) {
      fields.push(followed(name, ref, context))
    }
  }
  for (const name in desired.refs) compareRef(name)
  for (const name in live.refs) if (!(name in desired.refs)) compareRef(name)
  return fields
}

/** The reference of an unchanged entity to one that is recreated: only the id changes. */
function followed(name: string, ref: EntityRef, context: ChangeContext): FieldDrift {
  const idIn = (state: State): string => entityAt(state, ref)?.id ?? '?'
  return {
    path: name,
    git: `${ref.key} (id ${idIn(context.desired)})`,
    live: `${ref.key} (id ${idIn(context.live)})`,
    base: undefined,
    cause: 'unattributed',
  }
}

/** Whether an entity is about to be created: it is wanted and doesn't exist, or is recreated. */
function isCreated(ref: EntityRef, context: ChangeContext): boolean {
  return (
    context.replaced.has(refText(ref)) ||
    (entityAt(context.desired, ref) !== undefined && entityAt(context.live, ref) === undefined)
  )
}

function fromLive({ updatedAt, id }: Entity): Pick<Change, 'liveUpdatedAt' | 'liveId'> {
  return {
    ...(updatedAt === undefined ? {} : { liveUpdatedAt: updatedAt }),
    ...(id === undefined ? {} : { liveId: id }),
  }
}

function placeOf(entity: Entity, path: string): { readonly source?: Place } {
  return entity.source ? { source: entity.source.place(path) } : {}
}

function common(entity: Entity, operation: Operation, cause: Cause): Change {
  const place = entity.source?.place()
  return {
    cascades: [],
    cause,
    fields: [],
    id: changeId(operation, entity),
    key: entity.key,
    kind: entity.kind,
    name: entity.name,
    needs: [],
    operation,
    ...(place ? { source: place } : {}),
  }
}

const noSchema: RecordSchema = { fields: new Map(), shorthands: new Map() }

/** The schema of one entity; empty if the gateway provided none. */
export function schemaOf(entity: Entity, schemas: Schemas, kinds: Kinds): RecordSchema {
  const kind = kinds.of(entity.kind)
  const schema = schemas.get(entity.kind)
  return kind && schema ? recordFor(entity, kind, schema) : noSchema
}

/** A value of an entity that the gateway would not fill in anyway. */
export interface GivenLeaf {
  readonly path: string
  readonly value: Json
  /** The field's schema, where it has one. */
  readonly field: FieldSchema | undefined
}

/** The leaves of an entity that the gateway would not fill in anyway, including references. */
export function givenLeaves(entity: Entity, schemas: Schemas, kinds: Kinds): readonly GivenLeaf[] {
  return notDefault(entity, schemaOf(entity, schemas, kinds), kinds)
}

function notDefault(entity: Entity, schema: RecordSchema, kinds: Kinds): readonly GivenLeaf[] {
  const variant = kinds.of(entity.kind)?.fields?.variant
  const usual = defaultsOf(schema)
  const defaults = variant ? { ...usual, [variant]: entity.fields[variant] ?? null } : usual
  const shown = differences(entity.fields, defaults, schema)
    .map(({ path, desired, field }) => ({ path, value: desired, field }))
    .filter(({ value }) => !(isObject(value) && Object.keys(value).length === 0))
  const refs = Object.entries(entity.refs).map(([path, ref]) => ({
    path,
    value: ref.key,
    field: schema.fields.get(path),
  }))
  return [...shown, ...refs]
}
