import { type Entity, type EntityRef, type Kind, refText } from '../../model/entity.ts'
import { isArray } from '../../model/json.ts'
import type { KindDefinition } from '../../model/schema/kind-definition.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import { entityAt, type State } from '../../model/state/state.ts'
import type { Change, Unknown } from '../drift/drift.ts'

/** An unknown kind, and the changes whose effect depends on it. */
export interface Bearing {
  readonly unknown: Unknown
  readonly changes: readonly Change[]
}

/**
 * Which of the kinds that could not be compared affect changes: they decide what these do or protect, depend on what is
 * deleted, or are used by it. This follows from each kind's own definition (foreign keys, links, `limits`, `usedBy`).
 * Pure.
 */
export function bearings(
  changes: readonly Change[],
  unknown: readonly Unknown[],
  states: { readonly desired: State; readonly live: State },
): readonly Bearing[] {
  const open = openOnes(unknown)
  if (open.length === 0 || changes.length === 0) return []
  const subjects = new Subjects(states.desired, states.live)
  return open.flatMap((each): readonly Bearing[] => {
    const bears = new UnknownKind(each, subjects)
    const concerned = changes.filter(change => bears.on(change))
    return concerned.length > 0 ? [{ unknown: each, changes: concerned }] : []
  })
}

/** What is unknown: a kind that the gateway doesn't have is absent. */
export function openOnes(unknown: readonly Unknown[]): readonly Unknown[] {
  return unknown.filter(each => !each.absent)
}

/** The scope of a change: its entity, and everything that this belongs to or acts on. */
interface Subject {
  readonly refs: ReadonlySet<string>
  readonly kinds: ReadonlySet<Kind>
  readonly entities: readonly EntityRef[]
}

/** Both states, and the scopes of changes in them. */
class Subjects {
  readonly desired: State
  readonly live: State
  readonly kinds: Kinds
  readonly #known = new Map<string, Subject>()

  constructor(desired: State, live: State) {
    this.desired = desired
    this.live = live
    this.kinds = live.kinds
  }

  /** The entity as wanted and as it is. */
  versions(ref: EntityRef): readonly Entity[] {
    return [entityAt(this.desired, ref), entityAt(this.live, ref)].filter(entity => entity !== undefined)
  }

  of(ref: EntityRef): Subject {
    const known = this.#known.get(refText(ref))
    if (known) return known
    const found = new Map([[refText(ref), ref]])
    // Grows during iteration: from a plugin to its route, and on to that route's service.
    for (const each of found.values()) {
      for (const entity of this.versions(each)) {
        for (const owner of actsUpon(entity, this.kinds)) found.set(refText(owner), owner)
      }
    }
    const entities = [...found.values()]
    const subject = { refs: new Set(found.keys()), kinds: new Set(entities.map(each => each.kind)), entities }
    this.#known.set(refText(ref), subject)
    return subject
  }

  /** All entities of a kind, as wanted and as they are. */
  all(kind: Kind): readonly Entity[] {
    return [this.desired, this.live].flatMap(state => [...(state.entities.get(kind)?.values() ?? [])])
  }
}

/** One unknown kind, and what depends on it. */
class UnknownKind {
  readonly #unknown: Unknown
  readonly #definition: KindDefinition | undefined
  readonly #subjects: Subjects
  /** What wanted entities of the kind point to: they are not written now. */
  readonly #wantedFor: ReadonlySet<string>
  readonly #users: Users

  constructor(unknown: Unknown, subjects: Subjects) {
    this.#unknown = unknown
    this.#definition = subjects.kinds.of(unknown.kind)
    this.#subjects = subjects
    const wanted = [...(subjects.desired.entities.get(unknown.kind)?.values() ?? [])]
    this.#wantedFor = new Set(wanted.flatMap(entity => actsUpon(entity, subjects.kinds).map(refText)))
    this.#users = new Users(unknown.kind, subjects)
  }

  on(change: Change): boolean {
    const subject = this.#subjects.of(change)
    const acts = this.#unknown.entities
      ? this.#unknown.entities.some(ref => this.#entityActsOn(ref, change, subject))
      : this.#kindActsOn(change, subject)
    return acts || this.#users.on(change, subject)
  }

