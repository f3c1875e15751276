import { type Entity, type EntityRef, refText } from '../../../../model/entity.ts'
import { entitiesOf, entityAt, type State } from '../../../../model/state/state.ts'
import type { Change } from '../../../../reconcile/drift/drift.ts'
import type { Ordering } from '../writing/step-order.ts'
import { firstDeleteOrder } from '../writing/step-order.ts'
import { withScope } from './handover.ts'
import { movesOrTurns } from './plugin-effect.ts'
import { plugins, stages } from './stages.ts'

/** A plugin in one scope for a part of a sync: from one time on, until another one. Times are orders of steps. */
interface Cover {
  /** Its name, with the consumer or the group that it is for. */
  readonly name: string
  /** Which plugin it is, and whether as it is or as it will be. */
  readonly who: string
  /** Where it acts: a route, a service, both, or everything. */
  readonly route: string | undefined
  readonly service: string | undefined
  readonly from: number
  readonly until: number
}

const [before, afterwards] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]

/**
 * Finds the routes that would be without a plugin on the way which they have before a sync, and after it in another way.
 * No order of the steps keeps it there where a plugin goes from one scope to another while its requests do too. A plugin
 * that just comes or goes is in no danger, for the order of all steps sees to it.
 */
export class ProtectionOrder {
  readonly #changes: readonly Change[]
  readonly #desired: State
  readonly #live: State
  readonly #ordering: Ordering
  readonly #byEntity = new Map<string, Change[]>()
  /** Services that become another upstream, with the time. */
  readonly #changedServices = new Map<string, number>()
  /** By where they act; those for everything under the empty text. */
  readonly #covers = new Map<string, Cover[]>()

  constructor(changes: readonly Change[], desired: State, live: State, ordering: Ordering) {
    this.#changes = changes
    this.#desired = desired
    this.#live = live
    this.#ordering = ordering
    for (const change of changes) {
      if (becomesOther(change)) this.#changedServices.set(refText(change), this.#orderOf(change))
      const list = this.#byEntity.get(refText(change))
      if (list) list.push(change)
      else this.#byEntity.set(refText(change), [change])
    }
  }

  /** The live routes to close for the time of a sync, each with the changes that make it necessary. */
  exposed(): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, readonly string[]>()
    const irregular = this.#irregular()
    const leaving = this.#leavingChanged()
    if (irregular.length === 0 && leaving.size === 0) return found
    for (const kind of plugins) for (const entity of this.#all(kind)) this.#addCovers(entity)
    for (const route of entitiesOf(this.#live, 'route')) {
      const because = irregular.filter(change => this.#touches(change, route)).map(change => change.id)
      const change = this.#changeOf(route)
      if (leaving.has(route.key) && change) found.set(route.key, [change.id])
      else if (because.length > 0 && this.#isExposed(route)) found.set(route.key, because)
    }
    return found
  }

  /** Changes of plugins that do not just come or go, each in its time. */
  #irregular(): readonly Change[] {
    return this.#changes.filter(change => {
      if (!plugins.has(change.kind)) return false
      if (change.operation === 'update') return movesOrTurns(change) || this.#ordering.remade.has(change.id)
      const order = this.#ordering.orders.get(change.id) ?? 0
      return change.operation === 'delete' && order < stages.deletes
    })
  }

