import type { Api } from '../../model/api.ts'
import { type Entity, entitiesOf, entityAt, isSecretMark, type State } from '../../model/entity.ts'
import { asString, isArray, type Json } from '../../model/json.ts'
import type { Masker } from '../../model/masked-sentences.ts'
import { maskerOf } from '../../model/masks.ts'
import type { RoutePosture } from '../../providers/kong/posture/index.ts'
import type { Compared } from '../reading/compare-target.ts'
import { type Described, describedRoutes, nothingDescribed, originAt } from './described-requests.ts'
import { authenticationOf, protectionOf } from './protection.ts'

/** The inventory of one target: a row for every route, and one for every service without routes. */
export function apisOf(compared: Compared, described: Described = nothingDescribed): readonly Api[] {
  const { live, desired, target } = compared
  const wanted = target.manifests.length > 0 ? desired : null
  const protection = protectionOf(live)
  const specifications = describedRoutes(live, described)
  const common = { target: target.name, environment: target.environment }
  const served = new Set<string>()
  const rows = entitiesOf(live, 'route').map((route): Api => {
    const service = route.refs.service ? entityAt(live, route.refs.service) : undefined
    if (service) served.add(service.key)
    return {
      ...common,
      service: route.refs.service?.key ?? null,
      route: route.key,
      hosts: texts(route.fields.hosts),
      paths: texts(route.fields.paths),
      methods: texts(route.fields.methods),
      expression: asString(route.fields.expression) || null,
      protocols: texts(route.fields.protocols),
      tags: texts(route.fields.tags ?? [...route.tags]),
      authentication: authenticationOf(protection?.get(route.key)),
      managed: managedIn(wanted, route),
      specification: specifications.get(route.key) ?? null,
      unreachable: unreachableText(protection?.get(route.key), maskerOf(live)),
      enabled: route.refs.service && !service ? null : service?.fields.enabled !== false,
    }
  })
  // Where routes could not be read, nobody knows which services have none.
  const hasRoutes = live.coverage.get('route')?.state === 'complete'
  const idle = (hasRoutes ? entitiesOf(live, 'service') : [])
    .filter(service => !served.has(service.key))
    .map((service): Api => {
      const origin = described.origins.of(service)
      return {
        ...common,
        service: service.key,
        route: null,
        hosts: [],
        paths: [],
        methods: [],
        expression: null,
        protocols: [],
        tags: texts(service.fields.tags ?? [...service.tags]),
        authentication: null,
        managed: managedIn(wanted, service),
        specification: origin ? originAt(origin) : null,
        unreachable: null,
        enabled: service.fields.enabled !== false,
      }
    })
  return [...rows, ...idle].sort(
    (a, b) => compareTexts(a.service, b.service) || compareTexts(a.route, b.route),
  )
}

/** Why no request reaches a route, and which routes answer in its place. */
function unreachableText(route: RoutePosture | undefined, masked: Masker): string | null {
  const shadow = route?.unreachable
  if (!shadow) return null
  const by = shadow.by.map(each => each.name ?? each.id ?? '?').join(', ')
  return masked(by === '' ? shadow.reason : `${shadow.reason}: ${by}`)
}

function managedIn(desired: State | null, entity: Entity): boolean | null {
  if (!desired) return null
  return desired.entities.get(entity.kind)?.has(entity.key) ?? false
}

/** The texts of a list; what is masked stays so. */
function texts(value: Json | undefined): readonly string[] {
  if (!isArray(value)) return []
  return value.flatMap(item =>
    isSecretMark(item) ? (item.$shown ?? '••••') : typeof item === 'string' ? item : [],
  )
}

function compareTexts(a: string | null, b: string | null): number {
  return (a ?? '').localeCompare(b ?? '')
}
