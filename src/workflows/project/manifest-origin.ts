import type { GatewayTarget, Project } from './project.ts'

/** Where manifests come from, before anything was asked of the repository. */
export function unreadOrigin({ repository, commit }: Project): ManifestOrigin {
  return { repository: repository?.name ?? null, branch: null, commit, edited: 0 }
}

/** Where the manifests of targets come from: the branch and commit, and how many of them have been edited since. */
export async function manifestOrigin(
  project: Project,
  targets: readonly GatewayTarget[],
): Promise<ManifestOrigin> {
  const { repository, commit } = project
  if (!repository) return unreadOrigin(project)
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

/** Where the manifests are read from. */
export interface ManifestOrigin {
  /** Such as `payments`: the repository's folder name; null if files were named on the command line. */
  readonly repository: string | null
  /** As `main`; null when detached or outside Git. */
  readonly branch: string | null
  /** Full commit id; null outside Git. */
  readonly commit: string | null
  /** How many manifest files differ from the commit; 0 for a clean tree or a reading at a ref. */
  readonly edited: number
}