  /** Routes that leave a service which becomes another upstream in the same sync: in between they would lead there. */
  #leavingChanged(): ReadonlySet<string> {
    if (this.#changedServices.size === 0) return new Set()
    return new Set(
      entitiesOf(this.#live, 'route').flatMap(route => {
        const { service } = route.refs
        const moves = this.#changeOf(route)?.fields.some(({ path }) => path === 'service')
        return service && moves && this.#changedServices.has(refText(service)) ? [route.key] : []
      }),
    )
  }

  #touches(change: Change, route: Entity): boolean {
    const scopes = [entityAt(this.#live, change), entityAt(this.#desired, change)]
    const services = [route.refs.service?.key, entityAt(this.#desired, route)?.refs.service?.key]
    return scopes.some(entity => {
      if (!entity) return false
      if (entity.refs.route && entity.refs.route.key !== route.key) return false
      return !entity.refs.service || services.includes(entity.refs.service.key)
    })
  }

  /** Whether a route, while it answers, is at any time without a part of both what it had and what it will have. */
  #isExposed(route: Entity): boolean {
    const own = this.#changeOf(route)
    const moved = own?.operation === 'update' ? this.#orderOf(own) : afterwards
    const wanted = own?.operation === 'update' ? entityAt(this.#desired, route) : route
    const place = { route: this.#identity(route, 'live') }
    const old = { ...place, service: this.#serviceOf(route, 'live') }
    const next = { ...place, service: wanted ? this.#serviceOf(wanted, 'desired') : undefined }
    const ends = own?.operation === 'delete' ? this.#orderOf(own) : afterwards
    const had = this.#isServed(route, 'live', before) ? this.#actingOn(old, before) : undefined
    const gets =
      ends === afterwards && wanted && this.#isServed(wanted, own ? 'desired' : 'live', Number.MAX_VALUE)
        ? this.#actingOn(own ? next : old, Number.MAX_VALUE)
        : undefined
    const covers = this.#coversOf(old, next)
    const times = new Set([...covers.flatMap(({ from, until }) => [from, until]), moved])
    for (const time of times) {
      if (!Number.isFinite(time) || time >= ends) continue
      const hasMoved = time >= moved && wanted !== undefined
      if (!this.#isServed(hasMoved ? wanted : route, hasMoved ? 'desired' : 'live', time)) continue
      const place = hasMoved ? next : old
      const acting = this.#actingOn(place, time)
      const upstream = this.#upstreamOf(place, time)
      const asBefore = isKept(had, acting, gets)
      const asAfter = isKept(gets, acting, had)
      const isFine =
        (asBefore && asAfter) ||
        (asBefore && upstream === this.#upstreamOf(old, before)) ||
        (asAfter && upstream === this.#upstreamOf(own ? next : old, Number.MAX_VALUE))
      if (!isFine) return true
    }
    return false
  }

  /** The plugins that act on a route just after a time, by name: of each the one in the narrowest scope. */
  #actingOn(place: Place, time: number): Acting {
    const acting = new Map<string, Cover>()
    for (const cover of this.#coversOf(place)) {
      const isThere = cover.from <= time && time < cover.until
      const fits =
        (cover.route === undefined || cover.route === place.route) &&
        (cover.service === undefined || cover.service === place.service)
      const other = acting.get(cover.name)
      if (isThere && fits && (!other || rankOf(cover) > rankOf(other))) acting.set(cover.name, cover)
    }
    return new Map([...acting].map(([name, { who }]) => [name, who]))
  }

  /** A text for what is behind a service just after a time. */
  #upstreamOf({ service }: Place, time: number): string {
    const updated = this.#changedServices.get(service ?? '')
    return `${service} ${updated !== undefined && time >= updated ? 'as wanted' : 'as it is'}`
  }

  #coversOf(...places: readonly Place[]): readonly Cover[] {
    const keys = new Set(['', ...places.flatMap(({ route, service }) => [route, service ?? ''])])
    return [...keys].flatMap(key => this.#covers.get(key) ?? [])
  }

  /** Whether requests get through to the service of a route, as it is or as it is wanted, just after a time. */
  #isServed({ refs: { service } }: Entity, state: 'live' | 'desired', time: number): boolean {
    if (!service) return true
    const changes = this.#byEntity.get(refText(service)) ?? []
    const created = state === 'desired' && changes.find(({ operation }) => operation === 'create')
    if (created) {
      const wanted = entityAt(this.#desired, service)
      const isHeld = this.#ordering.held.service(service).held
      return wanted?.fields.enabled !== false && !(isHeld && time < stages.openServices)
    }
    const updated = changes.find(({ operation }) => operation === 'update')
    const isUpdated = updated !== undefined && time >= this.#orderOf(updated)
    return entityAt(isUpdated ? this.#desired : this.#live, service)?.fields.enabled !== false
  }

  #addCovers(entity: Entity): void {
    const changes = this.#byEntity.get(refText(entity)) ?? []
    const live = entityAt(this.#live, entity)
    const wanted = entityAt(this.#desired, entity)
    const [gone, made] = [
      changes.find(({ operation }) => operation === 'delete'),
      changes.find(({ operation }) => operation === 'create'),
    ]
    const updated = changes.find(({ operation }) => operation === 'update')
    const parked = gone && this.#ordering.parked.get(gone.id)
    if (live) {
      const remade =
        updated && this.#ordering.remade.has(updated.id) ? firstDeleteOrder(entity.kind) : undefined
      const until = remade ?? this.#orderOf(gone ?? updated)
      this.#put(live, 'live', before, until)
      // Parked, it acts on the same requests.
      if (parked) this.#put(withScope(live, parked.refs), 'live', stages.parking, until)
    }
    const from = made ?? updated
    // An update that leaves a plugin where and what it is is no other one.
    const isSame = updated !== undefined && !movesOrTurns(updated)
    const who = refText(isSame && live ? live : { ...entity, kind: `wanted ${entity.kind}` })
    if (wanted && from) this.#put(wanted, 'desired', this.#orderOf(from), afterwards, who)
    for (const { change, plugin, isOld, scopes } of this.#ordering.standIns) {
      if (change.id !== from?.id) continue
      const whose = isOld ? refText(plugin) : who
      for (const scope of scopes)
        this.#put(withScope(plugin, scope), 'live', stages.standIns, stages.deletes, whose)
    }
  }

  #put(entity: Entity, state: 'live' | 'desired', from: number, until: number, who = refText(entity)): void {
    if (entity.fields.enabled === false) return
    const { route, service, consumer, consumer_group: group } = entity.refs
    const cover: Cover = {
      name: [entity.kind, entity.fields.name, consumer?.key, group?.key].join(' '),
      who,
      route: route && this.#identity(route, state),
      service: service && this.#identity(service, state),
      from,
      until,
    }
    const key = cover.route ?? cover.service ?? ''
    const list = this.#covers.get(key)
    if (list) list.push(cover)
    else this.#covers.set(key, [cover])
  }

  /** A text for an entity; what is made anew under another id is another one. */
  #identity(ref: EntityRef, state: 'live' | 'desired'): string {
    const isRemade = (this.#byEntity.get(refText(ref)) ?? []).some(({ operation }) => operation === 'create')
    return isRemade ? `${state} ${refText(ref)}` : refText(ref)
  }

  #serviceOf({ refs: { service } }: Entity, state: 'live' | 'desired'): string | undefined {
    return service && this.#identity(service, state)
  }

  /** What is to become of a route at the gateway. */
  #changeOf(route: Entity): Change | undefined {
    return this.#byEntity.get(refText(route))?.find(({ operation }) => operation !== 'create')
  }

  #orderOf(change: Change | undefined): number {
    return change ? (this.#ordering.orders.get(change.id) ?? 0) : afterwards
  }

  #all(kind: string): readonly Entity[] {
    const wanted = entitiesOf(this.#desired, kind).filter(entity => !entityAt(this.#live, entity))
    return [...entitiesOf(this.#live, kind), ...wanted]
  }
}

interface Place {
  readonly route: string
  readonly service: string | undefined
}

/** Whether a service leads to something else after a change. */
function becomesOther({ kind, operation, fields }: Change): boolean {
  if (kind !== 'service' || operation !== 'update') return false
  return fields.some(({ path }) => path !== 'tags' && path !== 'name')
}

/** Plugins by their names. */
type Acting = ReadonlyMap<string, string>

function rankOf({ route, service }: Cover): number {
  return (route === undefined ? 0 : 2) + (service === undefined ? 0 : 1)
}

/**
 * Whether each of these plugins acts, as it is here or as it is there. Undefined: nobody gets through, and nothing would
 * do.
 */
function isKept(here: Acting | undefined, acting: Acting, there: Acting | undefined): boolean {
  if (!here) return false
  return [...here].every(([name, who]) => {
    const now = acting.get(name)
    return now !== undefined && (now === who || now === there?.get(name))
  })
}
