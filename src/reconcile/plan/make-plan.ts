import { createHash, hash } from 'node:crypto'
import { type EntityRef, refText } from '../../model/entity.ts'
import { inKeyOrder, type JsonObject } from '../../model/json.ts'
import { fail, type Result, succeed } from '../../model/problem.ts'
import type { Schemas } from '../../model/schema/schema.ts'
import { entityAt, type State } from '../../model/state/state.ts'
import type { Step } from '../../providers/session.ts'
import type { Change, Drift } from '../drift/drift.ts'
import { bearings } from './bearing.ts'
import { withLosses } from './losses.ts'
import type { LeftOut, Plan, Precondition, UnknownKind } from './plan.ts'
import { type Guarded, refusalsOf } from './plan-guards.ts'
import { type Acceptance, unknownKinds } from './unknown-kinds.ts'

/** The input of a plan. */
export interface PlanInput {
  readonly drift: Drift
  readonly desired: State
  readonly live: State
  readonly schemas: Schemas
  /** A session's identity, with everything else that it requires. */
  readonly compile: (
    changes: readonly Change[],
    desired: State,
    live: State,
    schemas: Schemas,
    newId: (ref: EntityRef) => string,
  ) => Result<readonly Step[]>
  readonly address: string
  readonly workspace?: string | undefined
  readonly readAt: Date
  readonly manifest: Omit<Plan['manifest'], 'digest'>
  /** Ids of changes that a person leaves out. */
  readonly excluded: ReadonlySet<string>
  readonly deletes: boolean
  /** How many deletions are allowed; undefined: as many as need no confirmation. */
  readonly allowDeletes?: Guarded['allowDeletes']
  /** Which unknowns to proceed on anyway. */
  readonly accept?: Acceptance
  /** The id of the plan whose sync this one takes back. */
  readonly undoes?: string
}

/** What is unknown and affects the changes that a plan would include. Pure. */
export function unknownFor(
  input: Pick<PlanInput, 'drift' | 'desired' | 'live' | 'excluded' | 'deletes' | 'accept'>,
): readonly UnknownKind[] {
  // Usually nothing is unknown, and there is nothing to look for.
  if (input.drift.unknown.length === 0) return []
  return unknownKinds(
    bearings(choose(input).taken, input.drift.unknown, input),
    input.live.kinds,
    input.accept,
  )
}

/** Makes a plan: which changes are included, which are left out and why, and exactly what is sent. Pure. */
export function makePlan(input: PlanInput): Result<Plan> {
  const { taken, leftOut } = choose(input)
  const deleted = new Set(taken.filter(change => change.operation === 'delete').map(refText))
  const cascades = cascadesOf(taken, deleted)
  const { drift, desired, live, allowDeletes } = input
  const refusals = refusalsOf({ drift, desired, live, taken, cascades, allowDeletes })
  if (refusals.length > 0) return fail(refusals)
  const ids = new Map<string, string>()
  const origin = { address: input.address, readAt: input.readAt.toISOString() }
  const newId = (ref: EntityRef): string => {
    const name = refText(ref)
    const id = ids.get(name) ?? idOfNew(origin, ref)
    ids.set(name, id)
    return id
  }
  const steps = input.compile(taken, input.desired, input.live, input.schemas, newId)
  if (!steps.ok) return steps
  const unknown = unknownKinds(bearings(taken, drift.unknown, { desired, live }), live.kinds, input.accept)
  const content: Omit<Plan, 'id'> = {
    version: 2,
    target: input.drift.target,
    address: input.address,
    ...(input.workspace === undefined ? {} : { workspace: input.workspace }),
    readAt: input.readAt.toISOString(),
    manifest: { ...input.manifest, digest: stateDigest(input.desired) },
    mode: { deletes: input.deletes },
    changes: taken,
    leftOut,
    steps: withLosses(steps.value, taken, live),
    // What is recreated under another id exists until it is deleted: only its delete says what it must look like.
    preconditions: [
      ...taken
        .filter(change => change.operation !== 'create' || !deleted.has(refText(change)))
        .map(change => preconditionOf(change, input.live)),
      // What is deleted with an entity is lost too, and can be restored only from what was seen of it.
      ...cascades.map(ref => ({
        ...preconditionOf({ ...ref, operation: 'delete' }, input.live),
        name: entityAt(live, ref)?.name ?? ref.key,
      })),
      ...besides(steps.value, taken, input.live),
    ],
    notOurs: input.drift.notOurs,
    ignored: input.drift.ignored,
    cascades,
    ...(unknown.length > 0 ? { unknown } : {}),
    ...(input.undoes === undefined ? {} : { undoes: input.undoes, ...keptBy(drift) }),
  }
  const bytes = contentBytes(content)
  const plan = { id: digestOf(bytes), ...content }
  knownBytes.set(plan, bytes)
  return succeed(plan)
}

