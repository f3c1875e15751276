import { type Entity, type EntityRef, refText } from '../../../../model/entity.ts'
import { equalJson, type JsonObject } from '../../../../model/json.ts'
import { digestsIn } from '../../../../model/masking/secret-marks.ts'
import type { Schemas } from '../../../../model/schema/schema.ts'
import { Children } from '../../../../model/state/nested-entities.ts'
import { entityAt, type State } from '../../../../model/state/state.ts'
import { UniqueIndex, type UniqueValue, uniqueValuesOf } from '../../../../model/state/unique-values.ts'
import type { Change } from '../../../../reconcile/drift/drift.ts'
import { kinds } from '../../kinds/index.ts'
import type { KongKind } from '../../kinds/kong-kind.ts'
import { effectOfPlugin } from '../../posture/index.ts'
import { Handovers, type ScopeChange } from '../opening/handover.ts'
import { HeldBack } from '../opening/held.ts'
import { movesOrTurns } from '../opening/plugin-effect.ts'
import { deleteOrder, deleteRank, goesToAnother, plugins, stageOf, stages } from '../opening/stages.ts'

/*
 * When each change can be made: in the order that keeps everything protected (see opening/stages.ts). A unique value that
 * goes from one entity to another orders the two besides: what has it gives it up before the other takes it.
 */

/** What an entity holds in the meantime, while another takes what it had. */
export interface Parked {
  readonly fields: JsonObject
  readonly refs: ScopeChange
}

/** A plugin that is made in other scopes too, while one takes the place of another that gives way to it. */
export interface StandIn {
  /** What brings the one that comes. */
  readonly change: Change
  /** The one of the two that is there meanwhile. */
  readonly plugin: Entity
  readonly isOld: boolean
  readonly scopes: readonly ScopeChange[]
}

/** How the changes of a plan come one after the other. */
export interface Ordering {
  /** By change; lower numbers first, equal ones side by side. */
  readonly orders: ReadonlyMap<string, number>
  /** By change: what its entity holds in the meantime, set before anything else is written. */
  readonly parked: ReadonlyMap<string, Parked>
  /** Updates that are made as a delete and a create, because their values go round in a circle and can't be parked. */
  readonly remade: ReadonlySet<string>
  readonly standIns: readonly StandIn[]
  readonly held: HeldBack
  readonly handovers: Handovers
  /** By `refText`: what the plan makes of entities at the gateway. */
  readonly ofLive: ReadonlyMap<string, Change>
}

/** The order of a delete that makes room. */
export function firstDeleteOrder(kind: string): number {
  return stages.firstDeletes + deleteRank(kind)
}

export function orderOf(changes: readonly Change[], desired: State, live: State, schemas: Schemas): Ordering {
  return new Ordered(changes, desired, live, schemas).ordering()
}

class Ordered {
  readonly #changes: readonly Change[]
  readonly #byId: ReadonlyMap<string, Change>
  readonly #desired: State
  readonly #live: State
  readonly #owners: UniqueIndex
  readonly #children: Children
  readonly #held: HeldBack
  readonly #handovers: Handovers
  /** Changes by the entity at the gateway that they change or delete. */
  readonly #ofLive = new Map<string, Change>()
  /** Entities that are deleted and made anew under another id: what points to them is in nobody's way. */
  readonly #replaced: ReadonlySet<string>
  readonly #first = new Set<string>()
  readonly #orders = new Map<string, number>()
  readonly #parked = new Map<string, Parked>()
  readonly #remade = new Set<string>()
  readonly #standIns: StandIn[] = []
  /** By change: the changes that must give up a value before it, with the value. */
  readonly #after = new Map<string, Map<string, UniqueValue>>()

