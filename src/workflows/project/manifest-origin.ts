import type { ManifestOrigin } from '../fleet/values.ts'
import type { TargetSettings, Workspace } from './workspace.ts'

/** Where manifests come from, before anything was asked of the repository. */
export function unreadOrigin({ repository, commit }: Workspace): ManifestOrigin {
  return { repository: repository?.name ?? null, branch: null, commit, edited: 0 }
}

/** Where the manifests of targets come from: the branch and commit, and how many of them are edited since. */
export async function manifestOrigin(
  workspace: Workspace,
  targets: readonly TargetSettings[],
): Promise<ManifestOrigin> {
  const { repository, commit } = workspace
  if (!repository) return unreadOrigin(workspace)
  const paths = [...new Set(targets.flatMap(target => target.manifests))].flatMap(
    path => repository.relative(path) ?? [],
  )
  const [head, edited] = await Promise.all([
    repository.head(),
    commit === null ? repository.edited(paths) : null,
  ])
  return {
    repository: repository.name,
    branch: commit === null && head.ok ? head.value.branch : null,
    commit: commit ?? (head.ok ? head.value.commit : null),
    edited: edited?.ok ? edited.value.length : 0,
  }
}
