import { type Entity, type EntityRef, entityAt, refText, type State } from '../model/entity.ts'
import { isObject, type Json, type JsonObject } from '../model/json.ts'
import type { KindDefinition } from '../model/kinds/definition.ts'
import { kindOf, kinds } from '../model/kinds/index.ts'
import { normaliseRecord } from '../model/normalise.ts'
import type { Place, Problem } from '../model/problem.ts'
import type { FieldSchema, RecordSchema, Schemas } from '../model/schema.ts'
import { recordFor } from '../model/state.ts'
import type { Base, BaseEntry } from './base.ts'
import type { Blocked, Cause, Change, Drift, FieldDrift, Operation } from './drift.ts'
import { differences, sameValue, valueAt } from './fields.ts'

/** What is compared with what. */
export interface Comparison {
  readonly target: string
  readonly desired: State
  readonly live: State
  readonly base: Base
  readonly schemas: Schemas
  /** Tags that an entity at the gateway must carry to be the manifests' own; none: all are. */
  readonly selectTags: readonly string[]
  /** There is no manifest at all: nothing is compared, and above all nothing is to be deleted. */
  readonly nothingWanted?: boolean
}

/**
 * The differences between manifests and a gateway, per entity and field, each with its cause.
 * Kinds that were not read completely are told as unknown and yield no change.
 */
export function compare(input: Comparison): Drift {
  const changes: Change[] = []
  const unknown: { readonly kind: string; readonly reason: Problem }[] = []
  const notOurs: EntityRef[] = []
  const blocked: Blocked[] = []
  let equal = 0
  for (const kind of kinds) {
    const coverage = input.live.coverage.get(kind.kind)
    if (!coverage || input.nothingWanted) continue
    if (!coverage.complete) {
      // A kind that the gateway does not have, and no manifest asks for, is nothing to speak of.
      const wanted = (input.desired.entities.get(kind.kind)?.size ?? 0) > 0
      if (coverage.reason.code === 'not-supported' && !wanted) continue
      unknown.push({ kind: kind.kind, reason: coverage.reason })
      continue
    }
    const desired = input.desired.entities.get(kind.kind) ?? new Map<string, Entity>()
    const live = input.live.entities.get(kind.kind) ?? new Map<string, Entity>()
    let hanging = 0
    for (const entity of desired.values()) {
      if (hangsOnUnknown(entity, input.live)) {
        hanging += 1
        continue
      }
      const there = live.get(entity.key)
      if (!there) {
        changes.push(creation(entity, input))
        continue
      }
      const claim = claimOf(there, kind, input)
      if (claim === 'other') {
        blocked.push({ entity: refOf(entity), reason: ownedByOthers(entity, there, input) })
        continue
      }
      const found = updates(entity, there, input)
      if (found.length === 0) equal += 1
      else changes.push(...found)
    }
    for (const entity of live.values()) {
      if (desired.has(entity.key) || hangsOnUnknown(entity, input.live)) continue
      if (claimOf(entity, kind, input) !== 'ours') notOurs.push(refOf(entity))
      else changes.push(deletion(entity, input))
    }
    if (hanging > 0) unknown.push({ kind: kind.kind, reason: hangingProblem(kind, hanging, input) })
  }
  return { target: input.target, changes, unknown, notOurs, blocked, equal }
}

/** Whether an entity belongs to one of a kind that could not be read, so that nobody can tell whose it is. */
function hangsOnUnknown(entity: Entity, live: State): boolean {
  return Object.values(entity.refs).some(ref => live.coverage.get(ref.kind)?.complete === false)
}

function hangingProblem(kind: KindDefinition, count: number, input: Comparison): Problem {
  return {
    code: 'hangs-on-unknown',
    target: input.target,
    message: `${count} of the ${kind.plural} belong to entities that could not be read, so they are not known either`,
  }
}

function refOf(entity: Entity): EntityRef {
  return { kind: entity.kind, key: entity.key }
}

