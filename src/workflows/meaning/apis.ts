import type { Api } from '../../model/api.ts'
import type { Entity } from '../../model/entity.ts'
import type { Masker } from '../../model/masking/masked-sentences.ts'
import { maskerOf } from '../../model/masking/masks.ts'
import type { RoutePosture } from '../../model/routing/posture.ts'
import type { State } from '../../model/state/state.ts'
import type { Compared } from '../reading/compare-target.ts'
import { type Described, describedRoutes, nothingDescribed, originAt } from './described-requests.ts'
import { authenticationOf, protectionOf } from './protection.ts'

/** The inventory of one target: a row for every route, and one for every service without routes. */
export function apisOf(compared: Compared, described: Described = nothingDescribed): readonly Api[] {
  const { live, desired, target } = compared
  const wanted = target.manifests.length > 0 ? desired : null
  const protection = protectionOf(live)
  const specifications = describedRoutes(live, described)
  return target.provider
    .apis(live)
    .map(({ entity, ...facet }): Api => {
      const isRoute = facet.route !== null
      const posture = isRoute ? protection?.get(entity.key) : undefined
      const origin = isRoute ? undefined : described.origins.of(entity)
      return {
        target: target.name,
        environment: target.environment,
        ...facet,
        authentication: isRoute ? authenticationOf(posture) : null,
        managed: managedIn(wanted, entity),
        specification: (isRoute ? specifications.get(entity.key) : origin && originAt(origin)) ?? null,
        unreachable: unreachableText(posture, maskerOf(live)),
      }
    })
    .sort((a, b) => compareNames(a.service, b.service) || compareNames(a.route, b.route))
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

/** Compares names in natural order; a missing name comes first. */
function compareNames(a: string | null, b: string | null): number {
  return (a ?? '').localeCompare(b ?? '')
}
