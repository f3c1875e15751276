/** Which requests a change of configuration answers differently. */

import type { NamedRef } from '../../../../model/routing/answer.ts'
import type { ProxyRequest } from '../../../../model/routing/request.ts'
import {
  changesByWeight,
  type TrafficChange,
  type TrafficGroup,
} from '../../../../model/routing/traffic-group.ts'
import type { GatewayConfig } from '../configuration/config.ts'
import { labelOf, type Route, refOf } from '../configuration/entities.ts'
import { type Authentication, authenticationOf } from '../effects/authentication.ts'
import { limitText, type RateLimit, rateLimitsOf, weakening } from '../effects/rate-limits.ts'
import { shadowed } from '../matching/shadowed.ts'
import { KongRouter, type RouterAnswer } from '../router.ts'

/** Answers requests by two configurations; gives what differs, the worst first. Nothing differs: no groups. */
export function compareTraffic(
  before: GatewayConfig | KongRouter,
  after: GatewayConfig | KongRouter,
  requests: readonly ProxyRequest[],
): readonly TrafficGroup[] {
  const old = new Answers(before instanceof KongRouter ? before : new KongRouter(before))
  const now = new Answers(after instanceof KongRouter ? after : new KongRouter(after))
  const groups = new Map<string, Group>()
  for (const request of requests) {
    const [was, is] = [old.of(request), now.of(request)]
    for (const difference of differencesOf(was, is)) {
      let group = groups.get(difference.key)
      if (!group) {
        group = { ...difference, requests: [], routes: new Map() }
        groups.set(difference.key, group)
      }
      group.requests.push(request)
      for (const { protection } of [was, is]) {
        if (protection) group.routes.set(labelOf(protection.route), refOf(protection.route))
      }
    }
  }
  const found = [...groups.values()].map(({ change, worse, before: a, after: b, requests: list, routes }) => {
    return { change, worse, before: a, after: b, requests: list, routes: [...routes.values()] }
  })
  return [...found, ...newlyShadowed(old.router, now.router)].sort(
    (a, b) => weightOf(a) - weightOf(b) || b.requests.length - a.requests.length,
  )
}

function weightOf({ change }: TrafficGroup): number {
  return changesByWeight.indexOf(change)
}

interface Difference {
  readonly change: TrafficChange
  readonly worse: boolean
  readonly before: string
  readonly after: string
  /** Differences with the same key are one group. */
  readonly key: string
}

interface Group extends Difference {
  readonly requests: ProxyRequest[]
  readonly routes: Map<string, NamedRef>
}

/** What stands before a route's upstream whoever calls. */
interface Protection {
  readonly route: Route
  readonly authentication: Authentication
  readonly limits: readonly RateLimit[]
}

/** How one side answers a request. */
interface Side {
  readonly answer: RouterAnswer
  /** Of the route that answers; undefined: none does. */
  readonly protection: Protection | undefined
  /** The URI and host that the upstream sees, or would see if no plugin ended the request. */
  readonly uri: string
}

class Answers {
  readonly router: KongRouter
  readonly #protections = new Map<Route, Protection>()

  constructor(router: KongRouter) {
    this.router = router
  }

  of(request: ProxyRequest): Side {
    const answer = this.router.answer(request)
    const match = answer.route ? this.router.match(request) : undefined
    if (!match) return { answer, protection: undefined, uri: '' }
    const uri = answer.upstream
      ? `${answer.upstream.host ?? ''}${answer.upstream.uri}`
      : this.router.upstreamUri(match, request)
    return { answer, protection: this.#protection(match.route), uri: uri.replace(/\?.*$/s, '') }
  }

  #protection(route: Route): Protection {
    let found = this.#protections.get(route)
    if (!found) {
      const authentication = authenticationOf(this.router, route)
      found = { route, authentication, limits: rateLimitsOf(this.router, route) }
      this.#protections.set(route, found)
    }
    return found
  }
}

