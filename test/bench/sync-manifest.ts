import type { Json, JsonObject } from '../../src/model/json.ts'

/** How a manifest of a benchmark is made. */
export interface ManifestShape {
  readonly entities: number
  /** Only consumers, each with a key. */
  readonly consumersOnly?: boolean
  /** Every hundredth entity is another one than without this. */
  readonly changed?: boolean
}

const perService = 11
const perUpstream = 3
const perConsumer = 3

/** A key as people have them; made of the number, so that two manifests of one shape agree. */
function key(i: number): string {
  return `key-${(i * 2_654_435_761).toString(36)}-${i.toString(36)}-of-a-benchmark`
}

/**
 * A gateway as teams have it: services with four routes and plugins on both, a few balanced upstreams, and consumers
 * with two credentials each. All values are made of numbers.
 */
export function benchManifest({ entities, consumersOnly, changed }: ManifestShape): JsonObject {
  let count = 0
  /** Whether this is the hundredth entity since the last. */
  const isChanged = (): boolean => {
    count += 1
    return changed === true && count % 100 === 0
  }
  if (consumersOnly) {
    const consumers = Array.from({ length: entities / 2 }, (_, i) => ({
      username: `consumer-${i}`,
      custom_id: isChanged() ? `changed-${i}` : `id-${i}`,
      keyauth_credentials: [{ key: key(i), ...(isChanged() ? { tags: ['changed'] } : {}) }],
    }))
    return { _format_version: '3.0', consumers }
  }
  const serviceCount = Math.round(entities / 18)
  const upstreamCount = Math.round(serviceCount / 10)
  const services = Array.from({ length: serviceCount }, (_, i) => service(i, isChanged))
  const upstreams = Array.from({ length: upstreamCount }, (_, i) => ({
    name: `upstream-${i}.internal`,
    slots: isChanged() ? 1024 : 1000,
    targets: [1, 2].map(n => ({ target: `10.${i % 250}.0.${n}:8080`, weight: isChanged() ? 50 : 100 })),
  }))
  const left = entities - serviceCount * perService - upstreamCount * perUpstream
  const consumers = Array.from({ length: Math.round(left / perConsumer) }, (_, i) => ({
    username: `consumer-${i}`,
    custom_id: isChanged() ? `changed-${i}` : `id-${i}`,
    tags: [`team-${i % 20}`],
    keyauth_credentials: [{ key: key(i), ...(isChanged() ? { tags: ['changed'] } : {}) }],
    acls: [{ group: `group-${i % 30}`, ...(isChanged() ? { tags: ['changed'] } : {}) }],
  }))
  return { _format_version: '3.0', services, upstreams, consumers }
}

function service(i: number, isChanged: () => boolean): Json {
  return {
    name: `service-${i}`,
    url: `http://service-${i}.internal:8080/v1`,
    retries: isChanged() ? 2 : 3,
    tags: [`team-${i % 20}`],
    plugins: [
      { name: 'key-auth', config: { hide_credentials: !isChanged(), key_names: ['apikey'] } },
      { name: 'rate-limiting', config: { minute: isChanged() ? 120 : 60, policy: 'local' } },
    ],
    routes: Array.from({ length: 4 }, (_, j) => ({
      name: `route-${i}-${j}`,
      hosts: [`api-${i % 50}.bench.example`],
      paths: [`/service-${i}/${j}`],
      methods: j === 0 ? ['GET'] : ['POST', 'PUT'],
      strip_path: isChanged(),
      tags: [`team-${i % 20}`],
      plugins: [
        j % 2 === 0
          ? {
              name: 'cors',
              config: { origins: ['https://app.bench.example'], max_age: isChanged() ? 60 : 600 },
            }
          : {
              name: 'request-transformer',
              config: { add: { headers: [`x-service:${i}`, `x-changed:${isChanged() ? 1 : 0}`] } },
            },
      ],
    })),
  }
}
