import { maskerOf } from '../../model/masking/masks.ts'
import type { RoutePosture } from '../../model/routing/posture.ts'
import type { Kinds } from '../../model/schema/kinds.ts'
import type { State } from '../../model/state/state.ts'
import { causeWords } from '../../reconcile/drift/causes.ts'
import type { Change } from '../../reconcile/drift/drift.ts'
import type { Compared } from '../reading/compare-target.ts'
import type { Exposure } from './exposure.ts'
import { protectionOf } from './protection.ts'

/**
 * Routes without authentication at the gateway although the manifests require it, by what disappeared; null: unknown,
 * because routes, services or plugins could not be read completely.
 */
export function exposuresOf(compared: Compared): readonly Exposure[] | null {
  const live = protectionOf(compared.live)
  if (!live) return null
  const open = [...live].filter(([, route]) => route.open)
  // For a gateway without open routes, what the manifests protect doesn't matter.
  const wanted = open.length === 0 ? undefined : protectionOf(compared.desired)
  if (!wanted) return []
  const masked = maskerOf(compared.live)
  const protecting = protectionChanges(compared.drift.changes, compared.live)
  const byWhat = new Map<string, { routes: RoutePosture[]; changes: Set<string> }>()
  for (const [key, route] of open) {
    const should = wanted.get(key)
    if (!should || should.open || should.authentication.state === 'unknown') continue
    const names = should.authentication.plugins.map(each => each.plugin)
    const changes = protecting.filter(each => puts(each, names, route))
    const what = changes[0]
      ? whatHappened(changes[0], compared.live.kinds)
      : `no ${names.join(' or ')} in effect`
    const group = byWhat.get(what) ?? { routes: [], changes: new Set<string>() }
    byWhat.set(what, group)
    group.routes.push(route)
    for (const { change } of changes) group.changes.add(change.id)
  }
  return [...byWhat].map(([what, { routes, changes }]) => ({
    routes: routes.map(route => route.routeName ?? route.routeId ?? '?'),
    requests: routes.flatMap(route => route.exposes.map(masked)),
    what,
    since: null,
    who: null,
    changes: [...changes],
  }))
}

/** A change of a protection, and what it acts on. */
interface ProtectionChange {
  readonly change: Change
  /** As `key-auth`. */
  readonly protection: string
  /** As `route payouts`, `(global)`. */
  readonly on: string
}

/** The changes of protections that act on one thing alone. */
function protectionChanges(changes: readonly Change[], { routing }: State): readonly ProtectionChange[] {
  return changes.flatMap(change => {
    const { on: [on, more] = [], protection = null } = routing?.actsOn(change) ?? {}
    return protection === null || on === undefined || more !== undefined ? [] : [{ change, protection, on }]
  })
}

/** Whether a change touches one of these plugins where it acts on the route. */
function puts(
  { protection, on }: ProtectionChange,
  plugins: readonly string[],
  route: RoutePosture,
): boolean {
  return (
    plugins.includes(protection) &&
    [`route ${route.routeId}`, `service ${route.serviceId}`, '(global)'].includes(on)
  )
}

function whatHappened({ change, protection }: ProtectionChange, kinds: Kinds): string {
  const { doneBy } = causeWords[change.cause]
  const what = `${change.kind} ${protection}`
  if (change.operation === 'create') {
    if (change.cause === 'git ahead') return `${what} waits for a sync`
    return `${what} deleted ${doneBy}`
  }
  const switchedBy = kinds.of(change.kind)?.meaning?.switchedBy
  const off = change.fields.some(field => field.path === switchedBy && field.live === false)
  return `${what} ${off ? 'disabled' : 'changed'} ${doneBy}`
}
