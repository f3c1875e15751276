import type { Result } from '../model/problem.ts'
import type { Repository } from './repository.ts'

export type { CommitInfo, Head, RefContent, RefWrite, Repository, RepositoryFile } from './repository.ts'

/** The repository that a folder lies in; null where there is none. A problem where Git itself fails or refuses. */
export async function openRepository(folder: string): Promise<Result<Repository | null>> {
  throw new Error(`not written yet: ${folder}`)
}
