import { type Entity, type EntityRef, type Kind, refText } from '../../model/entity.ts'
import { asString, type JsonObject } from '../../model/json.ts'
import { tagsAmong } from '../../model/masking/masks.ts'
import type { Problem } from '../../model/problem.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { Schemas } from '../../model/schema/schema.ts'
import { keyWithId } from '../../model/state/matched-keys.ts'
import { entityAt, isIncomplete, type State } from '../../model/state/state.ts'
import { schemaOf } from '../drift/changes.ts'
import type { Blocked, Change } from '../drift/drift.ts'
import { withValueOf } from '../drift/fields.ts'
import { comparable, idOfNew } from '../plan/make-plan.ts'
import type { Plan, Precondition } from '../plan/plan.ts'
import { areAsWritten, type DoneSync, isAsBefore, isAsCreated, LeftValues, type MadeUp } from './as-left.ts'

/** A sync that is taken back. */
export interface TakenBackSync extends DoneSync {
  /** Undos of it that took back a part. */
  readonly parts: readonly DoneSync[]
  readonly madeUp: MadeUp
}

/** A target as it was before a sync. */
export interface BeforeSync {
  readonly state: State
  /** What stays as it is, because somebody has changed it since, or it can't be read. */
  readonly kept: readonly Blocked[]
}

/**
 * The state of a target before a sync: the current state, with the fields that the sync wrote as its plan saw them.
 * What somebody has changed since stays as it is, and is reported. Pure.
 */
export function stateBefore(live: State, schemas: Schemas, sync: TakenBackSync): BeforeSync {
  return new Restoration(live, schemas, sync).before()
}

/** The code of what can't be taken back because its kind could not be read. */
export const untellable = 'not-known'

class Restoration {
  readonly #live: State
  readonly #schemas: Schemas
  readonly #sync: TakenBackSync
  readonly #left: LeftValues
  readonly #entities: Map<Kind, Map<string, Entity>>
  readonly #images: ReadonlyMap<string, Precondition>
  readonly #names: ReadonlyMap<string, string>
  readonly #kept: Blocked[] = []
  readonly #byId = new Map<Kind, ReadonlyMap<string, Entity>>()

  constructor(live: State, schemas: Schemas, sync: TakenBackSync) {
    const { plan } = sync
    this.#live = live
    this.#schemas = schemas
    this.#sync = sync
    this.#left = new LeftValues(sync, sync.parts)
    this.#entities = new Map([...live.entities].map(([kind, byKey]) => [kind, new Map(byKey)]))
    this.#images = new Map(plan.preconditions.map(each => [refText(each.entity), each]))
    this.#names = namesIn(plan, live.kinds)
  }

