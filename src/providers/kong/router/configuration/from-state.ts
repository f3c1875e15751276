import type { Entity, EntityRef } from '../../../../model/entity.ts'
import type { JsonObject } from '../../../../model/json.ts'
import { readableFields } from '../../../../model/masking/masks.ts'
import { entitiesOf, entityAt, type State } from '../../../../model/state/state.ts'
import { kinds } from '../../kinds/index.ts'
import type { GatewayConfig } from './config.ts'
import { readConfig } from './read-config.ts'

/** The kinds that decide how requests are answered. */
export const kindsOfRouting = [
  'route',
  'service',
  'plugin',
  'consumer',
  'key-auth',
  'basic-auth',
  'hmac-auth',
  'jwt-auth',
  'oauth2-cred',
  'acl-group',
  'upstream',
  'target',
] as const

/**
 * A state in the form that routing works on. Routes and services go by their key in place of an id, so that
 * the same route is the same before and after a change; secrets stay marks, which routing takes as unknown, and what is
 * masked by where it came from or by its name counts as the gateway reads it.
 * A kind that was not read completely is left out, so that what hangs on it is said to be unknown.
 */
export function configOfState(state: State): GatewayConfig {
  const lists: Record<string, readonly JsonObject[]> = {}
  for (const kind of kindsOfRouting) {
    const definition = kinds.of(kind)
    const known = state.coverage.get(kind)?.state === 'complete'
    if (!definition || (!known && kind !== 'route' && kind !== 'service')) continue
    const listing = entitiesOf(state, kind).map(entity => listed(entity, state))
    // What stands behind a mask and nobody knows is as if it had not been read.
    if (listing.includes(undefined) && kind !== 'route' && kind !== 'service') continue
    lists[definition.transport.path] = listing.filter(each => each !== undefined)
  }
  return readConfig(lists).config
}

function listed(entity: Entity, state: State): JsonObject | undefined {
  const fields = readableFields(entity.fields, state)
  return (
    fields && {
      ...fields,
      id: idOf(entity, entity),
      ...(entity.kind === 'route' && entity.id !== undefined && { gateway_id: entity.id }),
      ...Object.fromEntries(
        Object.entries(entity.refs).map(([field, ref]) => [field, { id: idOf(ref, entityAt(state, ref)) }]),
      ),
    }
  )
}

function idOf(ref: EntityRef, entity: Entity | undefined): string {
  if (ref.kind === 'route' || ref.kind === 'service') return ref.key
  return entity?.id ?? ref.key
}
