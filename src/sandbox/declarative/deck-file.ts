import type { GatewayState } from '../gateway/gateway-state.ts'
import { idOf, isObject, type Json, type JsonObject, jsonObject } from '../json.ts'
import { kinds } from '../store/kinds.ts'
import type { Row } from '../store/table.ts'

/** Kinds that decK nests in their parents, and the field that refers to the parent. */
const nested: Readonly<Record<string, string>> = {
  snis: 'certificate',
  targets: 'upstream',
  acls: 'consumer',
  basicauth_credentials: 'consumer',
  hmacauth_credentials: 'consumer',
  jwt_secrets: 'consumer',
  keyauth_credentials: 'consumer',
  oauth2_credentials: 'consumer',
}

/** Foreign fields that decK has as objects; it has the others as text. */
const asObject = new Set(['routes.service', 'keys.set', 'upstreams.client_certificate'])

/** What is set; inside a plugin's configuration null may be set, to override a default. */
function whatIsSet(value: Json): Json {
  if (!isObject(value)) return value
  const kept = jsonObject()
  for (const [name, part] of Object.entries(value)) if (part !== null) kept[name] = whatIsSet(part)
  return kept
}

function entityOf(row: Row, owner: string | undefined): JsonObject {
  const kept = jsonObject()
  for (const [name, value] of Object.entries(row.entity)) {
    if (value !== null && name !== owner && name !== 'updated_at')
      kept[name] = name === 'config' ? value : whatIsSet(value)
  }
  return kept
}

/**
 * Everything that a gateway holds as a decK file, with ids, so that loading it produces the same gateway; only the
 * update times are lost. Passwords are in it as the gateway keeps them: hashed.
 */
export function deckFile(state: GatewayState): JsonObject {
  const file: JsonObject = { _format_version: '3.0' }
  const { database } = state
  for (const kind of kinds) {
    if (nested[kind.name] !== undefined) continue
    const entities = [...database.table(kind.name).rows()].map(row => {
      const entity = entityOf(row, undefined)
      for (const { field } of database.table(kind.name).references) {
        const id = idOf(entity[field])
        if (id !== undefined && !asObject.has(`${kind.name}.${field}`)) entity[field] = id
      }
      for (const [child, field] of Object.entries(nested)) {
        const table = database.table(child)
        if (!table.references.some(one => one.field === field && one.kind === kind.name)) continue
        const rows = table.pointingTo(field, row.id)
        if (rows.length > 0) entity[child] = rows.map(one => entityOf(one, field))
      }
      return entity
    })
    if (entities.length > 0) file[kind.name] = entities
  }
  return file
}