  /** Nothing of the kind is known: anything may exist. */
  #kindActsOn(change: Change, subject: Subject): boolean {
    if (subject.kinds.has(this.#unknown.kind)) return true
    const { limits, foreign = {} } = this.#definition?.references ?? {}
    for (const { kind, uses, unset } of Object.values(foreign)) {
      if (uses) continue
      const pointedTo = limits ? subject.entities : [{ kind: change.kind, key: change.key }]
      const mayPoint = pointedTo.some(
        ref =>
          ref.kind === kind &&
          (unset !== undefined || this.#wantedFor.has(refText(ref)) || entityAt(this.#subjects.live, ref)),
      )
      if (mayPoint) return true
    }
    if (change.operation === 'delete' && mayBeUsing(this.#definition, this.#subjects.kinds.of(change.kind)))
      return true
    return this.#subjects
      .versions(change)
      .some(entity => actsUponAll(entity, this.#subjects.kinds).has(this.#unknown.kind))
  }

  /** Only this wanted entity of the kind is unknown. */
  #entityActsOn(ref: EntityRef, change: Change, subject: Subject): boolean {
    if (subject.refs.has(refText(ref))) return true
    const entity = entityAt(this.#subjects.desired, ref)
    if (!entity) return false
    const { kinds } = this.#subjects
    const owners = actsUpon(entity, kinds).map(refText)
    if (!this.#definition?.references.limits) return owners.includes(refText(change))
    return (
      owners.some(owner => subject.refs.has(owner)) ||
      [...actsEverywhere(entity, kinds)].some(kind => subject.kinds.has(kind))
    )
  }
}

/** Entities that use a kind, and what they act on. */
class Users {
  readonly #kind: Kind
  readonly #isNamed: (name: string) => boolean
  /** What a user acts on by a reference. */
  readonly #upon = new Set<string>()
  /** Kinds of which a user acts on all entities. */
  readonly #uponAll = new Set<Kind>()
  readonly #subjects: Subjects

  constructor(kind: Kind, subjects: Subjects) {
    this.#kind = kind
    this.#subjects = subjects
    const names = new Set(subjects.all(kind).flatMap(({ key, name }) => [key, name]))
    this.#isNamed = name => names.has(name)
    for (const {
      kind: limiting,
      references: { limits },
    } of subjects.kinds.all) {
      if (!limits) continue
      for (const entity of subjects.all(limiting)) {
        if (!this.#uses(entity)) continue
        for (const owner of actsUpon(entity, subjects.kinds)) this.#upon.add(refText(owner))
        for (const all of actsEverywhere(entity, subjects.kinds)) this.#uponAll.add(all)
      }
    }
  }

  /** Whether the entity of a change uses the kind, or what limits that does. */
  on(change: Change, subject: Subject): boolean {
    return (
      this.#subjects.versions(change).some(entity => this.#uses(entity)) ||
      [...subject.refs].some(ref => this.#upon.has(ref)) ||
      [...subject.kinds].some(kind => this.#uponAll.has(kind))
    )
  }

  /** Directly, or through what belongs to it: checking API keys involves their owners. */
  #uses(entity: Entity): boolean {
    const { kinds } = this.#subjects
    const definition = kinds.of(entity.kind)
    return (
      usesKind(entity, definition, kinds.of(this.#kind), this.#isNamed) ||
      kinds.all.some(
        part =>
          Object.values(part.references.foreign).some(({ kind, uses }) => kind === this.#kind && !uses) &&
          usesKind(entity, definition, part, never),
      )
    )
  }
}

const never = (): boolean => false

function usesKind(
  { kind, fields }: Entity,
  definition: KindDefinition | undefined,
  used: KindDefinition | undefined,
  isNamed: (name: string) => boolean,
): boolean {
  if (!used) return false
  if (used.references.usedBy?.[kind]?.(fields, isNamed)) return true
  return Object.entries(definition?.references.links ?? {}).some(([field, linked]) => {
    const list = fields[field]
    return linked === used.kind && isArray(list) && list.length > 0
  })
}

/** Whether entities of a kind may point to, link or make use of one of another kind. */
function mayBeUsing(definition: KindDefinition | undefined, other: KindDefinition | undefined): boolean {
  if (!definition || !other) return false
  return (
    Object.values(definition.references.foreign).some(({ kind }) => kind === other.kind) ||
    Object.values(definition.references.links ?? {}).includes(other.kind) ||
    other.references.usedBy?.[definition.kind] !== undefined
  )
}

/** What an entity belongs to or acts on, by its references. */
function actsUpon(entity: Entity, kinds: Kinds): readonly EntityRef[] {
  const foreign = kinds.of(entity.kind)?.references.foreign ?? {}
  return Object.entries(entity.refs).flatMap(([field, ref]) => (foreign[field]?.uses ? [] : [ref]))
}

/** The kinds of which an entity names none, so that it acts on all that belong to what it does name. */
function actsUponAll(entity: Entity, kinds: Kinds): ReadonlySet<Kind> {
  const named = new Set(Object.values(entity.refs).map(ref => ref.kind))
  // One for a route names the service with it.
  for (const kind of named) {
    for (const { kind: owner, uses } of Object.values(kinds.of(kind)?.references.foreign ?? {})) {
      if (!uses) named.add(owner)
    }
  }
  return new Set([...unsetKinds(entity, kinds)].filter(kind => !named.has(kind)))
}

/** The same if it names nothing of the kind at all: a plugin for no route and no service acts on all of them. */
function actsEverywhere(entity: Entity, kinds: Kinds): ReadonlySet<Kind> {
  const unset = unsetKinds(entity, kinds)
  return Object.values(entity.refs).some(ref => unset.has(ref.kind)) ? new Set() : unset
}

function unsetKinds({ kind }: Entity, kinds: Kinds): ReadonlySet<Kind> {
  const foreign = Object.values(kinds.of(kind)?.references.foreign ?? {})
  return new Set(foreign.flatMap(each => (each.unset === 'all' ? [each.kind] : [])))
}
