import type { PostureAspect, PostureChange, RoutePosture } from '../../../model/routing/posture.ts'
import { limitText, weakening } from '../router/index.ts'
import { authenticationText } from './authentication.ts'

/**
 * How a change of configuration changes what protects routes. Routes are the same by name, else by id. A new
 * route is told where it is open, a deleted one where it was.
 */
export function comparePosture(
  before: readonly RoutePosture[],
  after: readonly RoutePosture[],
): readonly PostureChange[] {
  const old = new Map(before.map(route => [keyOf(route), route]))
  const now = new Set(after.map(keyOf))
  const changes = after.flatMap(route => {
    const was = old.get(keyOf(route))
    return was ? changesOf(was, route) : newRoute(route)
  })
  const deleted = before.filter(route => route.open && !now.has(keyOf(route)))
  return [
    ...changes,
    ...deleted.map(route =>
      change(route, 'authentication', 'stronger', authenticationText(route.authentication), 'no route'),
    ),
  ]
}

function keyOf({ routeName, routeId }: RoutePosture): string {
  return routeName === null ? `id ${routeId}` : `name ${routeName}`
}

function newRoute(route: RoutePosture): readonly PostureChange[] {
  if (!route.open) return []
  return [change(route, 'authentication', 'weaker', 'no route', authenticationText(route.authentication))]
}

function changesOf(was: RoutePosture, is: RoutePosture): readonly PostureChange[] {
  const changes = aspects.flatMap(({ aspect, text, grade }) => {
    const [before, after] = [text(was), text(is)]
    return before === after ? [] : [change(is, aspect, effectOf(grade(is) - grade(was)), before, after)]
  })
  const limits = [
    {
      aspect: 'rate limit',
      factor: weakening(was.rateLimits, is.rateLimits),
      before: limitText(was.rateLimits),
      after: limitText(is.rateLimits),
    },
    { aspect: 'size limit', factor: sizeFactor(was, is), before: sizeText(was), after: sizeText(is) },
  ] as const
  return [
    ...changes,
    ...limits
      .filter(({ before, after }) => before !== after)
      .map(({ aspect, factor, before, after }) => {
        return { ...change(is, aspect, effectOf(factor - 1), before, after), factor }
      }),
  ]
}

function effectOf(weakerBy: number): PostureChange['effect'] {
  return weakerBy > 0 ? 'weaker' : weakerBy < 0 ? 'stronger' : 'other'
}

function change(
  route: RoutePosture,
  aspect: PostureAspect,
  effect: PostureChange['effect'],
  before: string,
  after: string,
): PostureChange {
  const { routeId, routeName, serviceName, exposes } = route
  return { aspect, routeId, routeName, serviceName, effect, factor: null, before, after, exposes }
}

interface Aspect {
  readonly aspect: PostureAspect
  readonly text: (route: RoutePosture) => string
  /** How little is protected, to be compared; the same throughout where more and less can't be said. */
  readonly grade: (route: RoutePosture) => number
}

const openness = { closed: 0, required: 1, unknown: 2, anonymous: 3, open: 4 } as const

const aspects: readonly Aspect[] = [
  {
    aspect: 'authentication',
    text: route => authenticationText(route.authentication),
    grade: route => openness[route.authentication.state],
  },
  {
    aspect: 'access groups',
    text: route => listsText(route.accessGroups),
    grade: route => (route.accessGroups ? 0 : 1),
  },
  {
    aspect: 'IP restriction',
    text: route => listsText(route.ipRestriction),
    grade: route => (route.ipRestriction ? 0 : 1),
  },
  {
    aspect: 'CORS',
    text: ({ cors }) =>
      cors ? `${cors.origins.join(', ') || '*'}${cors.credentials ? ' with credentials' : ''}` : 'none',
    grade: ({ cors }) => (cors?.anyOrigin ? (cors.credentials ? 2 : 1) : 0),
  },
  {
    aspect: 'TLS',
    text: ({ tls }) =>
      tls.only ? `only, plain requests get ${tls.plainStatus}` : 'plain requests are served',
    grade: ({ tls }) => (tls.only ? 0 : 1),
  },
  {
    aspect: 'upstream TLS',
    text: ({ upstreamTls: tls }) =>
      tls ? `${tls.protocol}${tls.encrypted ? verifiedText(tls.verified) : ''}` : 'none',
    grade: ({ upstreamTls: tls }) => (tls?.encrypted ? (tls.verified ? 0 : 1) : 2),
  },
  {
    aspect: 'logging',
    text: ({ logging }) => logging.map(({ plugin }) => plugin).join(', ') || 'none',
    grade: ({ logging }) => (logging.length > 0 ? 0 : 1),
  },
  {
    aspect: 'hosts',
    text: ({ hosts }) => hosts.toSorted().join(', ') || 'any',
    grade: ({ anyHost, wildcardHosts }) => (anyHost ? 2 : wildcardHosts.length > 0 ? 1 : 0),
  },
  { aspect: 'reachability', text: ({ unreachable }) => unreachable?.reason ?? 'reachable', grade: () => 0 },
]

function verifiedText(verified: boolean | null): string {
  return verified === null ? '' : verified ? ', verified' : ', not verified'
}

function listsText(
  lists: { readonly allow: readonly string[]; readonly deny: readonly string[] } | null,
): string {
  if (!lists) return 'none'
  const allow = lists.allow.length > 0 ? [`allow ${lists.allow.toSorted().join(', ')}`] : []
  const deny = lists.deny.length > 0 ? [`deny ${lists.deny.toSorted().join(', ')}`] : []
  return [...allow, ...deny].join('; ')
}

function sizeText({ sizeLimit }: RoutePosture): string {
  return sizeLimit ? `${sizeLimit.bytes} bytes` : 'none'
}

function sizeFactor(was: RoutePosture, is: RoutePosture): number {
  const bytes = ({ sizeLimit }: RoutePosture) => sizeLimit?.bytes ?? Number.POSITIVE_INFINITY
  return bytes(was) === bytes(is) ? 1 : bytes(is) / bytes(was)
}
