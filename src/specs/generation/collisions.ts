import { canonicalText, isArray, isObject, type Json, type JsonObject } from '../../model/json.ts'
import type { Problem } from '../../model/problem.ts'
import type { Generated, Origin } from '../manifest.ts'
import { OperationPaths } from './path-index.ts'

type Made = Pick<Generated, 'manifest' | 'origins'>

interface Entity {
  readonly kind: 'service' | 'upstream' | 'route'
  readonly fields: JsonObject
  readonly origin: Origin
}

/**
 * What will collide in the gateway: entities of one kind with the same name, and routes that answer the same request
 * with nothing to decide between them.
 */
export function findCollisions(made: Made): readonly Problem[] {
  const entities = entitiesOf(made)
  return [...sameNames(entities), ...sameRequests(entities.filter(({ kind }) => kind === 'route'))]
}

function entitiesOf({ manifest, origins }: Made): readonly Entity[] {
  const list = (kind: Entity['kind'], values: Json | undefined, pointer: string): readonly Entity[] =>
    (isArray(values) ? values : []).flatMap((fields, index) => {
      const origin = origins.get(`${pointer}/${index}`)
      if (!isObject(fields) || !origin) return []
      const own = { kind, fields, origin }
      return kind === 'service' ? [own, ...list('route', fields.routes, `${pointer}/${index}/routes`)] : [own]
    })
  return [
    ...list('service', manifest.services, '/services'),
    ...list('upstream', manifest.upstreams, '/upstreams'),
  ]
}

function sameNames(entities: readonly Entity[]): readonly Problem[] {
  const first = new Map<string, Entity>()
  return entities.flatMap(entity => {
    const name = String(entity.fields.name)
    const key = `${entity.kind} ${name}`
    const other = first.get(key)
    if (other === undefined) {
      first.set(key, entity)
      return []
    }
    const message = `Two ${entity.kind}s are called "${name}": this one and that of ${describe(other.origin)}`
    const hint = 'Give one of them an x-kong-name, or another operationId.'
    return [{ code: 'duplicate-name', message, hint, place: entity.origin.place }]
  })
}

function sameRequests(routes: readonly Entity[]): readonly Problem[] {
  const groups = new Map<string, OperationPaths<Entity>>()
  const found = routes.flatMap((route): readonly Problem[] => {
    const { fields, origin } = route
    const [regex] = isArray(fields.paths) ? fields.paths : []
    if (typeof regex !== 'string') return []
    const keys = ['methods', 'hosts', 'headers', 'snis', 'sources', 'destinations', 'regex_priority']
    const group = canonicalText(keys.map(key => fields[key] ?? null))
    const index = groups.get(group) ?? new OperationPaths<Entity>()
    groups.set(group, index)
    const other = index.find(regex)
    index.add(regex, route)
    if (other === undefined) return []
    const message = `${describe(other.origin)} may also answer requests for ${describe(origin, false)}: both routes match, with the same priority`
    const hint =
      'Give one of them another regex_priority in x-kong-route-defaults, or make their paths differ.'
    return [{ code: 'colliding-routes', message, hint, place: origin.place }]
  })
  if (![...groups.values()].some(index => index.exhausted)) return found
  return [
    ...found,
    { code: 'colliding-routes', message: 'There are too many paths to compare all of them with each other' },
  ]
}

function describe(origin: Origin, withLine = true): string {
  const what = origin.method ? `${origin.method} ${origin.path}` : (origin.path ?? 'the document')
  return withLine ? `${what} (line ${origin.place.line})` : what
}
