import { type EntityRef, refText } from '../../../model/entity.ts'
import { equalJson, type JsonObject } from '../../../model/json.ts'
import { fieldsMaskedLike, maskedLike } from '../../../model/masking/masks.ts'
import { type Problem, type Result, succeed } from '../../../model/problem.ts'
import { buildState } from '../../../model/state/build-state.ts'
import { KnownKeys } from '../../../model/state/known-keys.ts'
import { entityAt, type State } from '../../../model/state/state.ts'
import type { Step } from '../../../providers/session.ts'
import type { Change } from '../../../reconcile/drift/drift.ts'
import { comparable, idOfNew, preconditionOf } from '../../../reconcile/plan/make-plan.ts'
import type { Plan, Precondition } from '../../../reconcile/plan/plan.ts'
import { firstDifference, movedProblem } from '../../../reconcile/plan/staleness.ts'
import type { Project } from '../../project/project.ts'
import type { Compared } from '../../reading/compare-target.ts'

/** Compares what is at the gateway, where steps write, with what their plan saw. */
export class StepCheck {
  readonly #project: Project
  readonly #plan: Plan
  readonly #now: Compared
  readonly #changes: ReadonlyMap<string, Change>
  readonly #preconditions: ReadonlyMap<string, Precondition>
  /** Whether a step writes everything that the gateway holds. */
  readonly #isWhole: boolean
  #known: KnownKeys | undefined
  /**
   * The keys of what the plan creates, by kind and id: a reference may point by now to what an earlier step created.
   */
  readonly #created: ReadonlyMap<string, string>
  /** By change, or by entity if no change is about it: the state in which steps of this run left it. */
  readonly #left = new Map<string, JsonObject | null>()