function choose(input: Pick<PlanInput, 'drift' | 'excluded' | 'deletes'>): {
  readonly taken: readonly Change[]
  readonly leftOut: readonly LeftOut[]
} {
  const out = new Map<string, LeftOut>()
  const byId = new Map(input.drift.changes.map(change => [change.id, change]))
  for (const change of input.drift.changes) {
    if (change.operation === 'delete' && !input.deletes) out.set(change.id, { change, by: 'mode' })
    else if (input.excluded.has(change.id)) out.set(change.id, { change, by: 'you' })
  }
  // What needs a change that is left out is impossible too; repeats until nothing more follows.
  for (let before = -1; before !== out.size; ) {
    before = out.size
    for (const change of byId.values()) {
      const missing = out.has(change.id) ? undefined : change.needs.find(need => out.has(need))
      if (missing !== undefined) out.set(change.id, { change, by: 'follows', follows: missing })
    }
  }
  return { taken: input.drift.changes.filter(change => !out.has(change.id)), leftOut: [...out.values()] }
}

/** What an undo leaves as it is. */
function keptBy({ blocked }: Drift): Pick<Plan, 'kept'> {
  const kept = blocked.map(({ entity: { kind, key }, reason }) => ({ kind, key, reason: reason.message }))
  return kept.length === 0 ? {} : { kept }
}

/**
 * The seen state of entities that steps write in addition to those of their changes: what a plan creates temporarily is
 * its own.
 */
function besides(steps: readonly Step[], taken: readonly Change[], live: State): readonly Precondition[] {
  const changed = new Set(taken.map(refText))
  const about = new Map(steps.flatMap(step => (step.about ? [[refText(step.about), step.about]] : [])))
  return [...about.values()].flatMap(ref =>
    changed.has(refText(ref)) || !entityAt(live, ref)
      ? []
      : [preconditionOf({ ...ref, operation: 'update' }, live)],
  )
}

/** What is deleted with entities but not by itself, each once. */
function cascadesOf(taken: readonly Change[], deleted: ReadonlySet<string>): readonly EntityRef[] {
  const going = taken.flatMap(change => change.cascades).filter(ref => !deleted.has(refText(ref)))
  return [...new Map(going.map(ref => [refText(ref), ref])).values()]
}

/** The state of an entity at the gateway, as far as a plan depends on it. */
export function preconditionOf(
  change: EntityRef & { readonly operation: string },
  live: State,
): Precondition {
  const entity = change.operation === 'create' ? undefined : entityAt(live, change)
  return {
    entity: { key: change.key, kind: change.kind },
    fields: entity ? comparable(entity.fields, entity.refs) : null,
    id: entity?.id ?? null,
  }
}

/** Fields with references as names: one object that shows whether an entity moved. */
export function comparable(fields: JsonObject, refs: Readonly<Record<string, EntityRef>>): JsonObject {
  return { ...fields, ...Object.fromEntries(Object.entries(refs).map(([name, ref]) => [name, ref.key])) }
}

/** The digest of a plan's content, its id: it depends on the values, not on the order of their keys. */
export function planDigest(content: Readonly<Record<string, unknown>>): string {
  return content.version === 1 ? digestOf(JSON.stringify(content)) : digestOf(contentBytes(content))
}

const digestOf = (text: string | Uint8Array): string => hash('sha256', text, 'hex')

const contentBytes = (content: object): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(inKeyOrder(content)))

/** The content of plans as JSON: hashed when a plan is made, and written when it is applied. */
const knownBytes = new WeakMap<Plan, Uint8Array>()

/** A plan as JSON in one line, in consecutive pieces: one of 10,000 changes takes 15 MB. */
export function planPieces(plan: Plan): readonly Uint8Array[] {
  const { id, ...content } = plan
  const bytes = knownBytes.get(plan) ?? contentBytes(content)
  return [new TextEncoder().encode(`{"id":${JSON.stringify(id)},`), bytes.subarray(1)]
}

/** The digest of everything that a state holds. */
export function stateDigest(state: State): string {
  const hash = createHash('sha256')
  for (const [kind, entities] of state.entities) {
    for (const key of [...entities.keys()].sort()) {
      const entity = entities.get(key)
      if (entity) hash.update(JSON.stringify([kind, key, comparable(entity.fields, entity.refs)]))
    }
  }
  return hash.digest('hex')
}

/** The id that a plan gives to an entity that it creates, unless the manifest names one. */
export function idOfNew({ address, readAt }: Pick<Plan, 'address' | 'readAt'>, ref: EntityRef): string {
  return uuidFrom(`${address} ${readAt} ${refText(ref)}`)
}

/** A UUID in the form that gateways generate (RFC 9562, version 4), with its bits from a digest of a text. */
function uuidFrom(text: string): string {
  const hex = digestOf(text)
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
