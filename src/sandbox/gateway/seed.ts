import type { AdminApi } from '../admin/admin-api.ts'
import { copyObject, type Json, type JsonObject, jsonObject } from '../json.ts'
import { luaLine } from '../lua-text.ts'
import { ConfigurationError, type SeedLists, type SeedRequest } from '../process/configuration.ts'
import { isUuid } from '../schema/limits/limits.ts'
import { filled } from '../schema/validate/fill.ts'
import { setNames } from '../store/certificate-names.ts'
import { type Kind, kindOf, kinds } from '../store/kinds.ts'
import type { GatewayState } from './gateway-state.ts'

const nameOf = (entity: JsonObject): string => {
  const name = entity.name ?? entity.username ?? entity.id
  return typeof name === 'string' ? ` ${name}` : ''
}

/** Inserts an entity in list form: with its id, its times, and a password that is already hashed. */
function restore(state: GatewayState, kind: Kind, listed: JsonObject): void {
  const { schema } = state.database.table(kind.name)
  const given = copyObject(listed)
  const { ttl, snis } = given
  const complete = filled(schema, given, 'insert')
  if ('violations' in complete)
    throw new ConfigurationError(`seed: ${kind.path}${nameOf(listed)}: ${luaLine(complete.violations)}`)
  const entity = jsonObject()
  for (const field of schema.fields) {
    if (!field.transient) entity[field.name] = complete.entity[field.name] ?? null
  }
  if (typeof listed.updated_at === 'number') entity.updated_at = listed.updated_at
  const id = entity.id
  if (!isUuid(id)) throw new ConfigurationError(`seed: ${kind.path}${nameOf(listed)}: id isn’t a UUID`)
  const expires = kind.ttl && typeof ttl === 'number' ? Date.now() + ttl * 1000 : undefined
  state.database.restore(kind, { id: id.toLowerCase(), entity: { ...entity, id: id.toLowerCase() }, expires })
  if (kind.name === 'certificates' && Array.isArray(snis)) setNames(state.database, id.toLowerCase(), snis)
}

function loadLists(state: GatewayState, lists: SeedLists): void {
  const unknown = Object.keys(lists).find(path => kindOf(path) === undefined)
  if (unknown !== undefined) throw new ConfigurationError(`seed: no kind of entity has the path ${unknown}`)
  for (const kind of kinds) {
    // Names are put in with their own ids where the list has them: before the certificates would make them.
    const listed = lists[kind.path] ?? lists[kind.name] ?? []
    for (const entity of listed) restore(state, kind, entity)
  }
}

function makeRequests(api: AdminApi, requests: readonly SeedRequest[]): void {
  for (const { method = 'POST', path, body } of requests) {
    const answered = api({
      method,
      target: path,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(body)),
    })
    if (answered.status >= 400) {
      throw new ConfigurationError(
        `seed: ${method} ${path} was answered ${answered.status}: ${answered.text ?? ''}`,
      )
    }
  }
}

/** Fills a gateway with its initial entities. Throws a `ConfigurationError` for invalid ones. */
export function seed(state: GatewayState, api: AdminApi, given: SeedLists | readonly SeedRequest[]): void {
  if (isRequests(given)) makeRequests(api, given)
  else loadLists(state, given)
}

const isRequests = (given: SeedLists | readonly SeedRequest[]): given is readonly SeedRequest[] =>
  Array.isArray(given)

/** All entities as lists by path, to be put in again by `seed`. */
export function savedLists(state: GatewayState): Record<string, JsonObject[]> {
  const lists: Record<string, JsonObject[]> = {}
  for (const table of state.database.tables) {
    const rows = [...table.rows()].map(row => {
      if (row.expires === undefined) return row.entity
      const left: Json = Math.max(1, Math.round((row.expires - Date.now()) / 1000))
      return { ...row.entity, ttl: left }
    })
    if (rows.length > 0) lists[table.kind.path] = rows
  }
  return lists
}
