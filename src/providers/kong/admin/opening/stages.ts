import type { Entity, Kind } from '../../../../model/entity.ts'
import { asString, isObject } from '../../../../model/json.ts'
import { entityAt, type State } from '../../../../model/state/state.ts'
import type { Change } from '../../../../reconcile/drift/drift.ts'
import { kinds } from '../../kinds/index.ts'
import { effectOfUpdate } from './plugin-effect.ts'

/*
 * When each change is made. What protects is there before what it protects can be reached, and goes after it: so nothing
 * is less protected on the way than both before and after, wherever the way ends. Steps of one number run side by side.
 */

/** Lower numbers first. */
export const stages = {
  /** Routes that no order would keep protected on the way are closed. */
  closing: 1,
  /** Deletes that make room, from here on by their rank. */
  firstDeletes: 2,
  /** Unique values are given up for a while. */
  parking: 10,
  /** Certificates, consumers, services that nothing leads to, and plugins that are for no single route. */
  levels: 11,
  /** Plugins that stand in for one that gives way to another of its name and scope, and the deletes of those. */
  standIns: 13.5,
  givingWay: 13.7,
  widePlugins: 14,
  routesBehind: 15,
  narrowPlugins: 16,
  groups: 17,
  /** What takes a consumer out of one group and puts another into it. */
  groupMoves: 17.2,
  /** Plugins that let callers without credentials pass as a consumer, who has all that is held against them by then. */
  anonymousPlugins: 17.3,
  /** Changes of plugins that neither protect more nor less as a whole, one after the other where they move. */
  pluginChanges: 17.5,
  /** Whoever has a credential has all that is held against them already. */
  credentials: 18,
  upstreams: 20,
  services: 21,
  /** Who may not call any more finds nothing of what is opened. */
  credentialDeletes: 21.5,
  /** Nor whoever passed without credentials, as a consumer who goes. */
  nobodyDeletes: 21.7,
  openServices: 22,
  routes: 23,
  /** Deletes by their rank: routes first, and what protected them later. */
  deletes: 24,
  /** Whoever comes to call as somebody else finds only what is there afterwards. */
  credentialMoves: 24.3,
  /** With all that was held against them. */
  consumerDeletes: 24.4,
  /** New plugins that protect less than the one around them, while that is still there as it was. */
  weakerNarrowPlugins: 24.45,
  weakerPlugins: 24.5,
  /** Live routes that were closed are opened when nothing else is to be done. */
  openRoutes: 30,
} as const

/** Kinds of which an entity lets somebody in. */
export const credentials: ReadonlySet<Kind> = new Set([
  'key-auth',
  'basic-auth',
  'hmac-auth',
  'jwt-auth',
  'oauth2-cred',
  'mtls-auth',
])
/** Kinds of which an entity puts a consumer into a group. */
export const memberships: ReadonlySet<Kind> = new Set(['acl-group', 'consumer-group-consumer'])

/** Kinds that act on requests, for all or for one scope. */
export const plugins: ReadonlySet<Kind> = new Set(['plugin', 'filter-chain'])

/** When a delete is made that makes no room for anything. */
export function deleteOrder(kind: Kind): number {
  if (credentials.has(kind)) return stages.credentialDeletes
  return kind === 'consumer' ? stages.consumerDeletes : stages.deletes + deleteRank(kind)
}

/**
 * How soon a delete comes among others: what lets requests or callers in goes first, with all that hangs on it, and
 * only then what protected it.
 */
export function deleteRank(kind: Kind): number {
  if (kind === 'route' || kind === 'consumer' || credentials.has(kind)) return 0
  return 5 - (kinds.of(kind)?.references.level ?? 4)
}

/** When a create or an update is made, but for routes and services, of which more is to be known. */
export function stageOf(change: Change, desired: State, live: State): number {
  const { kind, operation } = change
  const level = kinds.of(kind)?.references.level ?? 4
  if (credentials.has(kind)) {
    return goesToAnother(change) ? stages.credentialMoves : stages.credentials
  }
  if (memberships.has(kind)) return operation === 'create' ? stages.groups : stages.groupMoves
  if (kind === 'target' || (kind === 'upstream' && operation === 'update')) return stages.upstreams
  if (level < 3) return stages.levels + level - 1
  const wanted = entityAt(desired, change)
  const before = entityAt(live, change)
  if (plugins.has(kind) && operation === 'update' && wanted && before) {
    const effect = effectOfUpdate(change, before, wanted)
    if (effect === 'weaker') return stages.weakerPlugins
    if (effect === 'other') return stages.pluginChanges
  }
  if (wanted && anonymousOf(wanted) !== undefined) return stages.anonymousPlugins
  return wanted?.refs.route ? stages.narrowPlugins : stages.widePlugins
}

/** The consumer that requests without credentials pass as by a plugin, as its settings name it; undefined: none. */
export function anonymousOf({ fields: { config } }: Entity): string | undefined {
  const anonymous = isObject(config) ? asString(config.anonymous ?? null) : undefined
  return anonymous === '' ? undefined : anonymous
}

/** Whether an update takes an entity from one consumer to another. */
export function goesToAnother({ operation, fields }: Change): boolean {
  return operation === 'update' && fields.some(({ path }) => path === 'consumer')
}
