import type { GatewayState } from '../gateway/gateway-state.ts'
import { isObject, type JsonObject } from '../json.ts'
import { setNames } from '../store/certificate-names.ts'
import { type Kind, kinds } from '../store/kinds.ts'
import { noSuchKey, notAllowed, notFound, type Outcome } from '../store/problems.ts'
import type { Key } from '../store/record-keys.ts'
import type { Row } from '../store/table.ts'
import type { Call, Endpoint, Handler } from './endpoint.ts'
import { type AdminResponse, answerText, noContent, refuse } from './exchange.ts'
import { listAnswer, nextQuery, pageOf, takePage } from './lists.ts'
import { shownText } from './shown.ts'

/** An entity, found; or the answer that ends the request. */
export type Found = { readonly row: Row } | { readonly answer: AdminResponse }

const param = (call: Call, kind: Kind): string => call.params[kind.name] ?? ''

/** Shows one entity. */
export const show = (state: GatewayState, kind: Kind, row: Row, status = 200): AdminResponse =>
  answerText(status, shownText(state.database, state.database.table(kind.name), row))

const shownOr = (state: GatewayState, kind: Kind, outcome: Outcome<Row>, status = 200): AdminResponse =>
  'problem' in outcome ? refuse(outcome.problem) : show(state, kind, outcome.value, status)

/** The entity that a path names. */
export function find(call: Call, kind: Kind): Found {
  const { database } = call.state
  const found = database.select(kind, database.keyOf(kind, param(call, kind)))
  if ('problem' in found) return { answer: refuse(found.problem) }
  return found.value === undefined ? { answer: refuse(notFound) } : { row: found.value }
}

const idIn = (entity: JsonObject, field: string): string | undefined => {
  const key = entity[field]
  return isObject(key) && typeof key.id === 'string' ? key.id : undefined
}

/** A child below a parent in a path, if it belongs to it. */
function findBelow(call: Call, parent: Kind, child: Kind, field: string): Found {
  const above = find(call, parent)
  if ('answer' in above) return above
  const below = find(call, child)
  if ('answer' in below) return below
  return idIn(below.row.entity, field) === above.row.id ? below : { answer: refuse(notFound) }
}

/** Creates, and gives a certificate its names. */
export function create(call: Call, kind: Kind): AdminResponse {
  const names = call.body.snis
  const made = call.state.database.insert(kind, call.body)
  if ('problem' in made || kind.name !== 'certificates') return shownOr(call.state, kind, made, 201)
  const problem = setNames(call.state.database, made.value.id, names)
  return problem === undefined ? show(call.state, kind, made.value, 201) : refuse(problem)
}

/** Changes or puts, and gives a certificate its names. */
function write(call: Call, kind: Kind, key: Key, how: 'update' | 'upsert'): AdminResponse {
  const { database } = call.state
  const names = call.body.snis
  const outcome =
    how === 'update' ? database.update(kind, key, call.body) : database.upsert(kind, key, call.body)
  if ('problem' in outcome || kind.name !== 'certificates') return shownOr(call.state, kind, outcome)
  const problem = setNames(database, outcome.value.id, names)
  return problem === undefined ? show(call.state, kind, outcome.value) : refuse(problem)
}

const keyIn = (call: Call, kind: Kind): Key => call.state.database.keyOf(kind, param(call, kind))

export const update = (call: Call, kind: Kind): AdminResponse =>
  write(call, kind, keyIn(call, kind), 'update')
export const upsert = (call: Call, kind: Kind): AdminResponse =>
  write(call, kind, keyIn(call, kind), 'upsert')

export function remove(call: Call, kind: Kind): AdminResponse {
  const outcome = call.state.database.delete(kind, keyIn(call, kind))
  return 'problem' in outcome ? refuse(outcome.problem) : noContent
}

/** A page of rows; `nextPath` is the path that the next page has. */
export function list(
  call: Call,
  kind: Kind,
  rows: (after: string | undefined) => Iterable<Row>,
  nextPath: string,
): AdminResponse {
  const page = pageOf(call.query, true)
  if ('problem' in page) return refuse(page.problem)
  const { database } = call.state
  const table = database.table(kind.name)
  const taken = takePage(rows(page.value.after), page.value)
  const texts = taken.rows.map(row => shownText(database, table, row))
  const next = taken.offset === undefined ? undefined : `${nextPath}${nextQuery(call.query, taken.offset)}`
  return listAnswer(texts, taken.offset, next)
}

/** Children of an entity, after an id. */
export const childrenAfter = (rows: readonly Row[], after: string | undefined): Row[] =>
  after === undefined ? [...rows] : rows.filter(row => row.id > after)

