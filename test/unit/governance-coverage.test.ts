import { describe, expect, test } from 'vitest'
import { coverageOf } from '../../src/governance/coverage.ts'
import { type DescribedCall, describe as describeRoutes } from '../../src/governance/description.ts'
import type { JsonObject } from '../../src/model/json.ts'
import { parseRequest } from '../../src/model/routing/request.ts'
import { routing } from '../../src/providers/kong/routing.ts'
import { stateTools } from '../../src/workflows/governance/state-tools.ts'
import { stateOf } from './states.ts'

const info = { name: 'prod-eu', environment: 'prod', production: true, labels: {} }

function call(method: string, url: string, template: string): DescribedCall {
  const request = parseRequest(`${method} ${url}`)
  if (!request) throw new Error(url)
  return { operation: { file: 'pay.yaml', place: null, method, template }, request }
}

function route(name: string, more: JsonObject = {}): readonly [string, JsonObject] {
  return ['route', { name, paths: [`/${name}`], methods: ['GET'], service: 'pay', ...more }]
}

type Entities = readonly (readonly [string, JsonObject])[]

const service = ['service', { name: 'pay', host: 'pay.internal' }] as const

function entriesOf(live: Entities, manifest: Entities | null, described: readonly DescribedCall[] | null) {
  const input = { info, live: stateOf(...live), manifest: manifest && stateOf(...manifest), described }
  const { entries, ...numbers } = coverageOf(input, stateTools)
  return { ...numbers, gaps: entries.map(({ gap, kind, name }) => `${gap}: ${kind} ${name}`) }
}

describe('coverage', () => {
  test('is whole where manifest, gateway and specification agree', () => {
    const all = [service, route('payouts')] as const
    const result = entriesOf(all, all, [call('GET', 'http://h/payouts', '/payouts')])
    expect(result).toMatchObject({ routes: 1, covered: 1, operations: 1, exposed: 1, gaps: [] })
  })

  test('reports each gap by its name', () => {
    const result = entriesOf(
      [service, route('payouts', { methods: ['GET', 'DELETE'] }), route('zombie'), route('shadow')],
      [service, route('payouts', { methods: ['GET', 'DELETE'] }), route('zombie')],
      [call('GET', 'http://h/payouts', '/payouts'), call('POST', 'http://h/refunds', '/refunds')],
    )
    expect(result.gaps).toEqual([
      'shadow: route shadow',
      'zombie: route zombie',
      'undocumented: route shadow',
      'not exposed: operation POST /refunds',
      'beyond the specification: route payouts',
    ])
    expect(result).toMatchObject({ routes: 3, covered: 0, operations: 2, exposed: 1 })
  })

  test('reports what nothing leads to', () => {
    const result = entriesOf(
      [
        service,
        ['service', { name: 'old', host: 'old.internal' }],
        route('a'),
        route('b', { service: null }),
      ],
      null,
      null,
    )
    expect(result.gaps).toEqual(['orphaned: route b', 'orphaned: service old'])
  })

  test('says nothing of specifications where there are none', () => {
    const result = entriesOf([service, route('a')], [service, route('a')], null)
    expect(result).toMatchObject({ routes: 1, covered: 1, operations: 0, gaps: [] })
  })
})

describe('what a route answers beyond its specification', () => {
  function beyond(config: JsonObject, ...calls: readonly DescribedCall[]): readonly string[] | undefined {
    const raws = [
      { kind: 'route', fields: { id: 'r', service: 's', ...config } },
      { kind: 'service', fields: { id: 's', host: 'h' } },
    ]
    return describeRoutes(routing.ofEntities(raws, []), calls).routes.get('r')?.beyond
  }

  test.each<[string, JsonObject, readonly DescribedCall[], readonly string[]]>([
    ['nothing', { paths: ['/a'], methods: ['GET'] }, [call('GET', 'http://h/a', '/a')], []],
    ['a method', { paths: ['/a'], methods: ['GET', 'PUT'] }, [call('GET', 'http://h/a', '/a')], ['PUT /a']],
    ['a path', { paths: ['/a', '/b'], methods: ['GET'] }, [call('GET', 'http://h/a', '/a')], ['GET /b']],
    ['any method', { paths: ['/a'] }, [call('GET', 'http://h/a', '/a')], ['any method but GET']],
    [
      'nothing, with a parameter',
      { paths: ['~/a/(?<id>[^/]+)$'], methods: ['GET'] },
      [call('GET', 'http://h/a/1', '/a/{id}')],
      [],
    ],
    [
      'nothing, with the path of a server',
      { paths: ['~/v1/a/(?<id>[^/]+)/b$'], methods: ['GET'] },
      [call('GET', 'http://h/v1/a/1/b', '/a/{id}/b')],
      [],
    ],
  ])('%s', (_name, config, calls, expected) => {
    expect(beyond(config, ...calls)).toEqual(expected)
  })
})
