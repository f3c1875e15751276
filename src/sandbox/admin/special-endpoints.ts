import { randomUUID } from 'node:crypto'
import { isObject, type Json } from '../json.ts'
import { isUuid } from '../schema/limits/limits.ts'
import { type Kind, kindNamed } from '../store/kinds.ts'
import { notFound, plain } from '../store/problems.ts'
import type { Row } from '../store/table.ts'
import type { Call, Endpoint } from './endpoint.ts'
import {
  childrenAfter,
  create,
  find,
  list,
  missingKey,
  remove,
  show,
  update,
  upsert,
} from './entity-endpoints.ts'
import { type AdminResponse, answer, answerText, argument, noContent, refuse } from './exchange.ts'
import { listAnswer, pageOf } from './lists.ts'
import { needsWasm, withoutWasm } from './node-endpoints.ts'
import { shownText } from './shown.ts'

function kind(name: string): Kind {
  const found = kindNamed(name)
  if (found === undefined) throw new Error(`no kind ${name}`)
  return found
}

const certificates = kind('certificates')
const snis = kind('snis')
const upstreams = kind('upstreams')
const targets = kind('targets')
const plugins = kind('plugins')
const consumers = kind('consumers')
const acls = kind('acls')

/** A certificate may be named by one of its names. */
function certificateOfName(call: Call): Call | AdminResponse {
  const text = call.params[certificates.name] ?? ''
  if (isUuid(text)) return call
  const { database } = call.state
  const found = database.select(snis, { field: 'name', value: text })
  if ('problem' in found) return refuse(found.problem)
  const owner = found.value?.entity.certificate
  const known = isObject(owner) && typeof owner.id === 'string' ? owner.id : undefined
  if (known === undefined && call.method !== 'PUT') return refuse(plain(404, 'SNI not found'))
  const id = known ?? randomUUID()
  return { ...call, params: { ...call.params, [certificates.name]: id, name: text } }
}

/** A put by name adds the name; a put without names takes them all. */
function prepareNames(call: Call): void {
  const given = call.body.snis
  const name = call.method === 'PUT' ? call.params.name : undefined
  let names: Json | undefined = typeof given === 'string' ? [given] : given
  if (Array.isArray(names) && name !== undefined && !names.includes(name)) names = [...names, name]
  if (names === undefined && call.method === 'PUT') names = null
  if (names !== undefined) call.body.snis = names
}

const certificateEndpoints: Endpoint[] = [
  {
    path: '/certificates/{certificates}',
    before: certificateOfName,
    methods: {
      GET: call => {
        const id = (call.params[certificates.name] ?? '').toLowerCase()
        const row = call.state.database.table(certificates.name).get(id)
        return row === undefined ? missingKey(id) : show(call.state, certificates, row)
      },
      PUT: call => {
        prepareNames(call)
        return upsert(call, certificates)
      },
      PATCH: call => {
        prepareNames(call)
        return update(call, certificates)
      },
      DELETE: call => remove(call, certificates),
    },
  },
]

/** Targets in the order in which the balancer has them: the newest first. */
function activeTargets(call: Call, upstream: Row): Row[] {
  const rows = call.state.database.table(targets.name).pointingTo('upstream', upstream.id)
  const made = (row: Row) => Number(row.entity.created_at)
  return rows.sort((a, b) => made(b) - made(a) || (a.id < b.id ? 1 : -1))
}

/** A page of targets: the offset of this list is a number. */
function targetPage(
  call: Call,
  upstream: Row,
  show: (row: Row) => string,
  path: string,
  more = '',
): AdminResponse {
  const page = pageOf(new Map([...call.query].filter(([name]) => name !== 'offset')), true)
  if ('problem' in page) return refuse(page.problem)
  const start = Math.max(0, Math.trunc(Number(argument(call.query, 'offset') ?? 0)) || 0)
  const rows = activeTargets(call, upstream).filter(page.value.wants)
  const end = start + page.value.size
  const offset = rows.length > end ? String(end) : undefined
  const next = offset === undefined ? undefined : `${path}?offset=${offset}`
  const answered = listAnswer(rows.slice(start, end).map(show), offset, next)
  return more === '' ? answered : { ...answered, text: `${answered.text?.slice(0, -1)}${more}}` }
}

function findTarget(call: Call): { readonly row: Row } | { readonly answer: AdminResponse } {
  const upstream = find(call, upstreams)
  if ('answer' in upstream) return upstream
  const text = call.params[targets.name] ?? ''
  const rows = activeTargets(call, upstream.row)
  const row = rows.find(one => one.id === text.toLowerCase() || (!isUuid(text) && one.entity.target === text))
  return row === undefined ? { answer: refuse(notFound) } : { row }
}

const withTarget = (act: (call: Call, row: Row) => AdminResponse) => (call: Call) => {
  const found = findTarget(call)
  return 'answer' in found
    ? found.answer
    : act({ ...call, params: { [targets.name]: found.row.id } }, found.row)
}

const setHealth = { PUT: withTarget(() => noContent) }
const oneTarget = '/upstreams/{upstreams}/targets/{targets}'
const disabled: Endpoint['methods'] = {}
const nothing = (): AdminResponse => refuse(notFound)

