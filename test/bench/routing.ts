import { buildRouter, type GatewayConfig, type ProxyRequest } from '../../src/providers/kong/router/index.ts'

const routeCount = 10_000
const requestCount = 10_000
const rounds = 9

/**
 * Times the routing model on 10,000 routes and as many requests; gives the lines to print. The answers are
 * whole: the other routes that match, the plugins in effect, the request that the upstream sees.
 */
export async function bench(): Promise<string> {
  const config = manyRoutes()
  const requests = requestsFor(config)
  const builds: number[] = []
  const rates: number[] = []
  let first = 0
  let matched = 0
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    const router = buildRouter(config)
    const built = performance.now()
    matched = 0
    for (const request of requests) if (router.answer(request).route) matched++
    const done = performance.now()
    builds.push(built - start)
    rates.push((requests.length / (done - built)) * 1000)
    if (round === 0) first = built - start
  }
  if (matched !== requests.length)
    throw new Error(`only ${matched} of ${requests.length} requests found their route`)
  const rate = (value: number) => Math.round(value).toLocaleString('en')
  return [
    `routing  ${routeCount.toLocaleString('en')} routes, ${requestCount.toLocaleString('en')} requests, median of ${rounds}`,
    `  index rebuilt in  ${median(builds).toFixed(0)} ms (aim: 100), best ${Math.min(...builds).toFixed(0)}, the first time ${first.toFixed(0)}`,
    `  explain           ${rate(median(rates))} answers/s (aim: 100,000), best ${rate(Math.max(...rates))}`,
  ].join('\n')
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

/** A fleet's worth of APIs: a tenth of the routes a service, prefixes and regexes, some hosts, plugins in every scope. */
function manyRoutes(): GatewayConfig {
  const numbers = Array.from({ length: routeCount }, (_, number) => number)
  const services = numbers
    .filter(number => number % 10 === 0)
    .map(number => ({
      id: idOf('5', number),
      name: `service-${number}`,
      host: `api-${number}.internal`,
      port: 8080,
      path: '/v1',
    }))
  const routes = numbers.map(number => ({
    id: idOf('7', number),
    name: `route-${number}`,
    service: { id: idOf('5', number - (number % 10)) },
    paths:
      number % 3 === 0
        ? [`~/team-${number % 97}/items-${number}/(?<id>[^/]+)$`]
        : [`/team-${number % 97}/list-${number}`, `/old/${number}`],
    methods: ['GET', 'POST'],
    ...(number % 2 === 0 && { hosts: [`api-${number % 50}.example`] }),
  }))
  const plugins = [
    { id: idOf('9', 1), name: 'cors', config: { origins: ['https://app.example'] } },
    { id: idOf('9', 2), name: 'prometheus' },
    ...numbers
      .filter(number => number % 4 === 0)
      .map(number => ({ id: idOf('a', number), name: 'key-auth', route: { id: idOf('7', number) } })),
    ...numbers
      .filter(number => number % 10 === 0)
      .map(number => ({
        id: idOf('b', number),
        name: 'rate-limiting',
        service: { id: idOf('5', number) },
        config: { minute: 60 },
      })),
  ]
  const consumers = [{ id: idOf('c', 1), username: 'app' }]
  const keys = [{ id: idOf('d', 1), key: 'a-key', consumer: { id: idOf('c', 1) } }]
  return { services, routes, plugins, consumers, 'key-auths': keys }
}

function requestsFor({ routes }: GatewayConfig): readonly ProxyRequest[] {
  return Array.from({ length: requestCount }, (_, index) => {
    const number = (index * 7919) % routeCount
    const path = number % 3 === 0 ? `items-${number}/42` : `list-${number}/42?page=2`
    return {
      method: index % 2 === 0 ? 'GET' : 'POST',
      scheme: 'https',
      host: routes[number]?.hosts?.[0] ?? 'any.example',
      path: `/team-${number % 97}/${path}`,
      headers: { apikey: 'a-key', accept: 'application/json' },
      clientIp: '192.0.2.1',
    }
  })
}

/** An id as a gateway makes them: no order in the first digits. */
function idOf(kind: string, number: number): string {
  const mixed = Math.imul(number + 1, 2654435761) >>> 0
  return `${mixed.toString(16).padStart(8, '0')}-${kind}000-4000-8000-${number.toString(16).padStart(12, '0')}`
}
