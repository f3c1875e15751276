import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AdminApi, adminApi } from '../../src/sandbox/admin/admin-api.ts'
import { loadFacts } from '../../src/sandbox/facts.ts'
import { type GatewayState, gatewayState } from '../../src/sandbox/gateway/gateway-state.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../../src/sandbox/json.ts'
import { schemaLibrary } from '../../src/sandbox/schema/compile/library.ts'
import { parents, requestOf } from './sandbox-bodies.ts'

const facts = loadFacts()
const library = schemaLibrary(facts)

function ask(api: AdminApi, method: string, target: string, body?: Json) {
  const answered = api({
    method,
    target,
    contentType: body === undefined ? undefined : 'application/json',
    body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
  })
  const parsed = answered.text === undefined ? undefined : parseJson(answered.text)
  return { status: answered.status, body: isObject(parsed) ? parsed : undefined }
}

function listed(api: AdminApi, path: string): JsonObject[] {
  const found: JsonObject[] = []
  let next: Json | undefined = `/${path}?size=3`
  while (typeof next === 'string') {
    const page: JsonObject | undefined = ask(api, 'GET', next).body
    expect(Array.isArray(page?.data), `GET ${next}`).toBe(true)
    found.push(...(Array.isArray(page?.data) ? page.data.filter(isObject) : []))
    next = page?.next
  }
  return found
}

const idOf = (value: Json | undefined) => (isObject(value) ? value.id : undefined)

/** Lists show each entity once and in order, references lead somewhere, unique values are there once. */
function checkConsistency(state: GatewayState, api: AdminApi): void {
  const ids = new Map<string, Set<Json | undefined>>()
  for (const { kind } of state.database.tables) {
    const hidden = kind.name === 'targets' || kind.name === 'filter_chains'
    const entities = hidden ? [] : listed(api, kind.path)
    const own = entities.map(entity => entity.id)
    expect(own).toEqual([...new Set(own)].sort())
    ids.set(kind.name, new Set(own))
    for (const entity of entities) {
      const single = ask(api, 'GET', `/${kind.path}/${String(entity.id)}`)
      expect(single.body, `GET /${kind.path}/${String(entity.id)}`).toEqual(entity)
    }
  }
  for (const { kind, references, uniqueFields, ...table } of state.database.tables.map(one => ({
    kind: one.kind,
    references: one.references,
    uniqueFields: one.uniqueFields,
    rows: [...one.rows()].map(row => row.entity),
  }))) {
    for (const { field, kind: parent } of references) {
      for (const entity of table.rows) {
        const id = idOf(entity[field])
        if (id !== undefined)
          expect(ids.get(parent)?.has(id), `${kind.name}.${field} ${String(id)}`).toBe(true)
      }
    }
    for (const field of uniqueFields) {
      const values = table.rows
        .map(entity => idOf(entity[field]) ?? entity[field])
        .filter(value => value !== null)
      expect(values.length, `${kind.name}.${field}`).toBe(new Set(values).size)
    }
    if (kind.together.length > 0) {
      const keys = table.rows.map(entity =>
        JSON.stringify(kind.together.map(name => idOf(entity[name]) ?? entity[name])),
      )
      expect(keys.length, kind.name).toBe(new Set(keys).size)
    }
  }
}

describe('the Admin API of the sandbox', () => {
  test('answers any request without a 500 and stays consistent', () => {
    let accepted = 0
    fc.assert(
      fc.property(fc.array(requestOf(library), { minLength: 40, maxLength: 80 }), requests => {
        const state = gatewayState('random', facts, library)
        const api = adminApi(state)
        for (const { method, target, body } of parents)
          expect(ask(api, method, target, body).status).toBe(200)
        for (const { method, target, body } of requests) {
          const { status } = ask(
            api,
            method,
            target,
            method === 'GET' || method === 'DELETE' ? undefined : body,
          )
          expect(status, `${method} ${target} ${JSON.stringify(body)}`).toBeLessThan(500)
          if (method !== 'GET' && (status === 200 || status === 201)) accepted++
        }
        checkConsistency(state, api)
      }),
      { numRuns: 150 },
    )
    // Otherwise the requests would prove little.
    expect(accepted).toBeGreaterThan(400)
  })

  test('accepts only what its own validation accepts', () => {
    fc.assert(
      fc.property(requestOf(library), ({ target, body }) => {
        const [, path = ''] = target.split('/')
        const state = gatewayState('random', facts, library)
        const api = adminApi(state)
        const table = state.database.tables.find(one => one.kind.path === path)
        if (
          table === undefined ||
          table.kind.name === 'targets' ||
          ask(api, 'POST', `/${path}`, body).status !== 201
        )
          return
        expect(ask(api, 'POST', `/schemas/${table.kind.name}/validate`, body).status).toBe(200)
      }),
      { numRuns: 500 },
    )
  })

  test('changes nothing but times if an answer is put back', () => {
    fc.assert(
      fc.property(requestOf(library), ({ target, body }) => {
        const [, path = ''] = target.split('/')
        const api = adminApi(gatewayState('random', facts, library))
        const made = ask(api, 'POST', `/${path}`, body)
        if (made.status !== 201 || made.body === undefined) return
        const again = ask(api, 'PUT', `/${path}/${String(made.body.id)}`, made.body)
        expect({ ...again.body, updated_at: 0 }).toEqual({ ...made.body, updated_at: 0 })
      }),
      { numRuns: 500 },
    )
  })
})