function differencesOf(old: Side, now: Side): readonly Difference[] {
  const [was, is] = [old.protection, now.protection]
  if (!is) return was ? [difference('no route', true, placeOf(was), 'no route')] : []
  if (!was) return [difference('answered', passesFreely(is), 'no route', placeOf(is))]
  const found: Difference[] = []
  if (passesFreely(was) !== passesFreely(is)) {
    const lost = passesFreely(is)
    found.push(
      difference(
        lost ? 'authentication lost' : 'authentication gained',
        lost,
        authenticationText(was),
        authenticationText(is),
      ),
    )
  }
  const [ended, ends] = [endOf(old), endOf(now)]
  if (ended !== ends)
    found.push(
      difference(ends ? 'refused' : 'answered', ends !== '', ended || placeOf(was), ends || placeOf(is)),
    )
  const [from, to] = [placeOf(was), placeOf(is)]
  if (serviceOf(was) !== serviceOf(is)) found.push(difference('upstream changed', true, from, to))
  else if ((old.answer.upstream !== null) === (now.answer.upstream !== null) && old.uri !== now.uri) {
    const key = JSON.stringify(['uri', from, to])
    found.push({
      change: 'upstream changed',
      worse: true,
      before: `${from}: ${old.uri}`,
      after: `${to}: ${now.uri}`,
      key,
    })
  } else if (labelOf(was.route) !== labelOf(is.route))
    found.push(difference('route changed', false, from, to))
  const factor = weakening(was.limits, is.limits)
  if (factor !== 1) {
    const weaker = factor > 1
    found.push(difference(weaker ? 'limit weaker' : 'limit stricter', weaker, limitOf(was), limitOf(is)))
  }
  return found
}

function difference(change: TrafficChange, worse: boolean, before: string, after: string): Difference {
  return { change, worse, before, after, key: JSON.stringify([change, before, after]) }
}

/** Whether callers without credentials reach the upstream. */
function passesFreely({ authentication: { state } }: Protection): boolean {
  return state === 'open' || state === 'anonymous'
}

function authenticationText({ route, authentication: { state, plugins, because } }: Protection): string {
  const names = plugins.map(({ plugin }) => plugin.name).join(' and ')
  const label = `route ${labelOf(route)}`
  if (state === 'open') return `${label}: nothing authenticates`
  if (state === 'closed') return `${label}: nobody passes (${because.map(plugin => plugin.name).join(', ')})`
  if (state === 'unknown')
    return `${label}: ${because.map(plugin => plugin.name).join(', ')} may authenticate`
  return `${label}: ${names}${state === 'anonymous' ? ', else anonymous' : ''}`
}

/** Where a request ends here, in words; empty where the upstream answers or only credentials are missing. */
function endOf({ answer: { ending } }: Side): string {
  if (!ending || ending.status === 401) return ''
  return `${ending.status} by ${typeof ending.by === 'string' ? `the ${ending.by}` : ending.by.name}`
}

function placeOf(protection: Protection): string {
  return `route ${labelOf(protection.route)} to ${serviceOf(protection)}`
}

function serviceOf({ route: { service } }: Protection): string {
  if (!service) return 'no service'
  return `${labelOf(service)} (${service.protocol}://${service.host}:${service.port})`
}

function limitOf({ route, limits }: Protection): string {
  return `route ${labelOf(route)}: ${limitText(limits)}`
}

function newlyShadowed(old: KongRouter, now: KongRouter): readonly TrafficGroup[] {
  const before = new Set(shadowed(old).map(({ route }) => labelOf(route)))
  const known = new Set(old.table.routes.map(labelOf))
  return shadowed(now)
    .filter(({ route }) => !before.has(labelOf(route)))
    .map(({ route, by, reason }) => ({
      change: 'unreachable',
      worse: true,
      before: `route ${labelOf(route)}: ${known.has(labelOf(route)) ? 'reachable' : 'not there'}`,
      after: `route ${labelOf(route)}: ${reason}`,
      requests: [],
      routes: [route, ...by].map(refOf),
    }))
}
