import { createHash } from 'node:crypto'
import type { DescribedCall } from '../../../governance/description.ts'
import type { Evaluation } from '../../../governance/evaluate.ts'
import { evaluate } from '../../../governance/evaluate.ts'
import type { PolicyItem, TargetInfo } from '../../../governance/item.ts'
import type { Policy } from '../../../governance/policies/policy.ts'
import { withSeverity } from '../../../governance/policies/policy.ts'
import type { ExampleDocument } from '../../../governance/policies/policy-format.ts'
import { itemsOfTarget } from '../../../governance/state-items.ts'
import type { JsonObject } from '../../../model/json.ts'
import type { SecretSink } from '../../../model/masking/secret-marks.ts'
import type { Problem, Result } from '../../../model/problem.ts'
import { fail, problemText, succeed } from '../../../model/problem.ts'
import type { Routing } from '../../../model/routing/routing.ts'
import type { Schemas } from '../../../model/schema/schema.ts'
import { buildState } from '../../../model/state/build-state.ts'
import type { State } from '../../../model/state/state.ts'
import type { Provider } from '../../../providers/provider.ts'
import { operationsOf, specificationOf } from '../../../specs/index.ts'
import type { Specification } from '../../../specs/reading/specification.ts'
import { requestsFor } from '../../meaning/described-requests.ts'
import { ClearText } from '../clear-text.ts'
import { itemsOfSpecification } from '../specifications/specifications.ts'
import { stateTools } from '../state-tools.ts'

/** What examples of policies need: a provider's manifest reader, and how its gateways answer. */
export interface ExampleProvider {
  readonly provider: Provider
  readonly routing: Routing | undefined
}

/** Loads what examples need. */
export async function exampleProvider(provider: Provider): Promise<ExampleProvider> {
  return { provider, routing: await provider.routing?.() }
}

/** How an example of a policy went. */
export interface ExampleResult {
  readonly example: ExampleDocument
  /** Its name, or its number, as people refer to it. */
  readonly name: string
  /** Why it fails; null: it passes. */
  readonly failure: string | null
  /** Why it is unknown whether it passes: a function of the policy didn't answer. It counts as failed then. */
  readonly problems: readonly Problem[]
}

/** Runs the examples of a policy. Contacts no gateway: defaults are those of an open-source Kong. */
export function runExamples(policy: Policy, provider: ExampleProvider): readonly ExampleResult[] {
  return policy.examples.map((example, i) => {
    const name = example.name ?? `example ${i + 1} (${example.expect})`
    const items = itemsOfExample(example, provider)
    if (!items.ok) return { example, name, failure: items.error.map(problemText).join(' '), problems: [] }
    return { example, name, ...outcomeOf(policy, example, items.value) }
  })
}

/** What an approved policy lacks or fails, as sentences; or why its examples can't be evaluated. */
export function exampleFailures(policy: Policy, provider: ExampleProvider): Result<readonly string[]> {
  const results = runExamples(policy, provider)
  const problems = results.flatMap(result => result.problems)
  if (problems.length > 0) return fail(problems)
  const failing = results.flatMap(({ name, failure }) => (failure === null ? [] : [`${name}: ${failure}`]))
  return succeed([...failing, ...missingExamples(policy)])
}

/** The kinds of examples that a policy lacks: it needs one that passes and one that fails. */
export function missingExamples(policy: Policy): readonly string[] {
  const expected = new Set(policy.examples.map(example => example.expect))
  return (['pass', 'fail'] as const)
    .filter(each => !expected.has(each))
    .map(each => `no example says what ${each === 'pass' ? 'passes' : 'fails'}`)
}

/** Examples show what is right and wrong, not how severe it is in which environment. */
function outcomeOf(
  policy: Policy,
  example: ExampleDocument,
  items: readonly PolicyItem[],
): Pick<ExampleResult, 'failure' | 'problems'> {
  const asked = withSeverity(
    { ...policy, stamp: { ...policy.stamp, state: 'approved' } },
    { default: 'error', production: 'error' },
  )
  const evaluation = evaluate(items, [asked], new Date())
  const { problems } = evaluation
  if (problems.length > 0) return { failure: problems.map(problemText).join(' '), problems }
  return { failure: failureOf(policy, example, evaluation), problems }
}