function collection(kind: Kind): Endpoint['methods'] {
  return {
    GET: call =>
      list(call, kind, after => call.state.database.table(kind.name).rowsAfter(after), `/${kind.path}`),
    POST: call => create(call, kind),
  }
}

/** `/services/{services}`. */
const single = (kind: Kind): Endpoint['methods'] => ({
  GET: call => {
    const found = find(call, kind)
    return 'answer' in found ? found.answer : show(call.state, kind, found.row)
  },
  PUT: call => upsert(call, kind),
  PATCH: call => update(call, kind),
  DELETE: call => remove(call, kind),
})

/** `/services/{services}/routes`. */
const nestedCollection = (parent: Kind, child: Kind, field: string): Endpoint['methods'] => ({
  GET: call => {
    const above = find(call, parent)
    if ('answer' in above) return above.answer
    const rows = call.state.database.table(child.name).pointingTo(field, above.row.id)
    const path = `/${parent.path}/${param(call, parent)}/${child.nestedPath}`
    return list(call, child, after => childrenAfter(rows, after), path)
  },
  POST: call => {
    const above = find(call, parent)
    if ('answer' in above) return above.answer
    call.body[field] = { id: above.row.id }
    return create(call, child)
  },
})

/** `/services/{services}/routes/{routes}`. */
const nestedSingle = (parent: Kind, child: Kind, field: string): Endpoint['methods'] => ({
  GET: call => {
    const below = findBelow(call, parent, child, field)
    return 'answer' in below ? below.answer : show(call.state, child, below.row)
  },
  PUT: call => {
    const above = find(call, parent)
    if ('answer' in above) return above.answer
    call.body[field] = { id: above.row.id }
    return upsert(call, child)
  },
  PATCH: call => {
    const below = findBelow(call, parent, child, field)
    if ('answer' in below) return below.answer
    call.body[field] ??= { id: idIn(below.row.entity, field) ?? null }
    return update(call, child)
  },
  DELETE: call => {
    const below = findBelow(call, parent, child, field)
    return 'answer' in below ? below.answer : remove(call, child)
  },
})

/** `/routes/{routes}/service`: the entity that another points to. */
function pointedTo(from: Kind, to: Kind, field: string): Endpoint['methods'] {
  const target = (call: Call, act: (key: Key) => AdminResponse): AdminResponse => {
    const found = find(call, from)
    if ('answer' in found) return found.answer
    const id = idIn(found.row.entity, field)
    return id === undefined ? refuse(notFound) : act({ field: 'id', value: id })
  }
  const put: Handler = call => {
    const found = find(call, from)
    if ('answer' in found) return found.answer
    const id = idIn(found.row.entity, field)
    if (id !== undefined) return write(call, to, { field: 'id', value: id }, 'upsert')
    const made = call.state.database.insert(to, call.body)
    if ('problem' in made) return refuse(made.problem)
    const bound = call.state.database.update(
      from,
      { field: 'id', value: found.row.id },
      { [field]: { id: made.value.id } },
    )
    return 'problem' in bound ? refuse(bound.problem) : show(call.state, to, made.value)
  }
  return {
    GET: call =>
      target(call, key => {
        const row = call.state.database.table(to.name).get(key.value)
        return row === undefined ? refuse(notFound) : show(call.state, to, row)
      }),
    PUT: put,
    PATCH: call => target(call, key => write(call, to, key, 'update')),
    DELETE: call => target(call, () => refuse(notAllowed)),
  }
}

/** The endpoints that each kind has by its schema alone. */
export function entityEndpoints(state: GatewayState): Endpoint[] {
  const endpoints: Endpoint[] = []
  for (const { kind, schema, references } of state.database.tables) {
    endpoints.push({ path: `/${kind.path}`, methods: collection(kind), schema })
    endpoints.push({ path: `/${kind.path}/{${kind.name}}`, methods: single(kind), schema })
    for (const { field, kind: parentName } of references) {
      const parent = kinds.find(one => one.name === parentName)
      if (parent === undefined) continue
      const below = `/${parent.path}/{${parent.name}}/${kind.nestedPath}`
      const parentSchema = state.database.table(parentName).schema
      endpoints.push(
        {
          path: `/${kind.path}/{${kind.name}}/${field}`,
          methods: pointedTo(kind, parent, field),
          schema: parentSchema,
        },
        { path: below, methods: nestedCollection(parent, kind, field), schema },
        { path: `${below}/{${kind.name}}`, methods: nestedSingle(parent, kind, field), schema },
      )
    }
  }
  return endpoints
}

/** The answer for a missing certificate. */
export const missingKey = (id: string): AdminResponse => refuse(noSuchKey({ id }))
