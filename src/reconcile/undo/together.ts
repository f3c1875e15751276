import { type Entity, type EntityRef, refText } from '../../model/entity.ts'
import type { Problem } from '../../model/problem.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import { entityAt, type State } from '../../model/state/state.ts'
import type { Change, Drift } from '../drift/drift.ts'

/*
 * What belongs together is restored together or not at all. An entity acts on another if everything that it refers to
 * is that one, or is referred to by that one: a plugin on its route and on the routes of its service, a credential on
 * its consumer. The model says which kinds refer to which, and what is deleted with what.
 */

/**
 * Changes that take a sync back, each with what it requires: an entity is restored only with everything that acted on
 * it, and what the sync put in its place stays until it exists again.
 */
export function boundTogether(changes: readonly Change[], before: State, live: State): readonly Change[] {
  const returning = new ReturningEntities(changes, before)
  return changes.map(change => {
    const isGoing = change.operation === 'delete'
    const entity = entityAt(isGoing ? live : before, change)
    if (!entity) return change
    const needs = isGoing ? returning.replacedBy(entity, live) : returning.actingOn(entity)
    const added = [...needs].filter(id => id !== change.id && !change.needs.includes(id))
    return added.length === 0 ? change : { ...change, needs: [...change.needs, ...added] }
  })
}

/** An entity that is put back, and the change that does it. */
interface Item {
  readonly id: string
  readonly entity: Entity
}

/** Restored entities that act on others. */
class ReturningEntities {
  readonly #before: State
  /** By what it refers to itself. */
  readonly #byRef = new Map<string, Item[]>()
  /** By that, and by what that refers to in turn. */
  readonly #byScope = new Map<string, Item[]>()
  /** An entity that refers to nothing acts on everything. */
  readonly #everywhere: Item[] = []

  constructor(changes: readonly Change[], before: State) {
    this.#before = before
    for (const change of changes) {
      const entity = change.operation === 'create' ? entityAt(before, change) : undefined
      if (!entity || !acts(entity, before.kinds)) continue
      const item = { id: change.id, entity }
      const refs = Object.values(entity.refs).map(refText)
      if (refs.length === 0) this.#everywhere.push(item)
      for (const ref of refs) put(this.#byRef, ref, item)
      for (const ref of scopeOf(entity, before)) put(this.#byScope, ref, item)
    }
  }

  /** The changes that restore what acted on an entity. */
  actingOn(entity: Entity): ReadonlySet<string> {
    const scope = new Set([refText(entity), ...scopeOf(entity, this.#before)])
    const candidates = [...this.#everywhere, ...[...scope].flatMap(ref => this.#byRef.get(ref) ?? [])]
    return new Set(
      candidates
        .filter(each => isWithin(each.entity, scope) && mayActOn(each.entity, entity, this.#before.kinds))
        .map(each => each.id),
    )
  }

  /** The changes that restore what an entity replaced: of its kind, for the same scope, or a larger or smaller one. */
  replacedBy(entity: Entity, live: State): ReadonlySet<string> {
    if (!acts(entity, live.kinds)) return new Set()
    const scope = scopeOf(entity, live)
    const forLess = [...this.#everywhere, ...[...scope].flatMap(ref => this.#byRef.get(ref) ?? [])].filter(
      each => isWithin(each.entity, scope),
    )
    const [ref] = Object.values(entity.refs).map(refText)
    const all = ref === undefined ? [...this.#byRef.values()].flat() : (this.#byScope.get(ref) ?? [])
    const forMore = all.filter(each => isWithin(entity, scopeOf(each.entity, this.#before)))
    return new Set(
      [...forLess, ...forMore].filter(each => each.entity.kind === entity.kind).map(each => each.id),
    )
  }
}

function put(index: Map<string, Item[]>, ref: string, item: Item): void {
  const there = index.get(ref)
  if (there) there.push(item)
  else index.set(ref, [item])
}

/** Whether an entity acts on others: it is deleted with them, or, without a reference, applies to all of them. */
function acts({ kind, refs }: Entity, kinds: Kinds): boolean {
  const foreign = Object.values(kinds.of(kind)?.references.foreign ?? {})
  const hangs = foreign.some(({ onDelete, uses }) => onDelete === 'cascade' && !uses)
  return hangs && (Object.keys(refs).length > 0 || foreign.every(({ unset }) => unset !== undefined))
}

/** Whether one is of a kind that can refer to the other. */
function mayActOn({ kind }: Entity, entity: Entity, kinds: Kinds): boolean {
  return Object.values(kinds.of(kind)?.references.foreign ?? {}).some(to => to.kind === entity.kind)
}

/** What an entity refers to, and what that refers to in turn. */
function scopeOf(entity: Entity, state: State): ReadonlySet<string> {
  const scope = new Set<string>()
  const add = (refs: readonly EntityRef[]): void => {
    for (const ref of refs) {
      if (scope.has(refText(ref))) continue
      scope.add(refText(ref))
      add(Object.values(entityAt(state, ref)?.refs ?? {}))
    }
  }
  add(Object.values(entity.refs))
  return scope
}

function isWithin({ refs }: Entity, scope: ReadonlySet<string>): boolean {
  return Object.values(refs).every(ref => scope.has(refText(ref)))
}

/** A drift without impossible changes, and without everything that needs those; they are reported as blocked. */
export function withoutLost(drift: Drift, lost: ReadonlyMap<string, Problem>): Drift {
  const out = new Map<string, Problem>()
  for (const { id } of drift.changes) {
    const problem = lost.get(id)
    if (problem) out.set(id, problem)
  }
  const byId = new Map(drift.changes.map(change => [change.id, change]))
  for (let before = -1; before !== out.size; ) {
    before = out.size
    for (const change of drift.changes) {
      const need = out.has(change.id) ? undefined : change.needs.find(each => out.has(each))
      const needed = need === undefined ? undefined : byId.get(need)
      if (needed) out.set(change.id, notWithout(change, needed, drift.target))
    }
  }
  return {
    ...drift,
    changes: drift.changes.filter(change => !out.has(change.id)),
    blocked: [
      ...drift.blocked,
      ...drift.changes.flatMap(({ id, kind, key }) => {
        const reason = out.get(id)
        return reason ? [{ entity: { kind, key }, reason }] : []
      }),
    ],
  }
}

function notWithout(change: Change, needed: Change, target: string): Problem {
  const what = `${needed.kind} ${needed.name}`
  const stays = change.operation === 'delete'
  return {
    code: 'not-without',
    target,
    message: stays
      ? `${change.kind} ${change.name} stays, because ${what}, which was there before it, can’t be restored`
      : `${change.kind} ${change.name} is not restored without ${what}, which can’t be restored`,
    hint: stays
      ? 'Delete it by hand, if it should not stay.'
      : `Put ${what} into the manifest again, and sync.`,
  }
}
