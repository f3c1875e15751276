import { type EntityRef, refText } from '../../model/entity.ts'
import { asString, type JsonObject } from '../../model/json.ts'
import type { KindDefinition } from '../../model/schema/kind-definition.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { FieldSchema, RecordSchema, Schemas } from '../../model/schema/schema.ts'
import { recordFor } from '../../model/state/build-state.ts'
import { defaultsOf } from '../../model/state/normalise.ts'
import { entityAt, type State } from '../../model/state/state.ts'
import { causeOf, causeOfWhole, worstCause } from '../drift/attribution.ts'
import type { Base, BaseEntry } from '../drift/base.ts'
import type { Cause } from '../drift/causes.ts'
import type { Change, CutOff, Drift, FieldDrift } from '../drift/drift.ts'
import { valueAt, withValueAt } from '../drift/fields.ts'
import { idOfNew } from '../plan/make-plan.ts'
import type { Plan } from '../plan/plan.ts'

/** A sync that the ledger doesn't know about: it was cut off, or could not record what it did. */
export interface UnrecordedSync {
  /** Null: it ended normally, or is still running; what it left is then just what was last applied. */
  readonly cutOff: CutOff | null
  readonly plan: Plan
  /** Steps that took effect. */
  readonly done: ReadonlySet<string>
  /** Steps with an unknown outcome. */
  readonly maybe: ReadonlySet<string>
}

/** How a sync left an entity, or may have. */
interface Left {
  readonly cutOff: CutOff | null
  /**
   * Whether it certainly was in this state once; otherwise a request with an unknown outcome would have put it there.
   */
  readonly certain: boolean
  /** Null: it was gone. */
  readonly entry: BaseEntry | null
}

/**
 * What is live as a sync that the ledger doesn't know about left it: by the id of a change, the paths of the fields;
 * the whole entity, or its absence, for a change that creates or deletes it.
 */
export type AsLeft = ReadonlyMap<string, ReadonlySet<string>>

/**
 * A drift whose causes take into account what syncs did that the ledger doesn't know about, newest first. Nobody edited
 * what is live as such a sync left it. What an interrupted sync didn't reach waits in Git.
 */
export function withUnrecorded(
  drift: Drift,
  syncs: readonly UnrecordedSync[],
  states: { readonly desired: State; readonly live: State; readonly schemas: Schemas },
): { readonly drift: Drift; readonly asLeft: AsLeft } {
  const images = syncs.map(sync => new Images(sync, states.schemas, states.live.kinds))
  const asLeft = new Map<string, ReadonlySet<string>>()
  const changes = drift.changes.map(change => {
    const own = images.find(image => image.isItsOwn(change))
    if (own) {
      asLeft.set(change.id, new Set(['']))
      return asCutOff(change, own.cutOff)
    }
    const left = images.flatMap(image => image.left(change))
    const before = images.flatMap(image => image.pending(change) ?? [])
    if (left.length + before.length === 0) return change
    const told = attributed(change, left, before, states)
    if (told.paths.size > 0) asLeft.set(change.id, told.paths)
    return told.change
  })
  return { drift: { ...drift, changes }, asLeft }
}

/** What one sync did to entities, by its plan. */
class Images {
  readonly #sync: UnrecordedSync
  readonly #schemas: Schemas
  readonly #kinds: Kinds
  readonly #changes: ReadonlyMap<string, readonly Change[]>
  readonly #before: ReadonlyMap<string, JsonObject | null>
  /** Entities that were deleted with others: by the change that deleted them. */
  readonly #cascades = new Map<string, Change>()

  constructor(sync: UnrecordedSync, schemas: Schemas, kinds: Kinds) {
    this.#sync = sync
    this.#schemas = schemas
    this.#kinds = kinds
    const { changes, preconditions } = sync.plan
    this.#changes = Map.groupBy(changes, refText)
    this.#before = new Map(preconditions.map(each => [refText(each.entity), each.fields]))
    for (const change of changes) for (const ref of change.cascades) this.#cascades.set(refText(ref), change)
  }

  get cutOff(): CutOff | null {
    return this.#sync.cutOff
  }

  /** Whether something unwanted is what the sync created temporarily and didn't get to remove. */
  isItsOwn({ operation, kind, liveId }: Change): boolean {
    if (operation !== 'delete' || liveId === undefined) return false
    return this.#sync.plan.steps.some(
      ({ about }) => about?.kind === kind && idOfNew(this.#sync.plan, about) === liveId,
    )
  }