/** Whether an entity at the gateway is the manifests' own, nobody's, or somebody else's. */
function claimOf(entity: Entity, kind: KindDefinition, input: Comparison): 'ours' | 'nobody' | 'other' {
  const { selectTags } = input
  if (selectTags.length === 0) return 'ours'
  if (!kind.tagged) {
    const owner = Object.values(entity.refs)[0]
    const parent = owner && entityAt(input.live, owner)
    const parentKind = owner && kindOf(owner.kind)
    return parent && parentKind ? claimOf(parent, parentKind, input) : 'nobody'
  }
  if (selectTags.every(tag => entity.tags.includes(tag))) return 'ours'
  return entity.tags.length === 0 ? 'nobody' : 'other'
}

function ownedByOthers(entity: Entity, live: Entity, input: Comparison): Problem {
  const place = entity.source?.place()
  return {
    code: 'owned-by-others',
    target: input.target,
    message: `the ${entity.kind} ${entity.name} at the gateway carries the tags ${live.tags.join(', ')} and not ${input.selectTags.join(', ')}: it is not ours to change`,
    hint: 'Choose another name, or have its owners hand it over by tagging it.',
    ...(place ? { place } : {}),
  }
}

function changeId(operation: Operation, ref: EntityRef): string {
  return `${operation} ${refText(ref)}`
}

function schemaOf(entity: Entity, schemas: Schemas): RecordSchema {
  const kind = kindOf(entity.kind)
  const schema = schemas.get(entity.kind)
  return kind && schema ? recordFor(entity, kind, schema) : { fields: new Map(), shorthands: new Map() }
}

function creation(entity: Entity, input: Comparison): Change {
  const entry = input.base.entries.get(refText(entity))
  const cause: Cause = entry
    ? sameAsBase(entity, entry, input.schemas)
      ? 'edited live'
      : 'conflict'
    : input.base.whole
      ? 'git ahead'
      : 'unattributed'
  return {
    ...common(entity, 'create', cause),
    fields: notDefault(entity, input.schemas).map(({ path, value }) => ({
      path,
      git: value,
      live: undefined,
      base: entry ? valueAt(entry.fields, path) : undefined,
      cause,
    })),
    needs: Object.values(entity.refs)
      .filter(ref => entityAt(input.desired, ref) && !entityAt(input.live, ref))
      .map(ref => changeId('create', ref)),
  }
}

function deletion(entity: Entity, input: Comparison): Change {
  const entry = input.base.entries.get(refText(entity))
  const cause: Cause = entry
    ? sameAsBase(entity, entry, input.schemas)
      ? 'git ahead'
      : 'conflict'
    : input.base.whole
      ? 'edited live'
      : 'unattributed'
  const children = childrenOf(entity, input.live)
  return {
    ...common(entity, 'delete', cause),
    fields: notDefault(entity, input.schemas).map(({ path, value }) => ({
      path,
      git: undefined,
      live: value,
      base: entry ? valueAt(entry.fields, path) : undefined,
      cause,
    })),
    needs: children
      .filter(child => child.onDelete === 'refuse' && !entityAt(input.desired, child.entity))
      .map(child => changeId('delete', child.entity)),
    cascades: children.filter(child => child.onDelete === 'cascade').map(child => refOf(child.entity)),
    ...(entity.updatedAt === undefined ? {} : { liveUpdatedAt: entity.updatedAt }),
    ...(entity.id === undefined ? {} : { liveId: entity.id }),
  }
}

