import { describe, expect, it } from 'vitest'
import type { RouteConfig } from '../../src/providers/kong/router/index.ts'
import { answerOf, gateway, request, route } from './routing-gateways.ts'

/** The order in which two routes win a request that both match, whatever their ids. */
function order(a: RouteConfig, b: RouteConfig, asked: Parameters<typeof request>[1] = {}, path = '/a/b') {
  const outcomes = [1, 9].map(number => {
    const config = gateway([route('a', a, number), route('b', b, 5)])
    const answer = answerOf(config, request(path, { headers: { x: '1', y: '1' }, ...asked }))
    return {
      names: [answer.route, ...answer.also].map(ref => ref?.name).join(),
      why: answer.why,
      unknown: answer.unknown,
    }
  })
  const [first, second] = outcomes
  return first?.names === second?.names
    ? first
    : { names: 'by id', why: second?.why, unknown: second?.unknown }
}

describe('which of several routes wins', () => {
  it.each([
    [
      'more kinds of criteria',
      { methods: ['GET'], paths: ['/'] },
      { paths: ['/a'] },
      'it has more kinds of criteria',
    ],
    ['a longer prefix', { paths: ['/a/b'] }, { paths: ['/a'] }, 'its path prefix is longer'],
    ['a regex', { paths: ['~/a'] }, { paths: ['/a/b'] }, 'its path is a regex'],
    [
      'a regex over more criteria',
      { paths: ['~/a'] },
      { paths: ['/a'], methods: ['GET'] },
      'its path is a regex',
    ],
    [
      'the higher regex_priority',
      { paths: ['~/a'], regex_priority: 1 },
      { paths: ['~/a/b'] },
      'has the higher regex_priority',
    ],
    ['plain hosts', { hosts: ['api.example'] }, { hosts: ['*.example'] }, 'all its hosts are plain'],
    [
      'plain hosts over more criteria',
      { hosts: ['api.example'] },
      { paths: ['/a'], methods: ['GET'] },
      'all its hosts are plain',
    ],
    [
      'more headers',
      { headers: { x: ['1'], y: ['1'] } },
      { headers: { x: ['1'] } },
      'it asks for more headers',
    ],
    [
      'four kinds of criteria over plain hosts',
      { methods: ['GET'], hosts: ['*.example'], paths: ['/'], headers: { x: ['1'] } },
      { hosts: ['api.example'], paths: ['/a/b'] },
      'four or more kinds of criteria',
    ],
    [
      'a negative regex_priority',
      { paths: ['~/a'], regex_priority: -1 },
      { paths: ['~/a/b'], hosts: ['api.example'] },
      'a negative regex_priority',
    ],
  ])('%s', (_, a: RouteConfig, b: RouteConfig, why) => {
    const first = order(a, b)
    expect(first?.names).toBe('a,b')
    expect(first?.why).toContain(why)
    expect(order(b, a)?.names).toBe('b,a')
  })

  it('the greater id, where the priorities are the same', () => {
    expect(order({ paths: ['/a'] }, { paths: ['/a'] })).toMatchObject({
      names: 'by id',
      why: 'it comes before b: their priorities are the same, and its id is the greater',
      unknown: [],
    })
  })

  it('does not guess if ids that decide are not known yet', () => {
    const routes = [
      { name: 'a', paths: ['/'] },
      { name: 'b', paths: ['/'] },
    ]
    const named = routes.map(each => ({ ...each, id: each.name }))
    expect(answerOf(gateway(named), request('/')).unknown).toHaveLength(1)
    const known = named.map((each, index) => ({ ...each, gateway_id: route('', {}, index).id }))
    expect(answerOf(gateway(known), request('/'))).toMatchObject({ route: { name: 'b' }, unknown: [] })
    expect(answerOf(gateway(routes), request('/')).unknown).toEqual([
      'which of a and b wins: they have the same priority, and the ids that decide are not known',
    ])
  })

  it('reports that the order can change while a gateway runs', () => {
    const four = { methods: ['GET'], hosts: ['*.example'], headers: { x: ['1'] } }
    const config = gateway([
      route('a', { ...four, paths: ['/a/b'] }, 1),
      route('b', { ...four, paths: ['/'] }, 2),
    ])
    const answer = answerOf(config, request('/a/b', { headers: { x: '1' } }))
    expect(answer.route?.name).toBe('b')
    expect(answer.unknown).toEqual([
      "which of b and a wins: their priorities are beyond the gateway's number range, and their order can change while it runs",
    ])
  })

  it('considers each kind of path of a route separately', () => {
    const routes = [route('a', { paths: ['/a/b/c', '/a', '~/x/\\d+'] }), route('b', { paths: ['/a/b'] })]
    const first = (path: string) => answerOf(gateway(routes), request(path)).route?.name
    expect([first('/a/b/c'), first('/a/b/x'), first('/a/x'), first('/x/1')]).toEqual(['a', 'b', 'a', 'a'])
  })

  it('names each other route once, in the order in which they would win', () => {
    const routes = [
      route('a', { paths: ['/', '/a', '/a/b'] }),
      route('b', { paths: ['/a/'] }),
      route('c', { paths: ['/'] }),
    ]
    const { also } = answerOf(gateway(routes), request('/a/b'))
    expect(also.map(ref => ref.name)).toEqual(['b', 'c'])
  })
})
