import type { Entity } from '../../../../model/entity.ts'
import type { JsonObject } from '../../../../model/json.ts'
import type { Schemas } from '../../../../model/schema/schema.ts'
import { recordFor } from '../../../../model/state/build-state.ts'
import { normaliseRecord } from '../../../../model/state/normalise.ts'
import { kinds } from '../../kinds/index.ts'
import { closedFields } from '../../router/closed.ts'
import { readConfig } from '../../router/configuration/read-config.ts'

/** What closes a route: nothing matches it then. */
export function closedBody({ fields }: Entity): JsonObject {
  const [config] = readConfig({ routes: [fields] }).config.routes
  return closedFields(config ?? {})
}

/** The same as a gateway then lists it. */
export function closedLeaves(route: Entity, schemas: Schemas): JsonObject {
  const body = closedBody(route)
  const kind = kinds.of('route')
  const schema = schemas.get('route')
  if (!kind || !schema) return body
  const fields = normaliseRecord(body, recordFor({ fields: body }, kind, schema), 'gateway')
  return Object.fromEntries(Object.keys(body).map(name => [name, fields[name] ?? null]))
}

/** What a route gets back, or gets, in the fields that closed it: `closed` is the route as it was when it was. */
export function openBody(closed: Entity, wanted: Entity): JsonObject {
  const names = Object.keys(closedBody(closed))
  return Object.fromEntries(names.map(name => [name, wanted.fields[name] ?? null]))
}
