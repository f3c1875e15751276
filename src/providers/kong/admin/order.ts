import { Children } from '../../../model/children.ts'
import { type Entity, entityAt, refText, type State } from '../../../model/entity.ts'
import type { JsonObject } from '../../../model/json.ts'
import { UniqueIndex, type UniqueValue, uniqueValuesOf } from '../../../model/unique-values.ts'
import type { Change } from '../../../reconcile/drift/drift.ts'
import { kinds } from '../kinds/index.ts'

/*
 * When each change can be made. Creates and updates go up the levels, deletes down after them. A unique value that goes
 * from one entity to another orders the two besides: what has it gives it up before the other takes it.
 */

/** How the changes of a plan come one after the other. */
export interface Ordering {
  /** By change; lower numbers first, equal ones side by side. */
  readonly orders: ReadonlyMap<string, number>
  /** By change: values that its entity holds in the meantime, set before anything else is written. */
  readonly parked: ReadonlyMap<string, JsonObject>
  /** Updates that are made as a delete and a create, because their values go round in a circle and can't be parked. */
  readonly remade: ReadonlySet<string>
}

/** Deletes that come first, then what is parked, then creates and updates by level, then all other deletes. */
const deletesFirst = 0
const parking = 9
const writes = 10
const deletes = 20

/** The order in which values are parked. */
export const parkingOrder = parking

/** The order of a delete that makes room. */
export function firstDeleteOrder(level: number): number {
  return deletesFirst + (9 - level)
}

export function orderOf(changes: readonly Change[], desired: State, live: State): Ordering {
  return new Ordered(changes, desired, live).ordering()
}

class Ordered {
  readonly #changes: readonly Change[]
  readonly #desired: State
  readonly #live: State
  readonly #owners: UniqueIndex
  readonly #children: Children
  /** Changes by the entity at the gateway that they change or delete. */
  readonly #ofLive = new Map<string, Change>()
  readonly #first = new Set<string>()
  readonly #parked = new Map<string, JsonObject>()
  readonly #remade = new Set<string>()
  /** Changes that must wait for others of their level. */
  readonly #after = new Map<string, Set<string>>()

  constructor(changes: readonly Change[], desired: State, live: State) {
    this.#changes = changes
    this.#desired = desired
    this.#live = live
    this.#owners = new UniqueIndex(live)
    this.#children = new Children(live)
    for (const change of changes) {
      if (change.operation !== 'create') this.#ofLive.set(refText(change), change)
    }
  }

  ordering(): Ordering {
    for (const change of this.#changes) if (change.operation !== 'delete') this.#makeRoomFor(change)
    const depths = this.#depths()
    const orders = new Map<string, number>()
    for (const { id, kind, operation } of this.#changes) {
      const level = kinds.of(kind)?.level ?? 4
      if (operation !== 'delete') orders.set(id, writes + level + (depths.get(id) ?? 0) / 10_000)
      else orders.set(id, this.#first.has(id) ? firstDeleteOrder(level) : deletes + (9 - level))
    }
    return { orders, parked: this.#parked, remade: this.#remade }
  }

  /** Sees to it that the unique values which an entity takes are free by then. */
  #makeRoomFor(change: Change): void {
    const definition = kinds.of(change.kind)
    const wanted = entityAt(this.#desired, change)
    if (!definition || !wanted) return
    for (const value of uniqueValuesOf(wanted, definition)) {
      const owner = this.#owners.owner(definition, value)
      if (!owner || (change.operation === 'update' && owner.key === change.key)) continue
      const giving = this.#ofLive.get(refText(owner))
      if (!giving) continue
      if (giving.operation === 'delete') this.#free(owner, giving, value)
      else if (givesUp(owner, this.#desired, value)) this.#wait(change.id, giving.id)
    }
  }

  /** A delete that makes room comes first with all below it, or, where something below it stays, what it has is parked. */
  #free(owner: Entity, change: Change, value: UniqueValue): void {
    if (this.#first.has(change.id)) return
    const below = this.#below(owner)
    if (below === undefined) {
      this.#park(owner, change, value)
      return
    }
    this.#first.add(change.id)
    for (const id of below) this.#first.add(id)
  }

  /** The deletes of all that hangs on an entity; undefined where something of it stays. */
  #below(entity: Entity): readonly string[] | undefined {
    const found: string[] = []
    for (const child of this.#children.of(entity)) {
      const change = this.#ofLive.get(refText(child.entity))
      const stays = entityAt(this.#desired, child.entity) !== undefined
      if (stays || (change?.operation !== 'delete' && child.onDelete === 'refuse')) return undefined
      const below = this.#below(child.entity)
      if (below === undefined) return undefined
      if (change) found.push(change.id)
      found.push(...below)
    }
    return found
  }

  #park(owner: Entity, change: Change, { field }: UniqueValue): boolean {
    const parked = kinds.of(owner.kind)?.parked?.[field]
    if (!parked || owner.id === undefined) return false
    this.#parked.set(change.id, { ...this.#parked.get(change.id), [field]: parked(owner.id) })
    return true
  }

  #wait(change: string, giving: string): void {
    const waits = this.#after.get(change) ?? new Set<string>()
    this.#after.set(change, waits)
    waits.add(giving)
  }

  /** How many others each change waits for, one after the other; circles are opened. */
  #depths(): ReadonlyMap<string, number> {
    const depths = new Map<string, number>()
    const open = new Set<string>()
    const depthOf = (id: string): number => {
      const known = depths.get(id)
      if (known !== undefined) return known
      open.add(id)
      let depth = 0
      for (const giving of this.#after.get(id) ?? []) {
        if (open.has(giving)) this.#openCircle(giving)
        else depth = Math.max(depth, depthOf(giving) + 1)
      }
      open.delete(id)
      depths.set(id, depth)
      return depth
    }
    for (const id of this.#after.keys()) depthOf(id)
    return depths
  }

  /** Parks the values of one entity in a circle, or makes it anew where they can't be parked. */
  #openCircle(id: string): void {
    const change = this.#changes.find(each => each.id === id)
    const owner = change && entityAt(this.#live, change)
    const definition = owner && kinds.of(owner.kind)
    if (!change || !owner || !definition) return
    const given = uniqueValuesOf(owner, definition).filter(value => givesUp(owner, this.#desired, value))
    const parked = given.map(value => this.#park(owner, change, value))
    if (parked.includes(false)) {
      this.#parked.delete(id)
      this.#remade.add(id)
    }
  }
}

/** Whether an entity no longer has a unique value once it is as wanted. */
function givesUp(owner: Entity, desired: State, value: UniqueValue): boolean {
  const definition = kinds.of(owner.kind)
  const wanted = entityAt(desired, owner)
  if (!definition || !wanted) return true
  return !uniqueValuesOf(wanted, definition).some(each => each.text === value.text)
}
