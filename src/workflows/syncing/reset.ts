import { type Result, succeed } from '../../model/problem.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { readManifestsOf } from '../reading/read-manifests.ts'
import { selectTagsOf } from '../reading/target-states.ts'

/**
 * The project with an empty desired state for a target: what its manifests own, by tags and workspace, is deleted. A
 * problem if they can't be read, because then it is unknown what they own.
 */
export async function emptied(
  project: Project,
  target: GatewayTarget,
): Promise<Result<{ readonly project: Project; readonly target: GatewayTarget }>> {
  const manifest = await readManifestsOf(project, target)
  if (!manifest.ok) return manifest
  const text = target.provider.manifests.nothing(manifest.value, selectTagsOf(manifest.value, target))
  const reset: GatewayTarget = {
    ...target,
    manifests: [],
    input: { path: '<nothing>', text },
  }
  const targets = project.targets.map(each => (each.name === target.name ? reset : each))
  return succeed({ project: { ...project, targets }, target: reset })
}
