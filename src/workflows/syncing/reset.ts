import { type Result, succeed } from '../../model/problem.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { readManifestsOf } from '../reading/read-manifests.ts'
import { selectTagsOf } from '../reading/target-states.ts'

/**
 * The project in which a target is to hold nothing: what its manifests own, by their tags and workspace, is to be
 * deleted. A problem where they can't be read, for then nobody knows what they own.
 */
export async function emptied(
  project: Project,
  target: GatewayTarget,
): Promise<Result<{ readonly project: Project; readonly target: GatewayTarget }>> {
  const manifest = await readManifestsOf(project, target)
  if (!manifest.ok) return manifest
  const { workspace: kongWorkspace, controlPlane } = manifest.value
  const nothing = {
    _format_version: '3.0',
    _info: { select_tags: selectTagsOf(manifest.value, target) },
    ...(kongWorkspace === undefined ? {} : { _workspace: kongWorkspace }),
    ...(controlPlane === undefined ? {} : { _konnect: { control_plane_name: controlPlane } }),
  }
  const reset: GatewayTarget = {
    ...target,
    manifests: [],
    input: { path: '<nothing>', text: JSON.stringify(nothing) },
  }
  const targets = project.targets.map(each => (each.name === target.name ? reset : each))
  return succeed({ project: { ...project, targets }, target: reset })
}
