import { type CoverageEntry, coverageOf } from '../../governance/coverage.ts'
import type { DescribedCall } from '../../governance/description.ts'
import type { TargetStates } from '../../governance/state-items.ts'
import type { Problem } from '../../model/problem.ts'
import { isReadAs } from '../../model/state/facets.ts'
import { isIncomplete, type State } from '../../model/state/state.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { readDesigns } from './check.ts'
import { stateTools } from './state-tools.ts'
import { readTarget, routerWarningOf } from './target-policy-states.ts'

/** How far the APIs of an environment are covered: a number, and the list behind it. */
export interface EnvironmentCoverage {
  readonly environment: string
  /** Percentage of the routes at its gateways that are covered, rounded down; null: no route is known. */
  readonly percent: number | null
  readonly routes: number
  readonly covered: number
  /** Operations of all specifications across all its targets, and how many of them are answered. */
  readonly operations: number
  readonly exposed: number
  readonly targets: readonly string[]
  /** Targets that were not read: nothing is known about them. */
  readonly unread: readonly string[]
  /** What was not read of the others but would have entries too, such as `services of prod-eu`. */
  readonly unknown: readonly string[]
  readonly entries: readonly CoverageEntry[]
}

/** The coverage of each environment, from what was read of its targets. Pure. */
export function coverageByEnvironment(
  project: Pick<Project, 'environments'>,
  read: readonly Pick<TargetStates, 'info' | 'manifest' | 'live'>[],
  described: readonly DescribedCall[] | null,
): readonly EnvironmentCoverage[] {
  return project.environments.flatMap(environment => {
    const own = read.filter(each => each.info.environment === environment)
    if (own.length === 0) return []
    const known = own.flatMap(({ info, manifest, live }) =>
      live && isReadAs(live, 'route') && (described === null || stateTools.routerOf(live))
        ? [coverageOf({ info, manifest, live, described }, stateTools)]
        : [],
    )
    const sum = (of: (each: (typeof known)[number]) => number): number =>
      known.reduce((total, each) => total + of(each), 0)
    const [routes, covered] = [sum(each => each.routes), sum(each => each.covered)]
    const names = new Set(known.map(each => each.target))
    return [
      {
        environment,
        percent: routes === 0 ? null : Math.floor((covered / routes) * 100),
        routes,
        covered,
        operations: sum(each => each.operations),
        exposed: sum(each => each.exposed),
        targets: [...names],
        unread: own.map(each => each.info.name).filter(name => !names.has(name)),
        unknown: own.flatMap(({ info, live }) =>
          names.has(info.name) && live ? partsUnread(live).map(part => `${part} of ${info.name}`) : [],
        ),
        entries: known.flatMap(each => each.entries),
      },
    ]
  })
}

/** The kinds besides routes that would have entries too, and were not read. */
function partsUnread(live: State): readonly string[] {
  return live.kinds.all
    .filter(
      ({ kind, meaning }) => (meaning?.facet === 'service' || meaning?.namedBy) && isIncomplete(live, kind),
    )
    .map(({ kind }) => live.kinds.pluralOf(kind))
}

/** The coverage of targets, read now, and what could not be read. */
export async function coverageOfTargets(
  project: Project,
  targets: readonly GatewayTarget[],
  signal: AbortSignal,
): Promise<{
  readonly environments: readonly EnvironmentCoverage[]
  /** Whether there are specifications at all. */
  readonly described: boolean
  readonly commit: string | null
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}> {
  const [designs, read, head] = await Promise.all([
    readDesigns(project),
    Promise.all(targets.map(target => readTarget(project, target, true, signal))),
    project.repository?.head(),
  ])
  const states = read.map(each => each.states)
  return {
    environments: coverageByEnvironment(project, states, designs.described),
    described: designs.described !== null,
    commit: project.commit ?? (head?.ok ? head.value.commit : null),
    problems: [...designs.problems, ...read.flatMap(each => each.problems)],
    warnings: designs.described === null ? [] : read.flatMap(each => routerWarningOf(each) ?? []),
  }
}