const targetEndpoints: Endpoint[] = [
  { path: '/targets', before: nothing, methods: disabled },
  { path: '/targets/{targets}', before: nothing, methods: disabled },
  { path: '/targets/{targets}/upstream', before: nothing, methods: disabled },
  { path: '/snis/{snis}/certificate', before: nothing, methods: disabled },
  {
    path: '/upstreams/{upstreams}/targets',
    methods: {
      GET: call => {
        const found = find(call, upstreams)
        if ('answer' in found) return found.answer
        const table = call.state.database.table(targets.name)
        const path = `/upstreams/${call.params[upstreams.name]}/targets`
        return targetPage(call, found.row, row => shownText(call.state.database, table, row), path)
      },
      POST: call => {
        const found = find(call, upstreams)
        if ('answer' in found) return found.answer
        call.body.upstream = { id: found.row.id }
        return create(call, targets)
      },
    },
  },
  {
    path: '/upstreams/{upstreams}/targets/all',
    methods: {
      GET: call => {
        const found = find(call, upstreams)
        if ('answer' in found) return found.answer
        const rows = call.state.database.table(targets.name).pointingTo('upstream', found.row.id)
        const path = `/upstreams/${call.params[upstreams.name]}/targets/all`
        return list(call, targets, after => childrenAfter(rows, after), path)
      },
    },
  },
  {
    path: oneTarget,
    methods: {
      GET: withTarget((call, row) => show(call.state, targets, row)),
      PATCH: withTarget(call => update(call, targets)),
      PUT: withTarget(call => update(call, targets)),
      DELETE: withTarget(call => remove(call, targets)),
    },
  },
  ...['healthy', 'unhealthy', '{address}/healthy', '{address}/unhealthy'].map(end => ({
    path: `${oneTarget}/${end}`,
    methods: setHealth,
  })),
  {
    path: '/upstreams/{upstreams}/health',
    methods: {
      GET: call => {
        const found = find(call, upstreams)
        if ('answer' in found) return found.answer
        const node = `,"node_id":${JSON.stringify(call.state.nodeId)}`
        const shown = (row: Row) => JSON.stringify({ ...row.entity, health: 'HEALTHCHECKS_OFF' })
        return targetPage(call, found.row, shown, `/upstreams/${call.params[upstreams.name]}/health`, node)
      },
    },
  },
]

/** A patch of a plugin is checked with the plugin's name, which need not be sent. */
function withPluginName(call: Call): Call | AdminResponse {
  if (call.method !== 'PATCH' || call.body.name !== undefined) return call
  const found = find(call, plugins)
  if ('answer' in found) return found.answer
  call.body.name = found.row.entity.name ?? null
  return call
}

/** A group in a path means the consumer's membership in it. */
function membershipOfGroup(call: Call): Call | AdminResponse {
  const group = call.params[acls.name] ?? ''
  if (isUuid(group)) return call
  const consumer = find(call, consumers)
  if ('answer' in consumer) return consumer.answer
  const rows = call.state.database.table(acls.name).pointingTo('consumer', consumer.row.id)
  const row = rows.find(one => one.entity.group === group)
  if (row === undefined && call.method !== 'PUT') return refuse(notFound)
  if (call.method === 'PUT') call.body.group ??= group
  return { ...call, params: { ...call.params, [acls.name]: row?.id ?? randomUUID() } }
}

/** Consumers may be asked for by the id that another system gave them. */
function consumersByCustomId(call: Call): Call | AdminResponse {
  const id = argument(call.query, 'custom_id')
  if (call.method !== 'GET' || id === undefined) return call
  if (id === '') return answer(400, { message: 'custom_id must be an unempty string' })
  const table = call.state.database.table(consumers.name)
  const row = table.find('custom_id', id)
  const texts = row === undefined ? [] : [shownText(call.state.database, table, row)]
  return answerText(200, `{"data":[${texts.join(',')}],"next":null}`)
}

const befores: ReadonlyMap<string, NonNullable<Endpoint['before']>> = new Map([
  ['/consumers', consumersByCustomId],
  ['/certificates/{certificates}/snis', certificateOfName],
  ['/certificates/{certificates}/snis/{snis}', certificateOfName],
  ['/consumers/{consumers}/acls/{acls}', membershipOfGroup],
  ...['', '/consumers/{consumers}', '/routes/{routes}', '/services/{services}'].map(
    above => [`${above}/plugins/{plugins}`, withPluginName] as const,
  ),
])

/** Adds the special behaviour of some kinds to the common endpoints. */
export function withSpecialKinds(endpoints: readonly Endpoint[]): Endpoint[] {
  const schemas = new Map(endpoints.map(endpoint => [endpoint.path, endpoint.schema]))
  const prepared = endpoints.map(endpoint => {
    const before = needsWasm(endpoint.path) ? withoutWasm : befores.get(endpoint.path)
    return before === undefined ? endpoint : { ...endpoint, before }
  })
  const own = [...certificateEndpoints, ...targetEndpoints]
  return [...prepared, ...own.map(endpoint => ({ ...endpoint, schema: schemas.get(endpoint.path) }))]
}
