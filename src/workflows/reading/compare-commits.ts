import { fail, type Result, succeed } from '../../model/problem.ts'
import type { Routing } from '../../model/routing/routing.ts'
import type { Schemas } from '../../model/schema/schema.ts'
import { buildState } from '../../model/state/build-state.ts'
import type { State } from '../../model/state/state.ts'
import type { Manifest } from '../../providers/manifest.ts'
import { noBase } from '../../reconcile/drift/base.ts'
import { compare } from '../../reconcile/drift/compare.ts'
import type { Drift } from '../../reconcile/drift/drift.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { withCommits } from './compare-target.ts'
import { readManifestsOf } from './read-manifests.ts'

/**
 * What a target's manifests ask for at one commit but not at another; contacts no gateway. The two projects differ only
 * in the commit. Variables are compared by name, since a pipeline of a fork doesn't have their values. In the result,
 * `live` is the value at `base` and `git` the value at `head`; causes are meaningless.
 */
export async function compareCommits(
  base: Project,
  head: Project,
  target: GatewayTarget,
): Promise<Result<Drift>> {
  const [pathsBefore, pathsAfter] = await Promise.all([pathsAt(base, target), pathsAt(head, target)])
  // A branch may add or remove a manifest; one that is at neither commit is a mistake, which reading it reports.
  const nowhere = target.manifests.filter(path => !pathsBefore.includes(path) && !pathsAfter.includes(path))
  const [before, after] = await Promise.all([
    readManifestsOf(base, { ...target, manifests: pathsBefore }, { named: true }),
    readManifestsOf(head, { ...target, manifests: [...pathsAfter, ...nowhere] }, { named: true }),
  ])
  if (!before.ok) return before
  if (!after.ok) return after
  const schemas = target.provider.schemasWithoutGateway()
  const was = stateWithoutGateway(base, target, before.value, schemas)
  if (!was.ok) return was
  const is = stateWithoutGateway(head, target, after.value, schemas)
  if (!is.ok) return is
  const drift = compare({
    target: target.name,
    desired: is.value,
    live: was.value,
    base: noBase,
    schemas,
    selectTags: [],
  })
  return succeed({ ...drift, changes: await withCommits(head, drift.changes) })
}

/** The manifest paths of a target that are there at the project's commit. */
async function pathsAt({ repository, commit }: Project, target: GatewayTarget): Promise<readonly string[]> {
  if (!repository || commit === null) return target.manifests
  const found: string[] = []
  for (const path of target.manifests) {
    const inside = repository.relative(path)
    const there = inside === null || (await repository.filesAt(commit, [inside], [])).ok
    if (there) found.push(path)
  }
  return found
}

/** What a target's manifests ask for, without a gateway to look names up at. */
export function stateWithoutGateway(
  project: Project,
  target: GatewayTarget,
  manifest: Manifest,
  schemas: Schemas,
  routing?: Routing,
): Result<State> {
  const { kinds } = target.provider
  const { state, problems } = buildState({
    kinds,
    routing,
    from: 'manifest',
    raws: manifest.entities,
    coverage: kinds.allRead(),
    schemas,
    secrets: project.digests,
    defaults: manifest.defaults,
    defaultVariables: manifest.defaultVariables,
    selectTags: [...new Set([...manifest.selectTags, ...target.selectTags])],
    // An entity that no manifest has belongs to somebody else; without a gateway, only its name is known.
    lookup: (_kind, nameOrId) => nameOrId,
  })
  return problems.length > 0 ? fail(problems) : succeed(state)
}
