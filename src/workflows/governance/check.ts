import type { DescribedCall } from '../../governance/description.ts'
import { evaluate } from '../../governance/evaluate.ts'
import { compareFindings, type Finding } from '../../governance/finding.ts'
import type { PolicyItem } from '../../governance/item.ts'
import type { Policy } from '../../governance/policies/policy.ts'
import { itemsOfTarget } from '../../governance/state-items.ts'
import { waiverFindings } from '../../governance/waivers/upkeep.ts'
import type { WaiverOutcome } from '../../governance/waivers/waivers.ts'
import { type Problem, type Result, succeed } from '../../model/problem.ts'
import { isReadAs } from '../../model/state/facets.ts'
import type { State } from '../../model/state/state.ts'
import type { Specification } from '../../specs/reading/specification.ts'
import { requestsFor } from '../meaning/described-requests.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { type Governance, loadGovernance } from './load-governance.ts'
import { specificationsOf } from './specifications/governance-files.ts'
import { type ExposedOperations, itemsOfSpecification } from './specifications/specifications.ts'
import { stateTools } from './state-tools.ts'
import { describedBy, type ReadTarget, readTarget, routerWarningOf } from './target-policy-states.ts'

/** The specifications of a project, with the requests that call their operations. */
export interface Designs {
  readonly specifications: readonly Specification[]
  /** Null: there are no specifications, so nothing is known about what they describe. */
  readonly described: readonly DescribedCall[] | null
  readonly problems: readonly Problem[]
}

/** Reads the specifications of a project. */
export async function readDesigns(project: Project): Promise<Designs> {
  const { specifications, problems } = await specificationsOf(project)
  if (project.specifications.globs.length === 0) return { specifications, described: null, problems }
  const { operationsOf } = await import('../../specs/index.ts')
  const described = specifications.flatMap(each => operationsOf(each).flatMap(requestsFor))
  return { specifications, described, problems }
}

/** What policies find in targets and specifications. */
export interface CheckReport {
  readonly governance: Governance
  /** All findings, the most severe first; waived ones are marked. */
  readonly findings: readonly Finding[]
  readonly waivers: readonly WaiverOutcome[]
  readonly targets: readonly ReadTarget[]
  readonly designs: Designs
  /** What could not be read, and which policies could not be evaluated; their result is unknown. */
  readonly problems: readonly Problem[]
  /** What the gateways' routers make impossible to determine. */
  readonly warnings: readonly Problem[]
  /** How many items rules could not be asked about because something was not read, by rule. */
  readonly unknown: ReadonlyMap<string, number>
  /** The same for what a gateway didn't provide when it was asked. */
  readonly unread: ReadonlyMap<string, number>
}

/** How a check is asked for. */
export interface CheckOptions {
  /** Whether gateways are asked; else only specifications and manifests are. */
  readonly live: boolean
  /** Only these policies, whatever their state; undefined: all. */
  readonly only?: (policy: Policy) => Policy | undefined
}

/** Checks specifications, manifests and gateways against the policies of a project. */
export async function check(
  project: Project,
  targets: readonly GatewayTarget[],
  options: CheckOptions,
  signal: AbortSignal,
): Promise<Result<CheckReport>> {
  const [governance, designs, read] = await Promise.all([
    loadGovernance(project),
    readDesigns(project),
    Promise.all(targets.map(target => readTarget(project, target, options.live, signal))),
  ])
  if (!governance.ok) return governance
  const policies = governance.value.policies.flatMap(policy => (options.only ?? (each => each))(policy) ?? [])
  const exposures = exposureOf(read, designs.described)
  const items: readonly PolicyItem[] = [
    ...designs.specifications.flatMap(each => itemsOfSpecification(each, exposures.get(each.uri) ?? null)),
    ...read.flatMap(each => itemsOfTarget(describedBy(each.states, designs.described), stateTools)),
  ]
  const found = evaluate(items, policies, project.now())
  const { findings, outcomes } = governance.value.waive(found.findings)
  const whole = targets.length === project.targets.length && read.every(each => each.problems.length === 0)
  const upkeep = options.only
    ? []
    : [
        ...governance.value.findings,
        ...waiverFindings(
          outcomes,
          ({ waiver }) => whole && (options.live || waiver.document.target === undefined),
        ),
      ]
  return succeed({
    governance: governance.value,
    findings: [...findings, ...upkeep].sort(compareFindings),
    waivers: outcomes,
    targets: read,
    designs,
    problems: distinct([
      ...governance.value.problems,
      ...found.problems,
      ...designs.problems,
      ...read.flatMap(each => each.problems),
    ]),
    unknown: found.unknown,
    unread: found.unread,
    warnings: read.flatMap(each => routerWarningOf(each) ?? []),
  })
}

/** One fault is reported once, even if both examples and entities run into it. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map(problem => [JSON.stringify(problem), problem])).values()]
}

/** Which operations are answered at which targets, by document; empty if no gateway was read. */
export function exposureOf(
  read: readonly {
    readonly states: { readonly info: { readonly name: string }; readonly live: State | null }
  }[],
  described: readonly DescribedCall[] | null,
): ReadonlyMap<string, ExposedOperations> {
  const live = read.flatMap(({ states }) => {
    const router =
      states.live && isReadAs(states.live, 'route') ? stateTools.routerOf(states.live) : undefined
    return router ? [{ target: states.info.name, router }] : []
  })
  if (live.length === 0 || !described) return new Map()
  const found = new Map<string, Map<string, { on: string[]; notOn: string[] }>>()
  for (const { operation, request } of described) {
    const ofFile = found.get(operation.file) ?? new Map<string, { on: string[]; notOn: string[] }>()
    found.set(operation.file, ofFile)
    const name = `${operation.method} ${operation.template}`
    const entry = ofFile.get(name) ?? { on: [], notOn: [] }
    ofFile.set(name, entry)
    for (const { target, router } of live) {
      const list = router.routeOf(request) ? entry.on : entry.notOn
      // An operation with several servers is exposed if one of them answers.
      if (!entry.on.includes(target) && !list.includes(target)) list.push(target)
    }
  }
  for (const ofFile of found.values()) {
    for (const entry of ofFile.values())
      entry.notOn = entry.notOn.filter(target => !entry.on.includes(target))
  }
  return found
}