  constructor(project: Project, plan: Plan, now: Compared) {
    this.#project = project
    this.#plan = plan
    this.#now = now
    this.#isWhole = now.session.capabilities.write === 'document'
    this.#created = new Map(
      plan.changes
        .filter(({ operation }) => operation === 'create')
        .map(ref => [`${ref.kind} ${entityAt(now.desired, ref)?.id ?? idOfNew(plan, ref)}`, ref.key]),
    )
    this.#changes = new Map(plan.changes.map(change => [change.id, change]))
    this.#preconditions = new Map(
      plan.preconditions.flatMap(each =>
        each.fields === null ? [] : [[refText(each.entity), each] as const],
      ),
    )
  }

  /** Records what a step that took effect left behind, for the next one. */
  noteDone(step: Step): void {
    if (step.leaves === undefined) return
    const written = step.about ? [refText(step.about)] : step.covers
    for (const name of written)
      this.#left.set(name, step.leaves && { ...this.#left.get(name), ...step.leaves })
  }

  /**
   * Content is read again just before a write: Kong has no compare-and-swap, so this keeps the window as small as
   * possible. What a single create would write isn't looked up: its id is new.
   */
  async movedSince(step: Step, signal: AbortSignal): Promise<Problem | undefined> {
    const isWhole = this.#isWhole
    if (step.about) return this.#movedBeside(step, step.about, signal)
    const changes = this.#changesOf(step).filter(
      change => isWhole || (change.operation !== 'create' && this.#left.get(change.id) !== null),
    )
    if (changes.length === 0) return undefined
    const there = await this.#read(step, signal)
    if (!there.ok) return there.error[0]
    // What is recreated under another id exists until it is deleted: only its delete says what it must look like.
    const deleted = new Set(changes.filter(change => change.operation === 'delete').map(refText))
    for (const change of changes) {
      if (change.operation === 'create' && deleted.has(refText(change))) continue
      const planned = this.#expected(change)
      const found = this.#found(change, there.value)
      const difference = firstDifference(planned, found, this.#project.digests)
      if (!difference || (!isWhole && change.operation === 'delete' && found.fields === null)) continue
      return movedProblem(this.#plan, planned, difference)
    }
    return undefined
  }

  /**
   * The same for a step that writes an entity that none of its changes is about. What the plan didn't see is its own.
   */
  async #movedBeside(step: Step, about: EntityRef, signal: AbortSignal): Promise<Problem | undefined> {
    const planned = this.#preconditions.get(refText(about))
    if (!planned) return undefined
    const there = await this.#read(step, signal)
    if (!there.ok) return there.error[0]
    const left = this.#left.get(refText(about))
    const expected = { ...planned, fields: planned.fields && { ...planned.fields, ...left } }
    const found = this.#found(about, there.value)
    const difference = firstDifference(expected, found, this.#project.digests)
    return difference && movedProblem(this.#plan, expected, difference)
  }

  /** After a lost answer: true, false, or a problem if it is unknown. */
  async tookEffect(step: Step, lost: Problem, signal: AbortSignal): Promise<boolean | Problem> {
    const there = await this.#read(step, signal)
    if (!there.ok)
      return { ...lost, hint: `It is unknown whether ${step.id} took effect; sync again to see.` }
    const effects = step.about
      ? [this.#isLeft(step, this.#found(step.about, there.value))]
      : this.#changesOf(step).map(change => this.#isDone(step, change, there.value))
    if (effects.length === 0) return lost
    if (effects.every(effect => effect === true)) return true
    return effects.every(effect => effect === false) ? false : lost
  }

  /** Undefined: it is neither as before nor as wanted. */
  #isDone(step: Step, change: Change, there: State): boolean | undefined {
    const found = this.#found(change, there)
    const isLeft = this.#isLeft(step, found)
    if (isLeft !== undefined) return isLeft
    if (change.operation === 'create') {
      const wanted = entityAt(this.#now.desired, change)?.id
      return found.fields !== null && (wanted === undefined || wanted === found.id)
    }
    if (change.operation === 'delete') {
      return found.fields === null || (change.liveId !== undefined && found.id !== change.liveId)
    }
    const before = this.#preconditions.get(refText(change)) ?? preconditionOf(change, this.#now.live)
    if (!firstDifference(before, found, this.#project.digests)) return false
    const desired = entityAt(this.#now.desired, change)
    if (!desired || !found.fields) return undefined
    const wanted = comparable(desired.fields, desired.refs)
    const now = fieldsMaskedLike(found.fields, wanted, this.#project.digests)
    const asWanted = change.fields.every(({ path }) => {
      const top = path.split('.')[0] ?? path
      return equalJson(wanted[top] ?? null, now[top] ?? null)
    })
    return asWanted ? true : undefined
  }

  /** Whether an entity is in the state that a step says it leaves; undefined: the step doesn't say. */
  #isLeft({ leaves }: Step, { fields }: Precondition): boolean | undefined {
    if (leaves === undefined) return undefined
    if (leaves === null || fields === null) return leaves === fields
    return Object.keys(leaves).every(name => {
      const now = fields[name] ?? null
      return equalJson(maskedLike(leaves[name] ?? null, now, this.#project.digests), now)
    })
  }

  #changesOf(step: Step): readonly Change[] {
    return step.covers.flatMap(id => this.#changes.get(id) ?? [])
  }

  /** How an entity must be for a change to be made now. */
  #expected(change: Change): Precondition {
    const planned = this.#preconditions.get(refText(change))
    if (change.operation === 'create' || !planned) return absent(change)
    const left = this.#left.get(change.id)
    return { ...planned, fields: planned.fields && { ...planned.fields, ...left } }
  }

  /** The entity's state among what was just read; if only one was read, it is that one, whatever its name is now. */
  #found(ref: EntityRef, there: State): Precondition {
    const entity = this.#isWhole
      ? entityAt(there, ref)
      : [...(there.entities.get(ref.kind)?.values() ?? [])][0]
    if (!entity) return absent(ref)
    return {
      entity: { kind: ref.kind, key: ref.key },
      id: entity.id ?? null,
      fields: comparable(entity.fields, entity.refs),
    }
  }

  /** What is at the gateway now where a step writes. */
  async #read(step: Step, signal: AbortSignal): Promise<Result<State>> {
    const current = await this.#now.session.current(step, signal)
    if (!current.ok) return current
    this.#known ??= new KnownKeys(this.#isWhole ? this.#now.desired : this.#now.live)
    const known = this.#known
    const { state } = buildState({
      kinds: this.#now.live.kinds,
      routing: this.#now.live.routing,
      from: 'gateway',
      raws: current.value,
      coverage: new Map(),
      schemas: this.#now.schemas,
      secrets: this.#project.digests,
      known,
      lookup: (kind, id) => known.byId(kind, id) ?? this.#created.get(`${kind} ${id}`),
    })
    return succeed(state)
  }
}

function absent({ kind, key }: EntityRef): Precondition {
  return { entity: { kind, key }, id: null, fields: null }
}
