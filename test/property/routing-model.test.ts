import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePosture, posture } from '../../src/providers/kong/posture/index.ts'
import { buildRouter, compareTraffic, requestsOf, shadowed } from '../../src/providers/kong/router/index.ts'
import { compareMatchers, match } from '../../src/providers/kong/router/matching/matcher.ts'
import { RequestView } from '../../src/providers/kong/router/requests/request.ts'
import { gatewayOf, request, route, routes } from './routing-random.ts'

const runs = { numRuns: 400 }
const requests = fc.array(request, { minLength: 1, maxLength: 12 })

describe('the routing model', () => {
  it('gives the same answer after adding a route that the request does not match', () => {
    fc.assert(
      fc.property(routes, route, requests, fc.nat(), (some, added, asked, seed) => {
        fc.pre(some.every(({ id }) => id !== added.id))
        const before = buildRouter(gatewayOf(some, seed))
        const after = buildRouter({ ...gatewayOf(some, seed), routes: [...some, added] })
        const alone = buildRouter({ ...gatewayOf(some, seed), routes: [added] })
        for (const each of asked) {
          if (!alone.match(each)) expect(after.answer(each)).toEqual(before.answer(each))
        }
      }),
      runs,
    )
  })

  it('finds by its index the same as by asking every matcher in order', () => {
    fc.assert(
      fc.property(routes, requests, (some, asked) => {
        const router = buildRouter(gatewayOf(some, 0))
        for (const each of asked) {
          const view = new RequestView(each)
          const all = router.table.matchers
            .filter(matcher => match(matcher, view) !== undefined)
            .sort(compareMatchers)
          expect(router.match(each)?.matcher).toBe(all[0])
          const names = [...new Set(all.map(matcher => matcher.route))]
          expect(router.table.matchAll(each).all.map(found => found.route)).toEqual(names)
        }
      }),
      runs,
    )
  })

  it('does not depend on the order in which routes and plugins are listed', () => {
    fc.assert(
      fc.property(routes, requests, fc.nat(), (some, asked, seed) => {
        const config = gatewayOf(some, seed)
        const one = buildRouter(config)
        const other = buildRouter({
          ...config,
          routes: some.toReversed(),
          plugins: config.plugins?.toReversed(),
        })
        for (const each of asked) expect(other.answer(each)).toEqual(one.answer(each))
      }),
      { numRuns: 150 },
    )
  })

  it('never answers by a route that it calls shadowed', () => {
    let claims = 0
    fc.assert(
      fc.property(routes, requests, (some, asked) => {
        const router = buildRouter(gatewayOf(some, 0))
        const found = new Set(shadowed(router).map(each => each.route))
        claims += found.size
        const own = requestsOf(router).map(each => each.request)
        for (const each of [...own, ...asked]) {
          const won = router.match(each)?.route
          if (won) expect(found).not.toContain(won)
        }
      }),
      { numRuns: 600 },
    )
    expect(claims).toBeGreaterThan(20)
  })

  it('makes requests that their routes match', () => {
    fc.assert(
      fc.property(routes, some => {
        const router = buildRouter(gatewayOf(some, 0))
        for (const each of requestsOf(router)) {
          const { all } = router.table.matchAll(each.request)
          expect(all.map(found => found.route.id)).toContain(each.route.id)
        }
      }),
      runs,
    )
  })

  it('sees no difference between a configuration and itself', () => {
    fc.assert(
      fc.property(routes, requests, fc.nat(), (some, asked, seed) => {
        const config = gatewayOf(some, seed)
        expect(compareTraffic(config, config, asked)).toEqual([])
        expect(comparePosture(posture(config), posture(config))).toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  it('always gives an answer, whatever the request and the configuration', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('~(', '/%', '__proto__', '*', '~*[', '::'),
    )
    const odd = fc.record({ path: text, host: text, method: text, headers: fc.dictionary(text, text) })
    const oddRoute = fc.record({
      id: text,
      name: text,
      paths: fc.array(text),
      hosts: fc.array(text),
      headers: fc.dictionary(text, fc.array(text)),
      snis: fc.array(text),
      sources: fc.array(fc.record({ ip: text })),
      protocols: fc.constantFrom(['https'], ['http'], null),
    })
    fc.assert(
      fc.property(fc.array(oddRoute), odd, request, text, (some, asked, plain, name) => {
        const config = { ...gatewayOf(some, 0x5555), plugins: [{ name, config: { minute: text } }] }
        const router = buildRouter(config)
        for (const each of [
          { ...plain, ...asked },
          { ...plain, headers: asked.headers },
        ]) {
          const answer = router.answer(each)
          expect(answer.status === null || answer.status >= 200).toBe(true)
        }
        expect(posture(router)).toHaveLength(some.length)
        requestsOf(router)
      }),
      runs,
    )
  })
})