/** None, one update, or, where the manifest asks for another id, a delete and a create. */
function updates(desired: Entity, live: Entity, input: Comparison): readonly Change[] {
  if (desired.id !== undefined && live.id !== undefined && desired.id !== live.id) {
    const created = creation(desired, input)
    const removed = deletion(live, input)
    return [removed, { ...created, needs: [...created.needs, removed.id] }]
  }
  const entry = input.base.entries.get(refText(desired))
  const fields: FieldDrift[] = []
  for (const { path, desired: git, live: there, field } of differences(
    desired.fields,
    live.fields,
    schemaOf(desired, input.schemas),
  )) {
    const base = entry ? valueAt(entry.fields, path) : undefined
    fields.push({
      path,
      git,
      live: there,
      base,
      cause: causeOf(git, there, base, field),
      ...placeOf(desired, path),
    })
  }
  const names = new Set([...Object.keys(desired.refs), ...Object.keys(live.refs)])
  for (const name of names) {
    const git = desired.refs[name]?.key ?? null
    const there = live.refs[name]?.key ?? null
    if (git === there) continue
    const base = entry ? (entry.refs[name]?.key ?? null) : undefined
    fields.push({ path: name, git, live: there, base, cause: causeOf(git, there, base) })
  }
  if (fields.length === 0) return []
  return [
    {
      ...common(desired, 'update', worstCause(fields.map(field => field.cause))),
      fields,
      needs: Object.entries(desired.refs)
        .filter(([name, ref]) => live.refs[name]?.key !== ref.key && !entityAt(input.live, ref))
        .map(([, ref]) => changeId('create', ref)),
      ...(live.updatedAt === undefined ? {} : { liveUpdatedAt: live.updatedAt }),
      ...(live.id === undefined ? {} : { liveId: live.id }),
    },
  ]
}

function placeOf(entity: Entity, path: string): { readonly source?: Place } {
  return entity.source ? { source: entity.source.place(path) } : {}
}

function common(entity: Entity, operation: Operation, cause: Cause): Change {
  const place = entity.source?.place()
  return {
    id: changeId(operation, entity),
    operation,
    kind: entity.kind,
    key: entity.key,
    name: entity.name,
    cause,
    fields: [],
    needs: [],
    cascades: [],
    ...(place ? { source: place } : {}),
  }
}

function causeOf(git: Json, live: Json, base: Json | undefined, field?: FieldSchema): Cause {
  if (base === undefined) return 'unattributed'
  if (sameValue(git, base, field)) return 'edited live'
  return sameValue(live, base, field) ? 'git ahead' : 'conflict'
}

const worst: readonly Cause[] = ['conflict', 'edited live', 'git ahead', 'unattributed']

function worstCause(causes: readonly Cause[]): Cause {
  return worst.find(cause => causes.includes(cause)) ?? 'unattributed'
}

/** Whether an entity is as it was last applied; fields that the ledger does not know count as equal. */
function sameAsBase(entity: Entity, entry: BaseEntry, schemas: Schemas): boolean {
  const schema = schemaOf(entity, schemas)
  const fields = Object.entries(entity.fields).every(([name, value]) => {
    const base = entry.fields[name]
    return base === undefined || sameValue(base, value, schema.fields.get(name))
  })
  return (
    fields &&
    Object.keys({ ...entity.refs, ...entry.refs }).every(
      name => entity.refs[name]?.key === entry.refs[name]?.key,
    )
  )
}

/** The leaves of an entity that are not what the gateway would fill in anyway, references included. */
function notDefault(
  entity: Entity,
  schemas: Schemas,
): readonly { readonly path: string; readonly value: Json }[] {
  const schema = schemaOf(entity, schemas)
  const kind = kindOf(entity.kind)
  const variant = kind?.variant
  const seed: JsonObject = variant ? { [variant]: entity.fields[variant] ?? null } : {}
  const defaults = normaliseRecord(seed, schema)
  const shown = differences(entity.fields, defaults, schema)
    .map(({ path, desired }) => ({ path, value: desired }))
    .filter(({ value }) => !(isObject(value) && Object.keys(value).length === 0))
  const refs = Object.entries(entity.refs).map(([path, ref]) => ({ path, value: ref.key }))
  return [...shown, ...refs]
}

/** The entities at the gateway that point to this one. */
export function childrenOf(
  parent: EntityRef,
  state: State,
): readonly { readonly entity: Entity; readonly onDelete: 'cascade' | 'refuse' }[] {
  const children: { readonly entity: Entity; readonly onDelete: 'cascade' | 'refuse' }[] = []
  for (const kind of kinds) {
    const fields = Object.entries(kind.foreign).filter(([, foreign]) => foreign.kind === parent.kind)
    if (fields.length === 0) continue
    for (const entity of state.entities.get(kind.kind)?.values() ?? []) {
      for (const [field, foreign] of fields) {
        if (entity.refs[field]?.key === parent.key) children.push({ entity, onDelete: foreign.onDelete })
      }
    }
  }
  return children
}
