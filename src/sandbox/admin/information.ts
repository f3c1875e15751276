import { hostname } from 'node:os'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { vaultSchemas } from '../schema/compile/variants.ts'
import { filled } from '../schema/validate/fill.ts'
import { entityViolations } from '../schema/validate/validate.ts'
import { addEntityViolation, isEmpty } from '../schema/validate/violations.ts'
import { kinds } from '../store/kinds.ts'
import { plain, schemaViolation } from '../store/problems.ts'
import { apartViolation } from '../store/special-kinds.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { type AdminResponse, answer, argument, refuse } from './exchange.ts'
import { listAnswer, offsetAfter, pageOf } from './lists.ts'

function about(call: Call): AdminResponse {
  const { facts, database, listening } = call.state
  const names = [...database.table('plugins').rows()].map(row => String(row.entity.name))
  return answer(200, {
    version: facts.version,
    edition: facts.edition,
    tagline: facts.tagline,
    hostname: hostname(),
    node_id: call.state.nodeId,
    plugins: { enabled_in_cluster: [...new Set(names)], available_on_server: facts.available },
    configuration: {
      database: call.state.dbless === undefined ? 'postgres' : 'off',
      router_flavor: facts.routerFlavor,
      // What is written applies from the next request on.
      worker_consistency: 'strict',
      role: 'traditional',
      admin_listen: [listening.admin],
      proxy_listen: listening.proxy === undefined ? ['off'] : [listening.proxy],
      loaded_plugins: Object.fromEntries(facts.pluginOrder.map(name => [name, true])),
      plugins: ['bundled'],
    },
  })
}

function status(call: Call): AdminResponse {
  const { dbless, requests, isDatabaseReachable } = call.state
  return answer(200, {
    server: {
      connections_active: 1,
      total_requests: requests,
      connections_reading: 0,
      connections_handled: 1,
      connections_writing: 1,
      connections_accepted: 1,
      connections_waiting: 0,
    },
    memory: { workers_lua_vms: [{ pid: process.pid }] },
    ...(dbless === undefined
      ? { database: { reachable: isDatabaseReachable } }
      : { configuration_hash: dbless.hash }),
  })
}

/** Removes what only the facts' own reader needs. */
function published(value: Json): Json {
  if (Array.isArray(value)) return value.map(published)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, part]) => name !== 'named_type' || typeof part !== 'string')
      .map(([name, part]) => [name, published(part)]),
  )
}

const schemaAnswer = (schema: JsonObject | undefined, missing: string): AdminResponse =>
  schema === undefined ? refuse(plain(404, missing)) : answer(200, published(schema))

function validate(call: Call, kind: string): AdminResponse {
  const schema = call.state.library.of(kind)
  const known = kinds.find(one => one.name === kind)
  if (schema === undefined || known === undefined) {
    return refuse(plain(404, `No entity named '${kind}'`))
  }
  const complete = filled(schema, call.body, 'insert')
  const violations =
    'violations' in complete
      ? complete.violations
      : entityViolations(schema, complete.entity, {
          full: true,
          updating: false,
          ...(known.ttl ? { besides: ['ttl'] } : {}),
        })
  const apart = 'entity' in complete && apartViolation(known, complete.entity, complete.entity, undefined)
  if (apart) addEntityViolation(violations, apart)
  if (!isEmpty(violations)) return refuse(schemaViolation(violations))
  return answer(200, { message: 'schema validation successful' })
}

interface Tagging {
  readonly entity_name: string
  readonly entity_id: string
  readonly tag: string
  readonly place: number
}

/** Each tag of each entity, in the order of the entities' ids. */
function taggings(call: Call): Tagging[] {
  const found: Tagging[] = []
  for (const { kind, ...table } of call.state.database.tables.map(one => ({
    kind: one.kind,
    rows: one.rows(),
  }))) {
    for (const row of table.rows) {
      const tags = row.entity.tags
      if (!Array.isArray(tags)) continue
      tags.forEach((tag, i) => {
        found.push({ entity_name: kind.name, entity_id: row.id, tag: String(tag), place: i + 1 })
      })
    }
  }
  return found.sort((a, b) =>
    a.entity_id < b.entity_id ? -1 : a.entity_id > b.entity_id ? 1 : a.place - b.place,
  )
}