  before(): BeforeSync {
    const { plan, sent } = this.#sync
    for (const [, all] of Map.groupBy(plan.changes, refText)) {
      const changes = all.filter(change => sent.has(change.id))
      const [first] = changes
      if (!first) continue
      const cascades = changes.flatMap(each => each.cascades)
      // As far as is known, what can't be read was neither deleted nor changed since.
      const unread = [first, ...cascades].find(ref => isIncomplete(this.#live, ref.kind))
      if (unread) {
        this.#keepUnread(unread)
        continue
      }
      this.#takeBack(first, changes)
      for (const ref of cascades) if (!this.#whereNow(ref)) this.#putBack(ref, undefined)
    }
    for (const about of besides(this.#sync)) this.#takeBackBeside(about)
    return { state: { ...this.#live, entities: this.#entities }, kept: this.#kept }
  }

  /**
   * Takes back what steps did temporarily to an entity without a change of its own, if the sync didn't get to do so.
   */
  #takeBackBeside(about: EntityRef): void {
    const there = this.#whereNow(about)
    if (!there) return
    const image = this.#images.get(refText(about))?.fields
    if (!image) this.#entities.get(there.kind)?.delete(there.key)
    else if (isAsBefore(there, image, { left: this.#left, schemas: this.#schemas, kinds: this.#live.kinds }))
      this.#putBack(about, there)
  }

  /** Takes back what a sync did to one entity: an update, a create, a delete, or both of the latter. */
  #takeBack(change: Change, changes: readonly Change[]): void {
    const image = this.#images.get(refText(change))?.fields ?? undefined
    const there = this.#whereNow(change)
    const created = changes.find(each => each.operation === 'create')
    const held = { left: this.#left, schemas: this.#schemas, kinds: this.#live.kinds }
    const isAsLeft = (entity: Entity): boolean =>
      created !== undefined &&
      isAsCreated(created, entity, {
        ...held,
        madeUp: this.#sync.madeUp,
        id: idOfNew(this.#sync.plan, created),
      })
    if (created) this.#takeAwayOther(change, there, isAsLeft)
    if (image === undefined) {
      if (!there) return
      if (isAsLeft(there)) this.#entities.get(there.kind)?.delete(there.key)
      else this.#keep(change, 'was changed')
    } else if (changes.every(each => each.operation === 'update')) {
      if (there && areAsWritten(changes, there, held)) this.#putBackFields(change, changes, there, image)
      else if (!there && this.#left.mayBeGone(refText(change))) this.#putBack(change, undefined)
      else this.#keep(change, there ? 'was changed' : 'was deleted')
    } else if (!there || isAsBefore(there, image, held) || isAsLeft(there)) this.#putBack(change, there)
    else this.#keep(change, created ? 'was changed' : 'was created again')
  }

  /**
   * Removes what was created under another id while the old one still exists under another name or in another scope.
   */
  #takeAwayOther(change: Change, there: Entity | undefined, isAsLeft: (entity: Entity) => boolean): void {
    const all = this.#live.entities.get(change.kind)?.values() ?? []
    // One of the two has the key, and the other its id next to it.
    const made = [...all].find(
      ({ id, key }) =>
        id !== there?.id && (key === change.key || (id !== undefined && key === keyWithId(change.key, id))),
    )
    if (!made || !there) return
    if (isAsLeft({ ...made, key: change.key })) this.#entities.get(made.kind)?.delete(made.key)
    else this.#keep(change, 'was changed')
  }

  #keep(change: Change, what: string): void {
    const reason: Problem = {
      code: 'changed-since',
      target: this.#sync.plan.target,
      message: `${change.kind} ${change.name} ${what} since that sync, and stays as it is`,
      hint: 'Look at it, and change it by hand or in Git if it is wrong.',
    }
    this.#kept.push({ entity: { kind: change.kind, key: change.key }, reason })
  }

  /** It is unknown what to take back for an entity. */
  #keepUnread({ kind, key }: EntityRef): void {
    const coverage = this.#live.coverage.get(kind)
    const why = coverage && coverage.state !== 'complete' ? ` (${coverage.reason.message})` : ''
    const name = this.#names.get(refText({ kind, key })) ?? key
    const reason: Problem = {
      code: untellable,
      target: this.#sync.plan.target,
      message: `that sync wrote ${kind} ${name}, but ${this.#live.kinds.pluralOf(kind)} are unknown${why}`,
      hint: 'Make sure that they can be read.',
    }
    this.#kept.push({ entity: { kind, key }, reason })
  }

  /** Restores an entity as a whole, replacing what there is of it. */
  #putBack(ref: EntityRef, there: Entity | undefined): void {
    const image = this.#images.get(refText(ref))
    if (image?.fields) this.#put(image, image.fields, there?.key ?? ref.key)
  }

  /** Restores just the fields that were written; other fields may have been written since, and stay. */
  #putBackFields(change: Change, changes: readonly Change[], there: Entity, image: JsonObject): void {
    const paths = changes.flatMap(each => each.fields.map(field => field.path))
    const variant = this.#live.kinds.of(change.kind)?.fields?.variant
    if (variant !== undefined && paths.includes(variant)) {
      this.#putBack(change, there)
      return
    }
    let fields = comparable(there.fields, there.refs)
    const schema = schemaOf(there, this.#schemas, this.#live.kinds)
    // What the sync set temporarily and didn't get to reset.
    const onTheWay = this.#left
      .onTheWay(refText(there))
      .filter(name => this.#left.has(refText(there), name, fields[name] ?? null, schema.fields.get(name)))
    for (const path of [...paths, ...onTheWay]) fields = withValueOf(fields, image, path)
    const precondition = this.#images.get(refText(change))
    if (precondition) this.#put(precondition, fields, there.key)
  }

  #put(image: Precondition, fields: JsonObject, key: string): void {
    const { kind } = image.entity
    const byKey = this.#entities.get(kind) ?? new Map<string, Entity>()
    this.#entities.set(kind, byKey)
    byKey.set(key, this.#entityOf(image, fields, key))
  }

  /** An entity from what a plan saw of it, with references as names among the fields. */
  #entityOf(image: Precondition, seen: JsonObject, key: string): Entity {
    const { kind } = image.entity
    const foreign = this.#live.kinds.of(kind)?.references.foreign ?? {}
    const refs: Record<string, EntityRef> = {}
    const fields = { ...seen }
    for (const field in foreign) {
      const to = asString(fields[field])
      const of = foreign[field]?.kind
      delete fields[field]
      if (to === undefined || of === undefined) continue
      const ref = { kind: of, key: to }
      refs[field] = { kind: of, key: this.#whereNow(ref)?.key ?? to }
    }
    return {
      kind,
      key,
      name: this.#names.get(refText(image.entity)) ?? image.entity.key,
      ...(image.id === null ? {} : { id: image.id }),
      fields,
      refs,
      tags: tagsAmong(fields, this.#live),
    }
  }

  /**
   * The current state of an entity: by the id that it had or was given, whatever its name is now, or else by its key.
   */
  #whereNow(ref: EntityRef): Entity | undefined {
    const known = this.#images.get(refText(ref))?.id
    return (
      (known ? this.#withId(ref.kind, known) : undefined) ??
      entityAt(this.#live, ref) ??
      this.#withId(ref.kind, idOfNew(this.#sync.plan, ref)) ??
      this.#withId(ref.kind, ref.key)
    )
  }

  #withId(kind: Kind, id: string): Entity | undefined {
    const known = this.#byId.get(kind)
    if (known) return known.get(id)
    const all = [...(this.#live.entities.get(kind)?.values() ?? [])]
    const byId = new Map(
      all.flatMap(entity => (entity.id === undefined ? [] : [[entity.id, entity] as const])),
    )
    this.#byId.set(kind, byId)
    return byId.get(id)
  }
}

/**
 * The names in a plan of the entities that it writes to or deletes with others. One that is identified by a secret and
 * has no name there is numbered under its owner, as elsewhere.
 */
function namesIn({ changes, preconditions }: Plan, kinds: Kinds): ReadonlyMap<string, string> {
  const names = new Map(changes.map(change => [refText(change), change.name]))
  const taken = new Set(changes.map(({ kind, name }) => `${kind} ${name}`))
  for (const { entity, fields } of preconditions) {
    if (names.has(refText(entity))) continue
    const numberedUnder = kinds.of(entity.kind)?.identity.numberedUnder
    if (numberedUnder === undefined) {
      names.set(refText(entity), entity.key)
      continue
    }
    const owner = asString(fields?.[numberedUnder])
    const under = owner === undefined ? '' : ` of ${numberedUnder} ${owner}`
    let n = 1
    while (taken.has(`${entity.kind} #${n}${under}`)) n += 1
    taken.add(`${entity.kind} #${n}${under}`)
    names.set(refText(entity), `#${n}${under}`)
  }
  return names
}

/** The entities that steps of a sync wrote temporarily, and that none of its changes is about. */
function besides({ plan, sent }: DoneSync): readonly EntityRef[] {
  const changed = new Set(plan.changes.map(refText))
  const about = plan.steps.flatMap(step =>
    step.about && step.covers.some(id => sent.has(id)) ? [step.about] : [],
  )
  return [...new Map(about.map(ref => [refText(ref), ref])).values()].filter(
    ref => !changed.has(refText(ref)),
  )
}

/**
 * The entities that a plan writes to, as far as it knows them: they are identified by its keys, whatever manifests say
 * now.
 */
export function entitiesOfPlan(plan: Plan, kinds: Kinds): State {
  const entities = new Map<Kind, Map<string, Entity>>()
  const names = namesIn(plan, kinds)
  const put = (ref: EntityRef, id: string, fields: JsonObject): void => {
    const name = names.get(refText(ref)) ?? ref.key
    const byKey = entities.get(ref.kind) ?? new Map<string, Entity>()
    entities.set(ref.kind, byKey)
    byKey.set(ref.key, { kind: ref.kind, key: ref.key, name, id, fields, refs: {}, tags: [] })
  }
  for (const change of plan.changes) if (change.operation === 'create') put(change, idOfNew(plan, change), {})
  for (const { entity, id, fields } of plan.preconditions) if (id !== null) put(entity, id, fields ?? {})
  return { kinds, entities, coverage: new Map() }
}