  constructor(changes: readonly Change[], desired: State, live: State, schemas: Schemas) {
    this.#changes = changes
    this.#byId = new Map(changes.map(change => [change.id, change]))
    this.#desired = desired
    this.#live = live
    this.#owners = new UniqueIndex(live)
    this.#children = new Children(live)
    this.#held = new HeldBack(changes, desired, live, schemas)
    const isGone = (ref: EntityRef): boolean => this.#first.has(this.#ofLive.get(refText(ref))?.id ?? '')
    this.#handovers = new Handovers(changes, desired, live, isGone)
    for (const change of changes) {
      if (change.operation !== 'create') this.#ofLive.set(refText(change), change)
    }
    this.#replaced = new Set(
      changes.flatMap(change =>
        change.operation === 'create' && this.#ofLive.get(refText(change))?.operation === 'delete'
          ? [refText(change)]
          : [],
      ),
    )
  }

  ordering(): Ordering {
    // Who looks after a plugin's requests hangs on what else is deleted first.
    const takers = this.#changes.filter(({ operation }) => operation !== 'delete')
    for (const change of takers) if (change.kind !== 'plugin') this.#makeRoomFor(change)
    for (const change of takers) if (change.kind === 'plugin') this.#makeRoomFor(change)
    for (const change of this.#changes) {
      if (change.operation !== 'delete') this.#orders.set(change.id, this.#stageOf(change))
    }
    this.#openCircles()
    for (const taking of this.#after.keys()) this.#giveUpInTime(taking)
    for (const change of this.#changes) if (change.kind === 'consumer') this.#keepNobodyOut(change)
    const depths = this.#depths()
    const orders = new Map<string, number>()
    for (const [place, change] of this.#changes.entries())
      orders.set(change.id, this.#orderOf(change, depths.get(change.id) ?? 0, place))
    return {
      orders,
      parked: this.#parked,
      remade: this.#remade,
      standIns: this.#standIns,
      held: this.#held,
      handovers: this.#handovers,
      ofLive: this.#ofLive,
    }
  }

  #orderOf(change: Change, depth: number, place: number): number {
    const { id, kind, operation } = change
    const given = this.#orders.get(id)
    if (operation === 'delete') {
      if (given !== undefined) return given
      if (kind === 'consumer' && this.#isNobodyGone(change)) return stages.nobodyDeletes
      return this.#first.has(id) || this.#sleeps(change) ? firstDeleteOrder(kind) : deleteOrder(kind)
    }
    // What takes protection from one place to another comes alone, so that it is known what stands before and after.
    const alone = plugins.has(kind) && operation === 'update' && movesOrTurns(change) ? (place + 1) / 1e9 : 0
    return (given ?? 0) + depth / 10_000 + alone
  }

  /** Whether a delete takes away whom requests without credentials pass as, and none of its credentials goes to another. */
  #isNobodyGone(change: Change): boolean {
    const consumer = entityAt(this.#live, change)
    if (this.#first.has(change.id) || !consumer || !this.#held.isNobody(consumer)) return false
    return !this.#changes.some(
      each => goesToAnother(each) && entityAt(this.#live, each)?.refs.consumer?.key === change.key,
    )
  }

  /** Whom requests without credentials pass as, and who goes only after its credentials went to others, has another name by then. */
  #keepNobodyOut(change: Change): void {
    const consumer = entityAt(this.#live, change)
    if (change.operation !== 'delete' || this.#first.has(change.id) || this.#isNobodyGone(change)) return
    if (!consumer || !this.#held.isNobody(consumer) || this.#parked.has(change.id)) return
    this.#park(consumer, change, { field: 'username', text: '' })
  }

  /** Whether a plugin acts on nothing now: it would wake if a route went to the service that it is for. */
  #sleeps(change: Change): boolean {
    const plugin = plugins.has(change.kind) ? entityAt(this.#live, change) : undefined
    return plugin !== undefined && !this.#handovers.actsOnRequests(plugin)
  }

  #stageOf(change: Change): number {
    const wanted = entityAt(this.#desired, change)
    if (change.kind === 'service') {
      if (change.operation === 'create') return this.#held.service(change).order
      const opens = change.fields.some(({ path, git }) => path === 'enabled' && git !== false)
      return opens ? stages.openServices : stages.services
    }
    if (change.kind === 'route')
      return change.operation === 'create' && wanted ? this.#held.route(wanted).order : stages.routes
    if (change.kind === 'consumer' && wanted && this.#held.letsIn(change, wanted)) return stages.weakerPlugins
    const stage = stageOf(change, this.#desired, this.#live)
    return change.kind === 'plugin' && change.operation === 'create' && wanted
      ? this.#stageOfNarrower(wanted, stage)
      : stage
  }

  /** A new plugin that takes the place of one in a wider scope there is a change of what protects, and not only more of it. */
  #stageOfNarrower(plugin: Entity, stage: number): number {
    const { route, service } = plugin.refs
    const wanted = route && entityAt(this.#desired, route)
    const sleeps = wanted && service && wanted.refs.service?.key !== service.key
    const isNew = [route, service].some(ref => ref && entityAt(this.#live, ref) === undefined)
    const around = isNew || !isActing(plugin) ? undefined : this.#handovers.around(plugin)
    if (!around) return stage
    if (sleeps) return stages.weakerNarrowPlugins
    const effect = effectOfPlugin(around, plugin)
    if (effect === 'stronger') return stage
    return effect === 'weaker' ? stages.weakerNarrowPlugins : stages.pluginChanges
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
      if (!giving || this.#pointsToReplaced(wanted, value, definition)) continue
      if (giving.operation === 'delete') this.#free(owner, giving, value, change)
      else if (givesUp(owner, this.#desired, value)) this.#wait(change.id, giving.id, value)
    }
  }

  /** Whether a unique value is of a scope that is made anew: by its id it is another one then. */
  #pointsToReplaced(wanted: Entity, { field }: UniqueValue, { identity: { unique } }: KongKind): boolean {
    const fields = unique.find(([first]) => first === field) ?? []
    return fields.some(each => {
      const ref = wanted.refs[each]
      return ref !== undefined && this.#replaced.has(refText(ref))
    })
  }

  /** A delete that makes room comes first with all below it, or, where something below it stays, what it has is parked. */
  #free(owner: Entity, change: Change, value: UniqueValue, taker: Change): void {
    if (this.#first.has(change.id)) return
    if (isActing(owner) && value.field === 'name' && this.#handovers.actsOnRequests(owner)) {
      this.#handOver(owner, change, taker)
      return
    }
    const below = this.#below(owner)
    if (below === undefined) {
      this.#park(owner, change, value)
      return
    }
    this.#first.add(change.id)
    for (const id of below) this.#first.add(id)
  }

  /** A plugin that another takes the place of goes on acting in another scope, or others stand in for it. */
  #handOver(owner: Entity, change: Change, taker: Change): void {
    if (this.#parkScope(owner, change)) return
    this.#orders.set(change.id, stages.givingWay)
    const scopes = this.#handovers.narrowerScopes(owner)
    const wanted = entityAt(this.#desired, taker)
    if (scopes.length === 0 || !wanted) return
    // One that protects less must not come before all else is there. What nobody can read back can't be copied.
    const isOld =
      effectOfPlugin(owner, wanted) !== 'stronger' &&
      !equalJson(owner.fields, wanted.fields) &&
      digestsIn(owner.fields).length === 0
    this.#standIns.push({ change: taker, plugin: isOld ? owner : wanted, isOld, scopes })
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
    const parked = kinds.of(owner.kind)?.identity.parked?.[field]
    if (!parked || owner.id === undefined) return isActing(owner) && this.#parkScope(owner, change)
    const before = this.#parked.get(change.id)
    const fields = { ...before?.fields, [field]: parked(owner.id) }
    this.#parked.set(change.id, { fields, refs: before?.refs ?? {} })
    return true
  }

  #parkScope(owner: Entity, change: Change): boolean {
    const scope = this.#handovers.otherScope(owner)
    if (!scope) return false
    const before = this.#parked.get(change.id)
    this.#parked.set(change.id, { fields: before?.fields ?? {}, refs: scope })
    return true
  }

  #wait(change: string, giving: string, value: UniqueValue): void {
    const waits = this.#after.get(change) ?? new Map<string, UniqueValue>()
    this.#after.set(change, waits)
    waits.set(giving, value)
  }

  /** Has one of each circle of changes that wait for each other give up its values before all others. */
  #openCircles(): void {
    const seen = new Set<string>()
    const open = new Set<string>()
    const visit = (id: string): void => {
      if (seen.has(id)) return
      open.add(id)
      const waits = this.#after.get(id)
      for (const giving of waits?.keys() ?? []) {
        if (open.has(giving)) {
          this.#openCircle(giving)
          waits?.delete(giving)
        } else visit(giving)
      }
      open.delete(id)
      seen.add(id)
    }
    for (const id of this.#after.keys()) visit(id)
  }

  /** What gives up a value later than another takes it parks it, or is made before, whatever its own time is. */
  #giveUpInTime(taking: string): void {
    const taken = this.#orders.get(taking) ?? 0
    for (const [giving, value] of this.#after.get(taking) ?? []) {
      if ((this.#orders.get(giving) ?? 0) <= taken) continue
      const change = this.#byId.get(giving)
      const owner = change && entityAt(this.#live, change)
      if (!change || !owner || this.#remade.has(giving) || this.#park(owner, change, value)) continue
      if (this.#needsLater(change, taken - 0.2)) {
        this.#parked.delete(giving)
        this.#remade.add(giving)
        continue
      }
      this.#orders.set(giving, taken - 0.2)
      this.#giveUpInTime(giving)
    }
  }

  /** Whether an entity as it is wanted points to one, or has the place of one, that is not there yet, or there still, at a time. */
  #needsLater(change: Change, time: number): boolean {
    if (change.kind === 'plugin' && time <= stages.givingWay) return true
    const refs = Object.values(entityAt(this.#desired, change)?.refs ?? {}).map(refText)
    return this.#changes.some(
      each =>
        each.operation === 'create' &&
        (this.#orders.get(each.id) ?? 0) >= time &&
        refs.includes(refText(each)),
    )
  }

  /** How many others of its time each change waits for, one after the other. */
  #depths(): ReadonlyMap<string, number> {
    const depths = new Map<string, number>()
    const depthOf = (id: string): number => {
      const known = depths.get(id)
      if (known !== undefined) return known
      let depth = 0
      for (const giving of this.#after.get(id)?.keys() ?? []) {
        if (this.#orders.get(giving) === this.#orders.get(id)) depth = Math.max(depth, depthOf(giving) + 1)
      }
      depths.set(id, depth)
      return depth
    }
    for (const id of this.#after.keys()) depthOf(id)
    return depths
  }

  /** Parks the values of one entity in a circle, or makes it anew where they can't be parked. */
  #openCircle(id: string): void {
    const change = this.#byId.get(id)
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

/** Whether an entity acts on requests, so that it must not be away. */
function isActing({ kind, fields }: EntityRef & Pick<Entity, 'fields'>): boolean {
  return kind === 'plugin' && fields.enabled !== false
}

/** Whether an entity no longer has a unique value once it is as wanted. */
function givesUp(owner: Entity, desired: State, value: UniqueValue): boolean {
  const definition = kinds.of(owner.kind)
  const wanted = entityAt(desired, owner)
  if (!definition || !wanted) return true
  return !uniqueValuesOf(wanted, definition).some(each => each.text === value.text)
}
