import { isSecretMark } from '../../model/entity.ts'
import { asString, isArray, type Json } from '../../model/json.ts'
import { entitiesOf, entityAt, type State } from '../../model/state/state.ts'
import type { ApiFacet } from '../provider.ts'

/** Every route, and every service without routes where routes are known. */
export function apis(state: State): readonly ApiFacet[] {
  const served = new Set<string>()
  const rows = entitiesOf(state, 'route').map((route): ApiFacet => {
    const service = route.refs.service ? entityAt(state, route.refs.service) : undefined
    if (service) served.add(service.key)
    return {
      entity: route,
      service: route.refs.service?.key ?? null,
      route: route.key,
      hosts: texts(route.fields.hosts),
      paths: texts(route.fields.paths),
      methods: texts(route.fields.methods),
      expression: asString(route.fields.expression) || null,
      protocols: texts(route.fields.protocols),
      tags: texts(route.fields.tags ?? [...route.tags]),
      enabled: route.refs.service && !service ? null : service?.fields.enabled !== false,
    }
  })
  // Where routes could not be read, nobody knows which services have none.
  const hasRoutes = state.coverage.get('route')?.state === 'complete'
  const idle = (hasRoutes ? entitiesOf(state, 'service') : [])
    .filter(service => !served.has(service.key))
    .map(
      (service): ApiFacet => ({
        entity: service,
        service: service.key,
        route: null,
        hosts: [],
        paths: [],
        methods: [],
        expression: null,
        protocols: [],
        tags: texts(service.fields.tags ?? [...service.tags]),
        enabled: service.fields.enabled !== false,
      }),
    )
  return [...rows, ...idle]
}

/** The texts of a list; what is masked stays so. */
function texts(value: Json | undefined): readonly string[] {
  if (!isArray(value)) return []
  return value.flatMap(item =>
    isSecretMark(item) ? (item.$shown ?? '••••') : typeof item === 'string' ? item : [],
  )
}
