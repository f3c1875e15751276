import { evaluate } from '../../src/governance/evaluate.ts'
import { itemsOfTarget } from '../../src/governance/state-items.ts'
import { orThrow } from '../../src/model/problem.ts'
import { buildState } from '../../src/model/state/build-state.ts'
import { schemasWithoutGateway } from '../../src/providers/kong/admin/schemas/schemas-without-gateway.ts'
import { kinds } from '../../src/providers/kong/kinds/index.ts'
import { readManifests } from '../../src/providers/kong/manifest/index.ts'
import { routing } from '../../src/providers/kong/routing.ts'
import { builtinPolicies } from '../../src/workflows/governance/policies/read-policies.ts'
import { stateTools } from '../../src/workflows/governance/state-tools.ts'
import { providers } from '../known-providers.ts'

/** The bound of the design: so many entities against so many policies in at most so many seconds. */
const entities = 10_000
const policies = 60
const seconds = 2

/** A gateway of services with three routes each, and plugins on all of them, as teams have them. */
function manifest(): string {
  const services = Array.from({ length: entities / 10 }, (_, i) => ({
    name: `service-${i}`,
    url: `http://service-${i}.internal:8080`,
    tags: i % 3 === 0 ? ['team-pay'] : ['public'],
    plugins: [
      { name: 'key-auth', config: { hide_credentials: i % 2 === 0 } },
      { name: 'acl', config: { allow: ['staff'] } },
    ],
    routes: Array.from({ length: 3 }, (_, j) => ({
      name: `route-${i}-${j}`,
      hosts: [`api-${i % 50}.pay.example`],
      paths: j === 2 ? [`~/service-${i}/items/(?<item>[^/]+)$`] : [`/service-${i}/${j}`],
      methods: j === 0 ? ['GET'] : ['POST', 'PUT'],
      plugins:
        j === 2
          ? [{ name: 'cors', config: { origins: ['*'] } }]
          : [{ name: 'rate-limiting', config: { minute: 60, policy: 'local' } }],
    })),
  }))
  const consumers = Array.from({ length: entities / 20 }, (_, i) => ({
    username: `consumer-${i}`,
    keyauth_credentials: [{ key: `key-of-consumer-${i}` }],
  }))
  return JSON.stringify({ _format_version: '3.0', services, consumers })
}

/** How long all policies take over a large gateway, its views and its posture included. */
export async function bench(): Promise<string> {
  const read = orThrow(readManifests([{ path: 'kong.json', text: manifest() }], { env: {} }))
  const { state, problems } = buildState({
    kinds,
    routing,
    raws: read.entities,
    from: 'manifest',
    coverage: new Map(kinds.all.map(kind => [kind.kind, { state: 'complete' } as const])),
    schemas: schemasWithoutGateway(),
    secrets: { resolve: () => undefined, digest: value => value, ending: value => value.slice(-5) },
  })
  if (problems.length > 0) throw new Error(problems.map(each => each.message).join('; '))
  const count = [...state.entities.values()].reduce((sum, each) => sum + each.size, 0)
  const builtin = (await builtinPolicies(providers)).filter(policy => policy.select.subjects.has('manifest'))
  const asked = Array.from({ length: policies }, (_, i) => builtin[i % builtin.length]).flatMap(
    (policy, i) => (policy ? [{ ...policy, id: `${policy.id}-${i}` }] : []),
  )
  const info = { name: 'bench', environment: 'prod', production: true, labels: { nodes: '3' } }
  const lines: string[] = []
  for (const run of [1, 2, 3]) {
    // A state of its own each time: nothing that was worked out before is known.
    const fresh = { ...state }
    const start = performance.now()
    const items = itemsOfTarget(
      { info, manifest: fresh, live: null, described: null, inClear: () => [] },
      stateTools,
    )
    const viewed = performance.now()
    const { findings } = evaluate(items, asked, new Date())
    const end = performance.now()
    const [views, policiesMs] = [viewed - start, end - viewed].map(Math.round)
    lines.push(
      `run ${run}: ${count} entities against ${asked.length} policies: ${Math.round(end - start)} ms (views and posture ${views}, policies ${policiesMs}), ${findings.length} findings; the bound is ${seconds * 1000} ms`,
    )
  }
  return lines.join('\n')
}