function failureOf(
  policy: Policy,
  example: ExampleDocument,
  { findings, selected }: Evaluation,
): string | null {
  const found = [...new Set(findings.map(finding => `${finding.kind} ${finding.name}`))].sort()
  const about = selected.get(policy.id) ?? 0
  switch (example.expect) {
    case 'not selected':
      return about === 0 ? null : `it applies to ${about} of the entities`
    case 'pass':
      if (found.length > 0) return `it finds ${found.join(', ')}: ${findings[0]?.message ?? ''}`
      return about === 0 ? 'it applies to none of the entities' : null
    case 'fail': {
      if (found.length === 0) return about === 0 ? 'it applies to none of the entities' : 'it finds nothing'
      const wanted = example.finds?.toSorted()
      return !wanted || wanted.join('\n') === found.join('\n')
        ? null
        : `it finds ${found.join(', ')} and not ${wanted.join(', ')}`
    }
  }
}

/** The items of an example that policies are evaluated on. */
function itemsOfExample(example: ExampleDocument, provider: ExampleProvider): Result<readonly PolicyItem[]> {
  const environment = example.environment ?? 'production'
  const info: TargetInfo = {
    name: 'example',
    environment,
    production: example.environment === undefined || /^prod/.test(environment),
    labels: example.labels ?? {},
  }
  const specification = example.specification === undefined ? null : specificationIn(example.specification)
  if (specification && !specification.ok) return specification
  const described = specification && callsOf(specification.value)
  const manifest = example.manifest === undefined ? null : stateIn(example.manifest, provider)
  if (manifest && !manifest.ok) return manifest
  const live = example.live === undefined ? manifest : stateIn(example.live, provider)
  if (live && !live.ok) return live
  const clear = manifest?.value.clear
  const ofTarget = itemsOfTarget(
    {
      info,
      manifest: manifest?.value.state ?? null,
      live: live?.value.state ?? null,
      described,
      inClear: entity => clear?.in(entity) ?? [],
    },
    stateTools,
  )
  if (!specification) return succeed(ofTarget)
  const exposed = live ? exposureIn(live.value.state, described ?? [], info.name) : null
  return succeed([...itemsOfSpecification(specification.value, exposed), ...ofTarget])
}

function specificationIn(document: JsonObject): Result<Specification> {
  return specificationOf('openapi.yaml', JSON.stringify({ openapi: '3.1.0', ...document }, null, 2))
}

function callsOf(specification: Specification): readonly DescribedCall[] {
  return operationsOf(specification).flatMap(requestsFor)
}

function exposureIn(state: State, described: readonly DescribedCall[], target: string) {
  const router = stateTools.routerOf(state)
  if (!router) return new Map()
  return new Map(
    described.map(call => {
      const answered = router.routeOf(call.request) !== undefined
      const name = `${call.operation.method} ${call.operation.template}`
      return [name, answered ? { on: [target], notOn: [] } : { on: [], notOn: [target] }] as const
    }),
  )
}

const clear = new Map<string, string>()

/** Examples hold no real secrets: a digest is enough to tell them apart. */
const secrets: SecretSink = {
  digest(value) {
    const digest = createHash('sha256').update(value).digest('hex')
    clear.set(digest, value)
    return digest
  },
  resolve: digest => clear.get(digest),
  ending: () => undefined,
}

/** Read once: there may be many examples. */
const knownSchemas = new WeakMap<Provider, Schemas>()

function schemasOf(provider: Provider): Schemas {
  const schemas = knownSchemas.get(provider) ?? provider.schemasWithoutGateway()
  knownSchemas.set(provider, schemas)
  return schemas
}

function stateIn(
  document: JsonObject,
  { provider, routing }: ExampleProvider,
): Result<{ readonly state: State; readonly clear: ClearText }> {
  const files = [provider.manifests.example(document)]
  const manifest = provider.manifests.read(files, { env: {}, mocked: true })
  if (!manifest.ok) return manifest
  const { state, problems } = buildState({
    kinds: provider.kinds,
    routing,
    raws: manifest.value.entities,
    from: 'manifest',
    coverage: provider.kinds.allRead(),
    schemas: schemasOf(provider),
    secrets,
    defaults: manifest.value.defaults,
    selectTags: manifest.value.selectTags,
  })
  return problems.length > 0 ? fail(problems) : succeed({ state, clear: new ClearText(files) })
}