  /** The states in which the sync left an entity, or may have left it: the latest first. */
  left(ref: EntityRef): readonly Left[] {
    const name = refText(ref)
    const changes = this.#changes.get(name) ?? []
    const found: Left[] = []
    const add = (stepId: string, entry: BaseEntry | null): void => {
      const certain = this.#sync.done.has(stepId)
      if (certain || this.#sync.maybe.has(stepId))
        found.unshift({ cutOff: this.#sync.cutOff, certain, entry })
    }
    const taker = this.#cascades.get(name)
    /** By change: fields that its steps set temporarily. */
    const meanwhile = new Map<string, JsonObject>()
    for (const step of this.#sync.plan.steps.toSorted((a, b) => a.order - b.order)) {
      if (step.about) {
        const seen = refText(step.about) === name ? this.#before.get(name) : undefined
        if (seen) add(step.id, this.#split(ref, { ...seen, ...step.leaves }))
        continue
      }
      if (taker && step.covers.includes(taker.id)) add(step.id, null)
      for (const change of changes) {
        if (!step.covers.includes(change.id)) continue
        const leaves = step.leaves && { ...meanwhile.get(change.id), ...step.leaves }
        if (leaves) meanwhile.set(change.id, leaves)
        if (leaves && step.interim !== undefined && change.operation === 'update')
          add(step.id, this.#split(ref, { ...this.#before.get(name), ...leaves }))
        else if (leaves === null || (leaves === undefined && change.operation === 'delete'))
          add(step.id, null)
        else add(step.id, this.#entry(change, leaves))
      }
    }
    const last = found.findIndex(each => each.certain)
    return last < 0 ? found : found.slice(0, last + 1)
  }

  /** The state of an entity before a sync that was meant to change it and isn't known to have done so. */
  pending(ref: EntityRef): { readonly entry: BaseEntry | null } | undefined {
    const changes = this.#changes.get(refText(ref))
    if (!changes || this.#sync.cutOff === null || this.left(ref).some(({ certain }) => certain))
      return undefined
    const fields = this.#before.get(refText(ref))
    return { entry: fields ? this.#split(ref, fields) : null }
  }

  #entry(change: Change, leaves: JsonObject | undefined): BaseEntry {
    const seen = change.operation === 'update' ? this.#before.get(refText(change)) : undefined
    const before = seen ? this.#split(change, seen) : { fields: this.#defaults(change), refs: {} }
    const foreign = this.#kinds.of(change.kind)?.references.foreign ?? {}
    const refs: Record<string, EntityRef> = { ...before.refs }
    let { fields } = before
    for (const { path, git } of change.fields) {
      const to = foreign[path]
      const key = asString(git ?? null)
      if (!to) fields = withValueAt(fields, path, git ?? null)
      else if (key === undefined) delete refs[path]
      else if (!key.startsWith(`${refs[path]?.key} (id `)) refs[path] = { kind: to.kind, key }
    }
    const left = leaves ? this.#split(change, leaves) : { fields: {}, refs: {} }
    for (const name in leaves) if (name in foreign) delete refs[name]
    return {
      fields: { ...fields, ...left.fields },
      refs: { ...refs, ...left.refs },
      commit: this.#sync.plan.manifest.commit,
    }
  }

  /** Fields as a plan sees them, with references among them as names. */
  #split(ref: EntityRef, seen: JsonObject): BaseEntry {
    const foreign = this.#kinds.of(ref.kind)?.references.foreign ?? {}
    const refs: Record<string, EntityRef> = {}
    const fields: Record<string, JsonObject[string]> = {}
    for (const [name, value] of Object.entries(seen)) {
      const to = foreign[name]
      const key = asString(value)
      if (!to) fields[name] = value
      else if (key !== undefined) refs[name] = { kind: to.kind, key }
    }
    return { fields, refs, commit: null }
  }

  #defaults(change: Change): JsonObject {
    const given = Object.fromEntries(change.fields.map(({ path, git }) => [path, git ?? null]))
    return defaultsOf(recordOf(change.kind, given, this.#schemas, this.#kinds))
  }
}

/** What a sync created itself, and was meant to remove again. */
function asCutOff(change: Change, cutOff: CutOff | null): Change {
  const cause = cutOff ? 'cut off' : 'git ahead'
  return marked({ ...change, cause, fields: change.fields.map(field => ({ ...field, cause })) }, cutOff)
}

interface States {
  readonly desired: State
  readonly live: State
  readonly schemas: Schemas
}

/** What is known about an entity with a complete history. */
const whole: Base = { entries: new Map(), whole: true }

function attributed(
  change: Change,
  left: readonly Left[],
  before: readonly { readonly entry: BaseEntry | null }[],
  { desired, live, schemas }: States,
): { readonly change: Change; readonly paths: ReadonlySet<string> } {
  const side = change.operation === 'create' ? 'git' : 'live'
  const entity = entityAt(side === 'git' ? desired : live, change)
  if (!entity) return { change, paths: new Set() }
  const record = recordOf(change.kind, entity.fields, schemas, live.kinds)
  if (change.operation !== 'update') {
    const byEntry = (entry: BaseEntry | null): Cause =>
      causeOfWhole(entity, side, entry ?? undefined, whole, record)
    const { cause, cutOff, isAsLeft } = judged(change.cause, left, before, byEntry)
    const told = { ...change, cause, fields: change.fields.map(field => ({ ...field, cause })) }
    return { change: marked(told, cutOff), paths: new Set(isAsLeft ? [''] : []) }
  }
  const judgements = change.fields.map(field => {
    const byEntry = (entry: BaseEntry | null): Cause =>
      causeOf(
        field.git ?? null,
        field.live ?? null,
        entry ? baseAt(entry, field, live.kinds.of(entity.kind)) : undefined,
        fieldAt(record, field.path),
      )
    return { field, ...judged(field.cause, left, before, byEntry) }
  })
  const fields = judgements.map(({ field, cause }): FieldDrift => ({ ...field, cause }))
  const [cutOff = null] = judgements.flatMap(each => each.cutOff ?? [])
  const told = { ...change, cause: worstCause(fields.map(field => field.cause)), fields }
  const paths = judgements.flatMap(({ field, isAsLeft }) => (isAsLeft ? [field.path] : []))
  return { change: marked(told, cutOff), paths: new Set(paths) }
}

function marked(change: Change, cutOff: CutOff | null): Change {
  return cutOff ? { ...change, cutOff } : change
}

/** The cause of a difference: the newest sync that left things as they are now, otherwise from the ledger. */
function judged(
  known: Cause,
  left: readonly Left[],
  before: readonly { readonly entry: BaseEntry | null }[],
  byEntry: (entry: BaseEntry | null) => Cause,
): { readonly cause: Cause; readonly cutOff: CutOff | null; readonly isAsLeft: boolean } {
  for (const { entry, certain, cutOff } of left) {
    const cause = byEntry(entry)
    // It is as that sync left it, and Git wants something else.
    if (cause === 'git ahead') {
      const isNews = cutOff !== null && known !== 'git ahead'
      return { cause: isNews ? 'cut off' : cause, cutOff: isNews ? cutOff : null, isAsLeft: true }
    }
    if (certain && cause !== 'unattributed') return { cause, cutOff: null, isAsLeft: false }
  }
  const [pending] = known === 'unattributed' ? before : []
  const cause = pending ? byEntry(pending.entry) : known
  return { cause, cutOff: null, isAsLeft: false }
}

function baseAt(
  entry: BaseEntry,
  { path }: FieldDrift,
  kind: KindDefinition | undefined,
): JsonObject[string] | undefined {
  return kind?.references.foreign[path] ? (entry.refs[path]?.key ?? null) : valueAt(entry.fields, path)
}

const noRecord: RecordSchema = { fields: new Map(), shorthands: new Map() }

function recordOf(kind: string, fields: JsonObject, schemas: Schemas, kinds: Kinds): RecordSchema {
  const definition = kinds.of(kind)
  const schema = schemas.get(kind)
  return definition && schema ? recordFor({ fields }, definition, schema) : noRecord
}

/** The schema of a field by its path; undefined if it has none, such as a key of a map. */
function fieldAt(record: RecordSchema, path: string): FieldSchema | undefined {
  const direct = record.fields.get(path)
  if (direct) return direct
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const field = record.fields.get(path.slice(0, dot))
    if (field?.record) return fieldAt(field.record, path.slice(dot + 1))
    if (field) return field.elements
  }
  return undefined
}
