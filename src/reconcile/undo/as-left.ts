import { type Entity, refText } from '../../model/entity.ts'
import { equalJson, type Json, type JsonObject } from '../../model/json.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { FieldSchema, Schemas } from '../../model/schema/schema.ts'
import { givenLeaves, schemaOf } from '../drift/changes.ts'
import type { Change } from '../drift/drift.ts'
import { differences, fieldAt, sameValue, valueAt } from '../drift/fields.ts'
import { comparable } from '../plan/make-plan.ts'
import type { Plan } from '../plan/plan.ts'

/** A sync, or an undo of it: its plan, and those of its changes that took effect, or may have. */
export interface DoneSync {
  readonly plan: Plan
  /** Ids of changes. */
  readonly sent: ReadonlySet<string>
}

/**
 * What the gateway generated for entities that a sync created: by `refText`, the values by path. Null: unknown, because
 * the sync was cut off.
 */
export type MadeUp = ReadonlyMap<string, JsonObject> | null

/**
 * The values at which syncs left fields, including intermediate ones: somebody else wrote any other value. An undo that
 * was cut off is one of the syncs, and so is each step between the first and the last of an entity.
 */
export class LeftValues {
  readonly #values = new Map<string, Map<string, Json[]>>()
  readonly #onTheWay = new Map<string, Set<string>>()
  readonly #gone = new Set<string>()
  readonly #putBack = new Set<string>()

  /** Of a sync, and of the undos of it that took back a part. */
  constructor(sync: DoneSync, parts: readonly DoneSync[]) {
    for (const each of [sync, ...parts]) this.#add(each)
    for (const { plan, sent } of parts)
      for (const change of plan.changes) if (sent.has(change.id)) this.#putBack.add(refText(change))
  }

  #add({ plan, sent }: DoneSync): void {
    const refs = new Map<string, string>()
    for (const change of plan.changes) {
      if (!sent.has(change.id)) continue
      const ref = refText(change)
      refs.set(change.id, ref)
      for (const { path, git, live } of change.fields) {
        if (git !== undefined) this.#note(ref, path, git)
        if (live !== undefined) this.#note(ref, path, live)
      }
    }
    for (const { covers, leaves, about } of plan.steps) {
      if (leaves === undefined) continue
      for (const id of covers) {
        const changed = refs.get(id)
        if (changed === undefined) continue
        const ref = about ? refText(about) : changed
        if (leaves === null) this.#gone.add(ref)
        else for (const name in leaves) this.#noteOnTheWay(ref, name, leaves[name] ?? null)
      }
    }
  }

  #noteOnTheWay(ref: string, name: string, value: Json): void {
    const names = this.#onTheWay.get(ref) ?? new Set<string>()
    this.#onTheWay.set(ref, names.add(name))
    this.#note(ref, name, value)
  }

  #note(ref: string, path: string, value: Json): void {
    const ofEntity = this.#values.get(ref) ?? new Map<string, Json[]>()
    this.#values.set(ref, ofEntity)
    const known = ofEntity.get(path)
    if (known) known.push(value)
    else ofEntity.set(path, [value])
  }

  /** Whether a value at a path of an entity is one that a sync left there. */
  has(ref: string, path: string, value: Json, field: FieldSchema | undefined): boolean {
    return (
      this.#values
        .get(ref)
        ?.get(path)
        ?.some(each => isSame(each, value, field)) ?? false
    )
  }

  /** The fields of an entity that steps set for a while. */
  onTheWay(ref: string): readonly string[] {
    return [...(this.#onTheWay.get(ref) ?? [])]
  }

  /** Whether an undo wrote to an entity. */
  wasPutBack(ref: string): boolean {
    return this.#putBack.has(ref)
  }

  /** Whether a step removed an entity temporarily, to recreate it. */
  mayBeGone(ref: string): boolean {
    return this.#gone.has(ref)
  }
}

/** Whether two values are equal; references to a recreated entity are compared by its id. */
function isSame(left: Json, there: Json, field: FieldSchema | undefined): boolean {
  if (sameValue(left, there, field)) return true
  return typeof left === 'string' && typeof there === 'string' && left.startsWith(`${there} (id `)
}

/** What an entity is compared with. */
export interface Held {
  readonly kinds: Kinds
  readonly left: LeftValues
  readonly schemas: Schemas
}

/** Whether all fields of an entity are as before the syncs, or as one of them left them. */
export function isAsBefore(there: Entity, image: JsonObject, { left, schemas, kinds }: Held): boolean {
  const ref = refText(there)
  const fields = comparable(there.fields, there.refs)
  const nothing = Object.fromEntries(Object.keys(fields).map(name => [name, null]))
  return differences({ ...nothing, ...image }, fields, schemaOf(there, schemas, kinds)).every(
    ({ path, live, field }) =>
      left.has(ref, path, live, field) ||
      // A secret that was put back may be hashed with another salt.
      (left.wasPutBack(ref) && path === kinds.of(there.kind)?.secrets?.hashed?.field),
  )
}

/** Whether the fields that changes wrote are as syncs left them; fields that nobody wrote are ignored. */
export function areAsWritten(
  changes: readonly Change[],
  there: Entity,
  { left, schemas, kinds }: Held,
): boolean {
  const ref = refText(there)
  const fields = comparable(there.fields, there.refs)
  const hashed = kinds.of(there.kind)?.secrets?.hashed?.field
  const schema = schemaOf(there, schemas, kinds)
  return changes
    .flatMap(change => change.fields)
    .every(
      ({ path }) =>
        path === hashed || left.has(ref, path, valueAt(fields, path) ?? null, fieldAt(schema, path)),
    )
}

/**
 * Whether an entity that a sync created is unchanged: written fields are as written, and all others are what the
 * gateway fills in or generated. `id` is the one that it was created with.
 */
export function isAsCreated(
  change: Change,
  there: Entity,
  { madeUp, id, ...held }: Held & { readonly madeUp: MadeUp; readonly id: string },
): boolean {
  if (!areAsWritten([change], there, held)) return false
  const ref = refText(there)
  const hashed = held.kinds.of(there.kind)?.secrets?.hashed?.field
  const written = new Set(change.fields.map(field => field.path))
  const isUntouched = there.id === id && there.createdAt !== undefined && there.createdAt === there.updatedAt
  return givenLeaves(there, held.schemas, held.kinds).every(({ path, value, field }) => {
    if (written.has(path) || path === hashed || held.left.has(ref, path, value, field)) return true
    if (madeUp) return equalJson(madeUp.get(ref)?.[path] ?? null, value)
    return isUntouched || field?.auto === true || field?.secret === true
  })
}