function tagList(call: Call, tag: string | undefined, path: string): AdminResponse {
  const page = pageOf(call.query, false)
  if ('problem' in page) return refuse(page.problem)
  const { size, after } = page.value
  const offset = argument(call.query, 'offset')
  const place = offset === undefined ? 0 : placeIn(offset)
  const isAfter = (one: Tagging) =>
    after === undefined ||
    one.entity_id > after ||
    (tag === undefined && one.entity_id === after && one.place > place)
  const rest = taggings(call).filter(one => (tag === undefined || one.tag === tag) && isAfter(one))
  const taken = rest.slice(0, size)
  const last = taken.at(-1)
  const more = rest.length > size && last !== undefined ? offsetAfter(last.entity_id, last.place) : undefined
  const texts = taken.map(({ entity_name, entity_id, tag: name }) =>
    JSON.stringify({ entity_name, entity_id, tag: name }),
  )
  return listAnswer(
    texts,
    more,
    more === undefined ? undefined : `${path}?offset=${encodeURIComponent(more)}`,
  )
}

function placeIn(offset: string): number {
  const found = /,(\d+)\]$/.exec(Buffer.from(offset, 'base64url').toString('utf8'))
  return Number(found?.[1] ?? 0)
}

/** Endpoints with information about the gateway and its schemas. */
export const informationEndpoints: readonly Endpoint[] = [
  { path: '/', methods: { GET: about } },
  { path: '/status', methods: { GET: status } },
  { path: '/endpoints', methods: { GET: call => answer(200, { data: [...call.state.facts.endpoints] }) } },
  { path: '/tags', methods: { GET: call => tagList(call, undefined, '/tags') } },
  {
    path: '/tags/{tags}',
    methods: { GET: call => tagList(call, call.params.tags, `/tags/${call.params.tags}`) },
  },
  {
    path: '/schemas/{name}',
    methods: {
      GET: call => {
        const name = call.params.name ?? ''
        return schemaAnswer(call.state.facts.entities.get(name), `No entity named '${name}'`)
      },
    },
  },
  {
    path: '/schemas/plugins/{name}',
    methods: {
      GET: call => {
        const name = call.params.name ?? ''
        return schemaAnswer(call.state.facts.plugins.get(name), `No plugin named '${name}'`)
      },
    },
  },
  {
    path: '/schemas/vaults/{name}',
    methods: {
      GET: call => {
        const name = call.params.name ?? ''
        return schemaAnswer(vaultSchemas.get(name), `No vault named '${name}'`)
      },
    },
  },
  {
    path: '/schemas/filters/{name}',
    methods: { GET: call => refuse(plain(404, `Filter '${call.params.name}' not found`)) },
  },
  {
    path: '/plugins/schema/{name}',
    methods: {
      GET: call => {
        const name = call.params.name ?? ''
        const fields = call.state.facts.plugins.get(name)?.fields
        const config = Array.isArray(fields)
          ? fields.map(field => (isObject(field) ? field.config : undefined)).find(isObject)
          : undefined
        return schemaAnswer(config, `No plugin named '${name}'`)
      },
    },
  },
  {
    path: '/plugins/enabled',
    methods: { GET: call => answer(200, { enabled_plugins: [...call.state.facts.pluginOrder] }) },
  },
  { path: '/schemas/plugins/validate', methods: { POST: call => validate(call, 'plugins') } },
  { path: '/schemas/vaults/validate', methods: { POST: call => validate(call, 'vaults') } },
  { path: '/schemas/{name}/validate', methods: { POST: call => validate(call, call.params.name ?? '') } },
]
